"""Pages of threads as they were last sent, kept so that they are not queried and written anew for each reader."""

from collections import OrderedDict
from threading import Lock
from typing import Final, NamedTuple

MOST_BYTES: Final = 8_000_000
"""More than this is not kept by one process; what was not asked for longest goes first."""


class Kept(NamedTuple):
    """A page as it was sent, and which version of its thread it shows."""

    version: int
    body: bytes
    next: str | None


class Pages:
    """Pages by what was asked for. Whoever asks says which version is wanted now, so no old one is ever given."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        """Keep so many bytes at most."""
        self._most = most
        self._size = 0
        self._lock = Lock()
        self._pages: OrderedDict[str, Kept] = OrderedDict()

    def get(self, asked: str, version: int) -> Kept | None:
        """Give the page that was asked for, if it is kept in this version."""
        with self._lock:
            page = self._pages.get(asked)
            if page is None or page.version != version:
                return None
            self._pages.move_to_end(asked)
            return page

    def keep(self, asked: str, page: Kept) -> None:
        """Keep a page in place of its older version, and let go of others where there are too many."""
        with self._lock:
            earlier = self._pages.pop(asked, None)
            self._size += len(page.body) - (len(earlier.body) if earlier else 0)
            self._pages[asked] = page
            while self._size > self._most:
                self._size -= len(self._pages.popitem(last=False)[1].body)
