"""Work on several things side by side, so that one that hangs keeps neither the others nor this process waiting."""

from collections.abc import Callable, Hashable, Iterable
from threading import Lock, Thread
from time import monotonic
from typing import Final

import structlog

from config.queues import DRAIN
from moderation.services.ports import Bell, Ring

log = structlog.get_logger()
MOST: Final = 8
PATIENCE: Final = 3.0
"""Seconds for which the end of a process waits for what is under way; the leases of the rest run out."""


class Abreast:
    """Gives each thing a thread of its own, to as many as fit, and never two to the same.

    What finds no room is not remembered: its rows are due, so the sweep rings again.
    """

    def __init__(self, ring: Ring, most: int = MOST) -> None:
        """Work on so many things at once."""
        self._ring = ring
        self._most = most
        self._threads: dict[Hashable, Thread] = {}
        self._turn = Lock()
        self._ending = False

    def begin(self, name: Hashable, work: Callable[[], int], *, again: Bell) -> bool:
        """Do batch after batch of this in a thread, as `drain` does; False where it is at it, or nobody is free."""
        with self._turn:
            if self._ending or name in self._threads or len(self._threads) >= self._most:
                return False
            thread = Thread(target=self._drain, args=(name, work, again), name=f"abreast-{name}", daemon=True)
            self._threads[name] = thread
            thread.start()
        return True

    def finish(self, within: float = PATIENCE) -> None:
        """Begin nothing more, and wait for what is under way for so many seconds."""
        finish([self], within)

    def end(self) -> list[Thread]:
        """Begin nothing more; give what is under way."""
        with self._turn:
            self._ending = True
            return list(self._threads.values())

    def _drain(self, name: Hashable, work: Callable[[], int], again: Bell) -> None:
        until = monotonic() + DRAIN
        try:
            while work() and not self._ending:
                if monotonic() >= until:
                    self._ring(again)
                    return
        except Exception as error:  # noqa: BLE001 (nobody else hears of it; the leases run out)
            log.warning("abreast-failed", bell=again, error=type(error).__name__)
        finally:
            with self._turn:
                del self._threads[name]


def finish(several: Iterable[Abreast], within: float = PATIENCE) -> None:
    """Let several begin nothing more, and wait for what is under way in all of them for so many seconds."""
    under_way = [thread for each in several for thread in each.end()]
    until = monotonic() + within
    for thread in under_way:
        thread.join(max(0.0, until - monotonic()))
