"""How long it takes from sending a comment until its decision can be read by others."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final
from uuid import UUID

from bench.ground import Installation
from bench.sending import Came
from faults.waiting import until
from sqlalchemy import text
from uuid_utils.compat import uuid7

GLANCE: Final = 0.01
WITHIN: Final = 30.0
"""Seconds in which all that was sent is decided."""
OVERLAP: Final = 1.5
"""Seconds for which PostgreSQL may show a decision later than one that was made after it."""
_SQLITE: Final = text("SELECT rowid AS place, comment_id FROM decision WHERE rowid > :last ORDER BY rowid")
_POSTGRES: Final = text("SELECT id AS place, comment_id FROM decision WHERE id > :last ORDER BY id")


class Watcher:
    """Looks for new decisions all the time, past every process, and notes when each was first seen."""

    def __init__(self, installation: Installation) -> None:
        """Watch this installation from now on."""
        self._database = installation.database
        self._sqlite = self._database.dialect == "sqlite"
        self._seen: dict[UUID, float] = {}
        self._over = threading.Event()
        self._places: list[tuple[float, UUID | int]] = []
        self._first: UUID | int = (
            installation.asked("SELECT coalesce(max(rowid), 0) FROM decision") if (self._sqlite) else uuid7()
        )

    def watch(self, load: Callable[[], Came]) -> tuple[Came, list[float]]:
        """Send a load while watching; give what came back, and the seconds from sending to decision of each."""
        thread = threading.Thread(target=self._look_again_and_again, daemon=True)
        thread.start()
        came = load()
        with suppress(AssertionError):  # What was not decided in time counts as decided at the end.
            until(lambda: self._all_seen(came), "everything is decided", within=WITHIN)
        self._over.set()
        thread.join()
        return came, self._times(came)

    def _all_seen(self, came: Came) -> bool:
        return all(UUID(comment) in self._seen for comment, _ in came.sent)

    def _times(self, came: Came) -> list[float]:
        end = time.time()
        return [self._seen.get(UUID(comment), end) - sent for comment, sent in came.sent]

    def _look_again_and_again(self) -> None:
        while not self._over.wait(GLANCE):
            with suppress(OSError):
                self._look()

    def _look(self) -> None:
        with self._database.reading(None) as uow:
            found = uow.connection.execute(_SQLITE if self._sqlite else _POSTGRES, {"last": self._last()}).all()
        now = time.time()
        for row in found:
            self._seen.setdefault(UUID(str(row.comment_id)), now)
        if found:
            self._places.append((now, found[-1].place))

    def _last(self) -> UUID | int:
        """Give the place after which to look: SQLite numbers rows as they are committed, PostgreSQL does not."""
        past = [place for when, place in self._places if self._sqlite or when < time.time() - OVERLAP]
        self._places = [item for item in self._places if item[1] not in past[:-1]]
        return past[-1] if past else self._first
