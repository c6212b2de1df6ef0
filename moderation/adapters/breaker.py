"""Leaving alone for a while what failed several times in a row."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from time import monotonic
from typing import Final

FAILURES: Final = 5
REST: Final = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class _Record:
    """How often something failed in a row, and when it did last."""

    failures: int
    last: float


class Breaker:
    """Remembers of many things, by name, how they fared; may be used by several threads at once.

    After so many failures in a row a thing rests. When that is over it is in doubt: the next
    failure lets it rest again at once, the next success makes everything forgotten.
    """

    def __init__(
        self, failures: int = FAILURES, rest: timedelta = REST, *, clock: Callable[[], float] = monotonic
    ) -> None:
        """Let rest for so long after so many failures."""
        self._most = failures
        self._rest = rest.total_seconds()
        self._clock = clock
        self._records: dict[str, _Record] = {}
        self._turn = Lock()

    def rest(self, name: str) -> timedelta:
        """Say how long this is still to be left alone; zero where it may be tried."""
        record = self._records.get(name)
        if record is None or record.failures < self._most:
            return timedelta()
        return timedelta(seconds=max(0.0, record.last + self._rest - self._clock()))

    def doubts(self, name: str) -> bool:
        """Say whether this failed so often that only one try will show whether it is well again."""
        record = self._records.get(name)
        return record is not None and record.failures >= self._most

    def failed(self, name: str) -> None:
        """Count a failure."""
        with self._turn:
            record = self._records.get(name)
            self._records[name] = _Record(1 + (record.failures if record else 0), self._clock())

    def succeeded(self, name: str) -> None:
        """Forget every failure."""
        with self._turn:
            self._records.pop(name, None)
