"""What workers ask for each batch is found by index, so that it costs the same however many comments there are."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from fakes.scorers import obedient
from hearing import hear, plan
from makers import World

GROWING = ("comment", "job", "signal", "decision", "event", "thread", "ban", "listing")


@pytest.fixture
def small(sqlite_url: str) -> Iterator[World]:
    """An installation on SQLite, whose plans do not depend on how much is in it."""
    with closing(World.at(sqlite_url, scorers=obedient())) as world:
        yield world


def test_deciding_a_batch_scans_no_table_that_grows(small: World) -> None:
    for number in range(3):
        small.receives(thread=f"article-{number}", text=f"A calm and friendly remark about harvest {number}.")

    heard = hear(small, small.scores)

    asked = [(said, given) for said, given in heard if said.startswith(("SELECT", "UPDATE", "DELETE"))]
    plans = {said: plan(small, (said, given[0] if isinstance(given, list) else given)) for said, given in asked}
    scans = {said: line for said, lines in plans.items() for line in lines if _scans(line)}
    assert len(plans) > 10
    assert scans == {}


def _scans(line: str) -> bool:
    """Say whether a line of a plan goes through a whole table."""
    return line.startswith("SCAN") and line.split()[1] in GROWING
