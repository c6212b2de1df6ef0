"""Spreads: how long things took, counted by length, of which any part can be asked for."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Final

STEPS: Final = ((600, 1), (7_200, 10), (86_400, 60))
"""Lengths below so many seconds are counted in steps of so many; what is longer, in `LONG_STEP`."""
LONG_STEP: Final = 600
MEDIAN: Final = 0.5
P90: Final = 0.9


@dataclass(frozen=True, slots=True)
class Spread:
    """So many of each length, in seconds that are rounded down: to less than two hundredths of the length."""

    counts: Mapping[int, int] = field(default_factory=dict)

    def __add__(self, other: "Spread") -> "Spread":
        """Give both together."""
        return Spread(Counter(self.counts) + Counter(other.counts))

    @classmethod
    def of(cls, pairs: Iterable[tuple[int, int]]) -> "Spread":
        """Count pairs of a length and how many there are of it."""
        counts = Counter[int]()
        for length, many in pairs:
            counts[length] += many
        return cls(counts)

    @property
    def n(self) -> int:
        """How many there are."""
        return sum(self.counts.values())

    def quantile(self, part: float) -> int | None:
        """Give the shortest length that this part of them does not exceed; None where there are none.

        This is the inverse of the empirical distribution: definition 1 of Hyndman and Fan, "Sample quantiles
        in statistical packages", The American Statistician 50 (1996). What is told did really happen.
        """
        rank, seen = max(1, ceil(part * self.n)), 0
        for length, many in sorted(self.counts.items()):
            seen += many
            if seen >= rank:
                return length
        return None

    def within(self, low: int, high: int | None) -> int:
        """Count those that are at least `low` long and shorter than `high`, if anything is."""
        return sum(many for length, many in self.counts.items() if length >= low and (high is None or length < high))
