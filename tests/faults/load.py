"""People who keep posting, reading and following while things break."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any, Final
from urllib.parse import quote

from faults.ledger import Answer, Client, People, Reply
from faults.waiting import pause, until

WRITERS: Final = 12
APART: Final = 1 / 80
"""Seconds between two posts at least. Where all stood still for a while, many are begun and none is sent; sent at
once, with the twelve that were under way, they would be more than the hundred that a site may be sent in a second.
"""


class Load:
    """An open loop: so many replies a second are begun, however long each takes; none is given up."""

    def __init__(self, client: Client, people: People, *, rate: float) -> None:
        """Post these people's replies at this rate, once `posting` is entered."""
        self._client, self._people = client, people
        self._pause = 1 / rate
        self._over = threading.Event()
        self._turn = threading.Lock()
        self._begun: list[Future[Any]] = []

    @contextmanager
    def posting(self) -> Iterator["Load"]:
        """Post until the block ends, then until every reply has its answer; where it breaks off, nobody else begins."""
        with ThreadPoolExecutor(WRITERS) as writers:
            beat = threading.Thread(target=self._beat, args=(writers,), name="load")
            beat.start()
            try:
                yield self
            except BaseException:
                self._end(beat)
                writers.shutdown(wait=False, cancel_futures=True)
                raise
            self._end(beat)
        for done in self._begun:
            done.result()

    @property
    def begun(self) -> int:
        """How many replies were begun."""
        return len(self._begun)

    @property
    def answered(self) -> int:
        """How many replies have their answer."""
        return sum(done.done() for done in self._begun)

    def goes_on(self, more: int) -> None:
        """Return when so many more replies were begun."""
        goal = self.begun + more
        until(lambda: self.begun >= goal, "people go on posting")

    def gets_through(self, more: int) -> None:
        """Return when so many more replies were answered; of those that hang on what is down, none counts."""
        goal = self.answered + more
        until(lambda: self.answered >= goal, "people are answered")

    def _end(self, beat: threading.Thread) -> None:
        self._over.set()
        beat.join()

    def _beat(self, writers: ThreadPoolExecutor) -> None:
        while not self._over.wait(self._pause):
            self._begun.append(writers.submit(self._send, self._people.says()))

    def _send(self, reply: Reply) -> Answer:
        with self._turn:
            pause(APART)
        return self._client.insist(reply)


class Reader:
    """Reads what is public, and follows the events, through everything that happens."""

    def __init__(self, client: Client, site_key: str, reader: str) -> None:
        """Read this site, and its events by this server's key."""
        self._client = client
        self._public = f"/v1/sites/{site_key}/comments?limit=100"
        self._bearer = f"Bearer {reader}"
        self._over = threading.Event()
        self.public: Final[dict[str, datetime]] = {}
        """When each public comment was first seen."""
        self.told: Final[list[dict[str, Any]]] = []
        """Every event, in the order in which it was read."""
        self.every = 0.05
        """Seconds between two looks."""
        self._cursor: str | None = None

    @contextmanager
    def reading(self) -> Iterator["Reader"]:
        """Read all the time until the block ends; once more goes on from there."""
        self._over.clear()
        threads = [
            threading.Thread(target=self._again_and_again, args=(look,), name="reader")
            for look in (self.look, self.follow)
        ]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def look(self) -> None:
        """Note what is public now."""
        page = self._client.call("GET", self._public)
        now = datetime.now(UTC)
        if page.status == 200:
            for item in page.json["items"]:
                self.public.setdefault(item["id"], now)

    def follow(self) -> int:
        """Read on from the last event; return how many there were."""
        after = f"?after={quote(self._cursor)}" if self._cursor else ""
        page = self._client.call("GET", f"/v1/events{after}", Authorization=self._bearer)
        if page.status != 200:
            return 0
        items = page.json["items"]
        self.told.extend(items)
        self._cursor = page.json["next"] or self._cursor
        return len(items)

    def catch_up(self) -> list[dict[str, Any]]:
        """Read the events to their present end; give all that were ever read."""
        while self.follow():
            pass
        return self.told

    def _again_and_again(self, look: Callable[[], Any]) -> None:
        while not self._over.is_set():
            with suppress(OSError, HTTPException):  # Whoever reads asks again.
                look()
            pause(self.every)
