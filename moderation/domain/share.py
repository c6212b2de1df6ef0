"""Shares: how many of how many, and how far that can be trusted."""

from dataclasses import dataclass
from math import sqrt
from typing import Final

CERTAINTY: Final = 1.959964
"""Standard deviations within which 95 % of a normal distribution lie."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many; the share itself is unknown where there are none."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """The share, between 0 and 1."""
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's interval: where the true share lies in 95 of 100 cases. It holds for few of few, too."""
        if not self.of:
            return None
        n, z = self.of, CERTAINTY
        p = self.hits / n
        middle, width = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        low, high = ((middle - width) / (1 + z * z / n), (middle + width) / (1 + z * z / n))
        return (low if self.hits else 0.0, high if self.hits < n else 1.0)

    def __str__(self) -> str:
        """Write it for people: 3 of 10, 30.0 % (10.8 to 60.3); a dash where there is nothing to share."""
        if self.value is None or self.interval is None:
            return "-"
        low, high = self.interval
        return f"{self.hits} of {self.of}, {self.value:.1%} ({low * 100:.1f} to {high * 100:.1f})".replace("%", " %")
