"""Answers about threads as they were last sent, kept so that they are not queried and written anew for each reader."""

from collections import OrderedDict
from threading import Lock
from typing import Final, NamedTuple
from uuid import UUID

from moderation.domain.site import Site
from moderation.domain.thread import Thread

MOST_BYTES: Final = 8_000_000
"""More than this is not kept by one process; what was not asked for longest goes first."""
Headers = list[tuple[str, str]]


class Shown(NamedTuple):
    """What an answer shows: a thread of a site, in the version that is public now."""

    site: Site
    key: str
    thread_id: UUID | None
    """None before the first comment."""
    version: int

    @classmethod
    def now(cls, site: Site, key: str, thread: Thread | None) -> "Shown":
        """Name what a thread shows at this moment."""
        return cls(site, key, thread.id, thread.version) if thread else cls(site, key, None, 0)


class Kept(NamedTuple):
    """An answer as it was sent."""

    shown: Shown
    headers: Headers
    body: bytes | None
    """None where the reader had it already, and it was not written."""

    @property
    def size(self) -> int:
        """How many bytes it takes, about."""
        return len(self.body or b"") + sum(len(name) + len(value) for name, value in self.headers)


class Pages:
    """Answers by what was asked for. Whoever takes one has to ask whether it still shows what is public."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        """Keep so many bytes at most."""
        self._most = most
        self._size = 0
        self._lock = Lock()
        self._pages: OrderedDict[str, Kept] = OrderedDict()

    def get(self, asked: str) -> Kept | None:
        """Give the answer that was last sent to this."""
        with self._lock:
            page = self._pages.get(asked)
            if page is not None:
                self._pages.move_to_end(asked)
            return page

    def keep(self, asked: str, page: Kept) -> None:
        """Keep an answer in place of its older version, and let go of others where there are too many."""
        with self._lock:
            earlier = self._pages.pop(asked, None)
            self._size += page.size + len(asked) - (earlier.size + len(asked) if earlier else 0)
            self._pages[asked] = page
            while self._size > self._most:
                name, oldest = self._pages.popitem(last=False)
                self._size -= oldest.size + len(name)
