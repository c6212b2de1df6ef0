"""Conversations that are cut off when their time is over, all of them watched by one thread.

A socket's own time-out counts anew with every byte, and a thread for each conversation would cost as much as a
conversation does.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from heapq import heappop, heappush
from itertools import count
from threading import Condition, Thread
from time import monotonic
from typing import Any, Final

LINGERS: Final = 5.0
"""Seconds after which a thread that has nothing to watch ends."""


class Deadlines:
    """Shuts connections down that are still open at their time; may be used by several threads at once."""

    def __init__(self) -> None:
        """Watch nothing yet; the thread is there while somebody talks."""
        self._turn = Condition()
        self._heap: list[tuple[float, int, list[Any]]] = []
        self._numbers = count()
        self._thread: Thread | None = None

    @contextmanager
    def by(self, until: float, connected: Any) -> Iterator[None]:
        """End a conversation at this time; raises TimeoutError where it was, whatever else came of it."""
        watched = [connected]
        self._add(until, watched)
        try:
            yield
        except Exception:
            if self._ended(watched):
                raise
        else:
            if self._ended(watched):
                return
        raise TimeoutError

    def _add(self, until: float, watched: list[Any]) -> None:
        with self._turn:
            heappush(self._heap, (until, next(self._numbers), watched))
            if self._thread is None:
                self._thread = Thread(target=self._watch, name="deadlines", daemon=True)
                self._thread.start()
            elif self._heap[0][2] is watched:  # It is to end before everything that was there.
                self._turn.notify()

    def _ended(self, watched: list[Any]) -> bool:
        """Watch a conversation no more; say whether it ended before it was cut off."""
        with self._turn:
            return bool(watched) and watched.pop() is not None

    def _watch(self) -> None:
        with self._turn:
            while self._heap or self._turn.wait_for(lambda: self._heap, LINGERS):
                self._turn.wait(max(0.0, self._heap[0][0] - monotonic()))
                self._cut_off_what_is_late()
            self._thread = None

    def _cut_off_what_is_late(self) -> None:
        """Shut down what is late; what ended by itself is only forgotten."""
        while self._heap and (not self._heap[0][2] or self._heap[0][0] <= monotonic()):
            _, _, watched = heappop(self._heap)
            if watched:
                with suppress(OSError):
                    socket.socket.shutdown(watched.pop(), socket.SHUT_RDWR)
