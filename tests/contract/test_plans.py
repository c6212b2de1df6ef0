"""What workers ask for each batch is found by index, so that it costs the same however many comments there are."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from fakes.scorers import obedient
from hearing import hear, plan
from makers import World

from moderation.adapters.db.views import SqlViews
from moderation.domain.decision import Action
from moderation.domain.privacy import SecretEmail
from moderation.services import deliveries, erasing, events, review, webhooks
from moderation.services.identities import prints_at
from moderation.services.review import Moderator, Wish

GROWING = ("comment", "job", "signal", "decision", "event", "thread", "ban", "listing", "appeal")


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


def test_how_long_review_takes_is_found_by_index(small: World) -> None:
    def looks() -> None:
        with small.deps.uow(None) as uow:
            SqlViews(uow.connection).waits(small.site.id, 50)  # type: ignore[attr-defined]

    heard = hear(small, looks)

    lines = [line for said in heard if said[0].startswith("SELECT") for line in plan(small, said)]
    assert any("ix_decision_people" in line for line in lines)
    assert [line for line in lines if _scans(line)] == []


def test_what_is_appealed_is_found_and_decided_by_index(small: World) -> None:
    def works() -> None:
        appealed = small.appeals()
        with small.deps.uow(None) as uow:
            views = SqlViews(uow.connection)  # type: ignore[attr-defined]
            assert views.waiting(small.site.id, {"appealed": True}, 1000) == 1
            assert len(views.queue(small.site.id, {"appealed": True}, after=None, limit=40)) == 1
            assert uow.notices.backlog(small.site.id).waiting == 1
        moderator = Moderator(small.site.id, small.deps.new_id())
        review.decide(small.deps, moderator, Wish(appealed.id, appealed.version, Action.APPROVE))

    heard = hear(small, works)

    asked = [said for said in heard if said[0].startswith(("SELECT", "UPDATE")) and "appeal" in said[0]]
    lines = [line for said in asked for line in plan(small, said)]
    assert len(asked) > 5
    assert any("ix_appeal_open" in line for line in lines)
    assert [line for line in lines if _scans(line)] == []


def test_erasing_somebody_scans_no_table_that_grows(small: World) -> None:
    comments = [small.has(f"A calm remark, number {number}.", email="ann@example.com") for number in range(3)]
    small.words()
    (asked,) = erasing.ask(small.deps, small.site.id, [comments[0].fingerprint or b""])

    heard = hear(small, lambda: [erasing.erase(small.deps, asked) for _ in range(2)])
    heard += hear(small, lambda: prints_at(small.deps, small.site.id, SecretEmail.parse("ann@example.com")))

    found = [(said, given) for said, given in heard if said.startswith(("SELECT", "UPDATE", "DELETE"))]
    scans = [(said, line) for said, given in found for line in plan(small, (said, given)) if _scans(line)]
    assert small.look(comments[0]).text == ""
    assert len(found) > 30
    assert scans == []


def test_what_is_told_is_read_by_its_ids_where_nobody_knows_how_much_there_is(postgres_url: str) -> None:
    with closing(World.at(postgres_url)) as world:
        endpoint, _ = webhooks.add(world.deps, world.site.id, url="https://www.example.com/hooks")
        for number in range(1000):
            world.receives(thread=f"article-{number % 7}")
        while events.number(world.deps):
            pass

        heard = hear(world, lambda: deliveries.claim(world.deps, [endpoint.id], tried=False))
        (told,) = (said for said in heard if "thread.key" in said[0])
        lines = plan(world, told)

    assert any("pk_comment" in line for line in lines)
    assert [line for line in lines if "ix_comment_thread" in line or "Seq Scan on comment" in line] == []


def _scans(line: str) -> bool:
    """Say whether a line of a plan goes through a whole table."""
    return line.startswith("SCAN") and line.split()[1] in GROWING
