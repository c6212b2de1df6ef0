"""The inbox of SQLite: every caller hears of what went wrong, and the writer goes on for those who come after."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import cast
from uuid import UUID

import pytest
from faults.waiting import until

from moderation.adapters.db.inbox import GroupInbox, _fail, _Parcel
from moderation.adapters.db.uow import Database, SqlUow
from moderation.domain.errors import Busy, TemporaryFailure

SITE = UUID(int=1)
CALLERS = 8


class Broken:
    """A database that opens no transaction."""

    @contextmanager
    def uow(self, _site_id: UUID | None) -> Iterator[SqlUow]:
        raise OSError("The disk is gone.")
        yield


def refusal_of(callers: GroupInbox) -> TemporaryFailure:
    with pytest.raises(TemporaryFailure) as refused:
        callers.accept(SITE, lambda _: None)
    return refused.value


def test_each_caller_is_refused_with_an_error_of_their_own() -> None:
    callers = GroupInbox(cast("Database", Broken()))
    with ThreadPoolExecutor(CALLERS) as threads:
        refusals = list(threads.map(lambda _: refusal_of(callers), range(400)))

    assert len({id(refusal) for refusal in refusals}) == len(refusals)


class Stuck(Broken):
    """A database that keeps everybody waiting, and opens no transaction in the end."""

    def __init__(self) -> None:
        self.left = Event()

    @contextmanager
    def uow(self, site_id: UUID | None) -> Iterator[SqlUow]:
        assert self.left.wait(60)
        with super().uow(site_id) as uow:
            yield uow


def test_a_caller_who_leaves_before_they_are_refused_stops_nobody() -> None:
    database = Stuck()
    callers = GroupInbox(cast("Database", database), patience=0.01)
    assert isinstance(refusal_of(callers), Busy)

    database.left.set()

    until(lambda: not isinstance(refusal_of(callers), Busy), "the writer is still there")


def test_a_caller_who_loses_patience_while_they_are_refused_still_hears_of_it() -> None:
    parcel = _Parcel(lambda _: None)
    assert parcel.done.set_running_or_notify_cancel()
    with ThreadPoolExecutor(1) as caller:
        waiting = caller.submit(parcel.wait, 0)

        _fail([parcel], OSError("The disk is gone."))

        refusal = waiting.exception()
    assert isinstance(refusal, TemporaryFailure)
    assert not isinstance(refusal, Busy)


def test_a_caller_who_left_before_a_commit_that_fails_is_passed_over() -> None:
    left, stays = _Parcel(lambda _: None), _Parcel(lambda _: None)
    assert left.done.cancel()
    assert [parcel.wanted() for parcel in (left, stays)] == [False, True]

    _fail([left, stays], OSError("The disk is gone."))

    assert left.done.cancelled()
    assert isinstance(stays.done.exception(), TemporaryFailure)
