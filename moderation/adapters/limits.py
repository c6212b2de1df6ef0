"""Limits: who may send how much, counted in the broker's memory or in the process's own."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import timedelta
from math import ceil
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Final, TypeVar

import structlog

from moderation.domain.errors import TooMany
from moderation.services.ports import Limit, Standing

if TYPE_CHECKING:
    from moderation.adapters.shared_counts import SharedCounts

T = TypeVar("T")
log = structlog.get_logger()
ALONE: Final = 5.0
"""Seconds for which a counter that did not answer is not asked again, so that nobody waits for it twice."""

UNDER_WAY: Final = 2.0
"""Seconds after which a request that never said that it was over is forgotten: its process may have been killed, and
whoever sends it again is not to wait for that. The rows still know what was done."""

MOST: Final = 50_000
"""So many senders are counted at once under each window; beyond them, who has been silent longest is forgotten."""


class NoLimits:
    """Everything is let through, for load tests."""

    def admit(self, limits: Sequence[Limit]) -> list[Standing]:  # noqa: ARG002 (the port's shape)
        """Count nothing."""
        return []

    def look(self, limits: Sequence[Limit]) -> list[Standing]:  # noqa: ARG002 (the same)
        """Have counted nothing."""
        return []

    def begin(self, name: str) -> bool:  # noqa: ARG002 (the same)
        """Keep nobody waiting: the rows say who came first."""
        return True

    def end(self, name: str) -> None:
        """Have nothing to forget."""


class MovingLimits:
    """Counts in a moving window; while the shared counter is away each process counts for itself."""

    def __init__(self, broker_url: str | None, *, clock: Callable[[], float] = monotonic) -> None:
        """Share counts through the broker, or keep them in this process where it is the only one."""
        self._own = OwnCounts(clock=clock)
        self._clock, self._alone_until, self._turn = clock, 0.0, Lock()
        self._shared = _shared(broker_url) if broker_url else None

    def admit(self, limits: Sequence[Limit]) -> list[Standing]:
        """Count one under every limit, or raise TooMany and count nothing under those that follow."""
        return self._asked(lambda counts: [counts.admit(limit) for limit in limits])

    def look(self, limits: Sequence[Limit]) -> list[Standing]:
        """Say how far every limit is, and count nothing."""
        return self._asked(lambda counts: [counts.look(limit) for limit in limits])

    def begin(self, name: str) -> bool:
        """Say that the request of this name is under way; False where the same one is already."""
        return self._asked(lambda counts: counts.begin(name))

    def end(self, name: str) -> None:
        """Say that it is over."""
        self._asked(lambda counts: counts.end(name))

    def _asked(self, question: Callable[["SharedCounts | OwnCounts"], T]) -> T:
        """Ask whoever counts for all, or ourselves for a while where nobody answers."""
        if self._shared is None or not self._may_ask():
            return question(self._own)
        try:
            answer = question(self._shared)
        except self._shared.away as error:
            self._alone_until = self._clock() + ALONE
            log.warning("limits-alone", error=type(error).__name__, seconds=ALONE)
            return question(self._own)
        except TooMany:
            self._alone_until = 0.0
            raise
        self._alone_until = 0.0
        return answer

    def _may_ask(self) -> bool:
        """Say whether to ask there; after a while one does, and nobody else waits for what becomes of it."""
        with self._turn:
            now = self._clock()
            if now < self._alone_until:
                return False
            if self._alone_until:
                self._alone_until = now + ALONE
            return True


class OwnCounts:
    """Counts in this process: exact, whatever its threads do at once, and no larger than who came lately.

    Those who share a window lie in the order in which they were last admitted, so the first
    of them is always the next to be forgotten.
    """

    def __init__(self, *, most: int = MOST, clock: Callable[[], float] = monotonic) -> None:
        """Remember at most so many senders under each window."""
        self._most = most
        self._clock = clock
        self._lock = Lock()
        self._windows: dict[float, OrderedDict[tuple[str, str], list[float]]] = {}
        self._under_way: dict[str, float] = {}

    def __len__(self) -> int:
        """Say how many senders are remembered."""
        return sum(map(len, self._windows.values()))

    def admit(self, limit: Limit) -> Standing:
        """Count one, or raise TooMany and count nothing."""
        window, sender = limit.window.total_seconds(), (limit.name, limit.key)
        with self._lock:
            now = self._clock()
            self._forget(now)
            senders = self._windows.setdefault(window, OrderedDict())
            times = [then for then in senders.get(sender, ()) if then > now - window]
            admitted = len(times) < limit.amount
            if admitted:
                times.append(now)
                senders[sender] = times
                senders.move_to_end(sender)
        return standing(limit, limit.amount - len(times), times[0] + window - now, admitted=admitted)

    def look(self, limit: Limit) -> Standing:
        """Say how far a limit is."""
        window = limit.window.total_seconds()
        with self._lock:
            now = self._clock()
            counted = self._windows[window].get((limit.name, limit.key), []) if window in self._windows else []
            times = [then for then in counted if then > now - window]
        return standing(limit, limit.amount - len(times), times[0] + window - now if times else window, admitted=True)

    def begin(self, name: str) -> bool:
        """Mark a request as under way in this process."""
        with self._lock:
            now = self._clock()
            self._under_way = {one: until for one, until in self._under_way.items() if until > now}
            if name in self._under_way:
                return False
            self._under_way[name] = now + UNDER_WAY
            return True

    def end(self, name: str) -> None:
        """Take the mark away."""
        with self._lock:
            self._under_way.pop(name, None)

    def _forget(self, now: float) -> None:
        """Let go of everybody whose window is over, and of the longest silent where there are too many."""
        for window, senders in self._windows.items():
            while senders and (len(senders) > self._most or next(iter(senders.values()))[-1] <= now - window):
                senders.popitem(last=False)


def _shared(broker_url: str) -> "SharedCounts":
    """Count in the broker; who counts alone carries nothing of what that takes."""
    from moderation.adapters.shared_counts import SharedCounts  # noqa: PLC0415 (see above)

    return SharedCounts(broker_url)


def standing(limit: Limit, remaining: int, seconds: float, *, admitted: bool) -> Standing:
    """Say how far a limit is, or raise TooMany where it was reached."""
    reset = timedelta(seconds=max(1, ceil(seconds)))
    if not admitted:
        raise TooMany(reset, limit=limit.name, amount=limit.amount, window=limit.window)
    return Standing(limit, remaining, reset)
