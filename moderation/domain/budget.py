"""Budgets: how much a threshold may cost the people who read the queue, and the lowest one that stays within it."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

from moderation.domain.share import Share

GRID: Final = tuple(step / 1000 for step in range(1001))
"""Thresholds as people write them, with three digits."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What holds of a range of scores: at least so much of it is right, at most so much of what is clean is in it."""

    right: float
    clean: float
    surely: bool = False
    """Not the shares themselves have to keep it, but the worse ends of their intervals."""
    rate: float | None = None
    """So much of what arrives is what it should not be; unless said, as much as of what was counted."""

    def allows(self, right: Share, clean: Share, found: Share) -> bool:
        """Say whether these shares keep within it; where nothing is clean, nothing can be said."""
        if clean.interval is None or clean.value is None:
            return False
        most = clean.interval[1] if self.surely else clean.value
        least = self.purity(right, clean, found)
        return least is not None and least >= self.right and most <= self.clean

    def purity(self, right: Share, clean: Share, found: Share) -> float | None:
        """Say how much of a range is right where `rate` of all that arrives is; None where nothing can be said."""
        if self.rate is None:
            return right.interval[0] if self.surely and right.interval else right.value
        if found.interval is None or clean.interval is None or found.value is None or clean.value is None:
            return None
        caught, wrong = (found.interval[0], clean.interval[1]) if self.surely else (found.value, clean.value)
        bad, good = self.rate * caught, (1 - self.rate) * wrong
        return bad / (bad + good) if bad + good else None


@dataclass(frozen=True, slots=True)
class Cut:
    """What lies between two thresholds: the lower one belongs to it, the upper one does not."""

    at_least: float
    below: float | None
    right: Share
    """Of what lies in it, so much is what it should be."""
    clean: Share
    """Of all that is not what it should be, so much lies in it."""
    found: Share
    """Of all that is what it should be, so much lies in it."""
    purity: float | None = None
    """Of what lies in it, so much is what it should be at the rate that the budget names."""


@dataclass(slots=True)
class Scores:
    """Scores of one kind with what was right, counted between one threshold and the next."""

    bad: list[int] = field(default_factory=lambda: [0] * len(GRID))
    good: list[int] = field(default_factory=lambda: [0] * len(GRID))

    def add(self, score: float, *, is_bad: bool) -> None:
        """Count one score, under the highest threshold that it reaches."""
        (self.bad if is_bad else self.good)[bisect_right(GRID, score) - 1] += 1

    def cut(self, budget: Budget, below: float | None = None) -> Cut | None:
        """Give the lowest threshold with which what lies under `below` keeps within a budget, or None."""
        top = len(GRID) if below is None else GRID.index(below)
        bad, good = _reaching(self.bad[:top]), _reaching(self.good[:top])
        every_bad, every_good = sum(self.bad), sum(self.good)
        for place in range(top):
            right, found = Share(bad[place], bad[place] + good[place]), Share(bad[place], every_bad)
            clean = Share(good[place], every_good)
            if budget.allows(right, clean, found):
                return Cut(GRID[place], below, right, clean, found, budget.purity(right, clean, found))
        return None


def _reaching(counts: list[int]) -> list[int]:
    """Count from the top: how many reach each threshold."""
    return list(accumulate(reversed(counts)))[::-1]


def within(cut: Cut | None) -> Callable[[float], bool]:
    """Give the question whether a score lies in a range; nothing lies in one that was not found."""
    if cut is None:
        return lambda _: False
    return lambda score: score >= cut.at_least and (cut.below is None or score < cut.below)
