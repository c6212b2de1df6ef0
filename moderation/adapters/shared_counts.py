"""Counting in the broker's memory, for every process that asks there."""

from time import time
from typing import Any, Final

from limits import RateLimitItemPerSecond
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis import Redis
from redis.exceptions import RedisError

from moderation.adapters.limits import UNDER_WAY, standing
from moderation.services.ports import Limit, Standing

SOCKET_TIMEOUT: Final = 0.5


class SharedCounts:
    """Counts in the broker, for every process that asks there."""

    away: Final = RedisError
    """What is raised where nobody answers."""

    def __init__(self, broker_url: str) -> None:
        """Count in this broker; nothing is opened yet."""
        times: dict[str, Any] = {"socket_timeout": SOCKET_TIMEOUT, "socket_connect_timeout": SOCKET_TIMEOUT}
        self._windows = MovingWindowRateLimiter(RedisStorage(broker_url, **times))
        self._client = Redis.from_url(broker_url, **times)

    def admit(self, limit: Limit) -> Standing:
        """Count one, or raise TooMany and count nothing; raises RedisError where nobody answers."""
        item = RateLimitItemPerSecond(limit.amount, int(limit.window.total_seconds()))
        admitted = self._windows.hit(item, limit.name, limit.key)
        seen = self._windows.get_window_stats(item, limit.name, limit.key)
        return standing(limit, seen.remaining, seen.reset_time - time(), admitted=admitted)

    def look(self, limit: Limit) -> Standing:
        """Say how far a limit is; raises RedisError where nobody answers."""
        item = RateLimitItemPerSecond(limit.amount, int(limit.window.total_seconds()))
        seen = self._windows.get_window_stats(item, limit.name, limit.key)
        return standing(limit, seen.remaining, seen.reset_time - time(), admitted=True)

    def begin(self, name: str) -> bool:
        """Mark a request as under way, for every process; raises RedisError where nobody answers."""
        return bool(self._client.set(f"under-way:{name}", 1, nx=True, ex=int(UNDER_WAY)))

    def end(self, name: str) -> None:
        """Take the mark away."""
        self._client.delete(f"under-way:{name}")
