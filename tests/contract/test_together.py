"""Replies that arrive together are committed together, and none of them suffers for another."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event
from uuid import uuid4

import pytest
from fakes.scorers import obedient
from faults.waiting import until
from makers import World

from moderation.domain.comment import Status
from moderation.domain.errors import Conflict, TemporaryFailure
from moderation.services.intake import Staff

PLENTY = 8


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[World]:
    world = World.at(f"sqlite:///{tmp_path / 'together.db'}", scorers=obedient(), rate_limits="off")
    yield world
    world.close()


@contextmanager
def gathering(world: World) -> Iterator[ThreadPoolExecutor]:
    """Keep the writer busy meanwhile, so that all that is sent here waits for one transaction."""
    busy, go_on = Event(), Event()
    inbox = world.deps.inbox

    def keep_busy(_: object) -> None:
        busy.set()
        go_on.wait()

    with ThreadPoolExecutor(PLENTY) as callers:
        first = callers.submit(inbox.accept, world.site.id, keep_busy)
        busy.wait()
        yield callers
        until(lambda: inbox._waiting.qsize() == PLENTY - 1, "all others wait")  # type: ignore[attr-defined]
        go_on.set()
        first.result()


def test_one_that_is_refused_takes_nobody_along(alone: World) -> None:
    with gathering(alone) as callers:
        before = [callers.submit(alone.receives, "The same words.", email="ann@example.com") for _ in range(2)]
        staff = callers.submit(alone.receives, "From the editors.", staff=Staff(alone.deps.new_id()))
        others = [callers.submit(alone.receives, f"Number {number}.") for number in range(4)]

    refused = [caller for caller in before if caller.exception()]
    assert [type(caller.exception()) for caller in refused] == [Conflict]
    taken = [caller.result() for caller in (*before, staff, *others) if caller not in refused]
    assert [alone.look(comment).text for comment in taken] == [comment.text for comment in taken]
    assert alone.status_of(staff.result()) is Status.APPROVED
    alone.scores()
    assert all(alone.status_of(comment) is Status.APPROVED for comment in taken)


def test_one_whose_rows_cannot_be_written_is_refused_alone(alone: World) -> None:
    stray = replace(alone.receives(), id=uuid4(), thread_id=uuid4())
    with gathering(alone) as callers:
        lost = callers.submit(alone.deps.inbox.accept, alone.site.id, lambda uow: uow.comments.add(stray))
        others = [callers.submit(alone.receives, f"Number {number}.") for number in range(PLENTY - 2)]

    assert isinstance(lost.exception(), TemporaryFailure)
    assert all(alone.look(caller.result()).status is Status.PENDING for caller in others)
