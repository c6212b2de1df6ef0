"""Limits: who may send how much, counted in the broker's memory or in the process's own."""

from collections.abc import Sequence
from datetime import timedelta
from math import ceil
from time import monotonic, time
from typing import Final

import structlog
from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError

from moderation.domain.errors import TooMany
from moderation.services.ports import Limit, Standing

log = structlog.get_logger()
SOCKET_TIMEOUT: Final = 0.5

ALONE: Final = 5.0
"""Seconds for which a counter that did not answer is not asked again, so that nobody waits for it twice."""


class NoLimits:
    """Everything is let through, for load tests."""

    def admit(self, limits: Sequence[Limit]) -> list[Standing]:  # noqa: ARG002 (the port's shape)
        """Count nothing."""
        return []


class MovingLimits:
    """Counts in a moving window; while the shared counter is away each process counts for itself."""

    def __init__(self, broker_url: str | None, *, alone: float = ALONE) -> None:
        """Share counts through the broker, or keep them in this process where it is the only one."""
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._alone, self._alone_until = alone, 0.0
        self._shared = MovingWindowRateLimiter(_shared(broker_url)) if broker_url else None

    def admit(self, limits: Sequence[Limit]) -> list[Standing]:
        """Count one under every limit, or raise TooMany and count nothing under those that follow."""
        if self._shared is not None and monotonic() >= self._alone_until:
            try:
                return [_admit(self._shared, limit) for limit in limits]
            except RedisError as error:
                self._alone_until = monotonic() + self._alone
                log.warning("limits-alone", error=type(error).__name__, seconds=self._alone)
        return [_admit(self._own, limit) for limit in limits]


def _shared(broker_url: str) -> Storage:
    return RedisStorage(broker_url, socket_timeout=SOCKET_TIMEOUT, socket_connect_timeout=SOCKET_TIMEOUT)


def _admit(limiter: MovingWindowRateLimiter, limit: Limit) -> Standing:
    item = RateLimitItemPerSecond(limit.amount, int(limit.window.total_seconds()))
    admitted = limiter.hit(item, limit.name, limit.key)
    window = limiter.get_window_stats(item, limit.name, limit.key)
    reset = timedelta(seconds=max(1, ceil(window.reset_time - time())))
    if not admitted:
        raise TooMany(reset)
    return Standing(limit, window.remaining, reset)
