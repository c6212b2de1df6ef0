"""The inbox of SQLite: every caller hears of what went wrong, and the writer goes on for those who come after."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import cast
from uuid import UUID

import pytest

from moderation.adapters.db import inbox
from moderation.adapters.db.inbox import GroupInbox
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


class Hesitant(TemporaryFailure):
    """A refusal that takes longer to write than its caller waits."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        Event().wait(0.2)


def test_a_caller_who_loses_patience_while_they_are_refused_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    callers = GroupInbox(cast("Database", Broken()))
    monkeypatch.setattr(inbox, "TemporaryFailure", Hesitant)
    monkeypatch.setattr(inbox, "PATIENCE", 0.1)
    refusal_of(callers)
    monkeypatch.undo()

    assert not isinstance(refusal_of(callers), Busy), "the writer is still there"
