"""Fitting: a shift, and weights of grams, that are added to what a scorer says; both are pulled towards nothing.

Logistic regression with an offset. Decisions are few and grams are many, so the penalty is strong; the steps are
Nesterov's (1983), which need neither a library nor a second derivative.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from moderation.adapters.scorers.learned.bags import Bags
from moderation.adapters.scorers.trained.grams import Integers
from moderation.adapters.scorers.trained.linear import Floats

FARTHEST: Final = 1.5
"""A site's numbers are shifted by no more than this, in logits, so that thresholds keep their meaning."""
BOUND: Final = 6.0
"""More than this is not added in all: what a scorer finds harmless can be held, and is not put aside unread."""
GRAMS: Final = 4096
"""So many weights are kept, the largest."""
_PENALTY: Final = 0.3
_STEPS: Final = 40
_HALVINGS: Final = 20
_LEAST: Final = 2
"""A gram that fewer texts have says nothing about others."""


@dataclass(frozen=True, slots=True)
class Residual:
    """Weights of some grams, in the order of their numbers."""

    numbers: Integers
    weights: Floats

    def logits(self, found: Bags) -> Floats:
        """Give what the weights add for each text."""
        if not len(self.numbers):
            return np.zeros(found.texts, np.float32)
        places = np.searchsorted(self.numbers, found.numbers).clip(0, len(self.numbers) - 1)
        known = self.numbers[places] == found.numbers
        added = np.where(known, self.weights[places] * found.values, 0)
        return np.bincount(found.rows, added, found.texts).astype(np.float32)


NOTHING: Final = Residual(np.zeros(0, np.int64), np.zeros(0, np.float32))


def shift(offsets: Floats, targets: Floats) -> float:
    """Find what to add to all logits, by halving; as if one decision more had said that there is nothing to add."""
    low, high = -FARTHEST, FARTHEST
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        too_low = float((targets - 1 / (1 + np.exp(-(offsets + middle)))).sum()) > middle
        low, high = (middle, high) if too_low else (low, middle)
    return (low + high) / 2


def residual(found: Bags, offsets: Floats, targets: Floats, taught: Floats) -> Residual:
    """Find weights of grams; `taught` is 1 for texts that teach, and 0 for those that are held out."""
    teaches = taught[found.rows] > 0
    counts = np.bincount(found.numbers[teaches], minlength=1)
    kept = teaches & (counts[found.numbers * teaches] >= _LEAST)
    numbers, columns = np.unique(found.numbers[kept], return_inverse=True)
    if not len(numbers):
        return NOTHING
    within = Bags(found.texts, found.rows[kept], columns, found.values[kept])
    weights = _descended(within, len(numbers), offsets, targets, taught)
    largest = np.sort(np.argsort(-np.abs(weights), kind="stable")[:GRAMS])
    return Residual(numbers[largest], weights[largest].astype(np.float32))


def _descended(within: Bags, width: int, offsets: Floats, targets: Floats, taught: Floats) -> Floats:
    """Minimise the cross-entropy and the penalty; a step is as long as the steepest bend allows."""
    rows, columns, values = within.rows, within.numbers, within.values
    bend = _PENALTY + _steepest(within, width) / 4
    weights = ahead = np.zeros(width)
    for step in range(_STEPS):
        logits = offsets + np.bincount(rows, values * ahead[columns], within.texts)
        wrong = taught * (1 / (1 + np.exp(-logits)) - targets)
        slope = np.bincount(columns, values * wrong[rows], width) + _PENALTY * ahead
        before, weights = weights, ahead - slope / bend
        ahead = weights + step / (step + 3) * (weights - before)
    return np.asarray(weights)


def _steepest(within: Bags, width: int) -> float:
    """Give the largest eigenvalue of how grams go together, a little more than power iteration finds."""
    direction, length = np.ones(width) / np.sqrt(width), 1.0
    for _ in range(8):
        across = np.bincount(within.rows, within.values * direction[within.numbers], within.texts)
        along = np.bincount(within.numbers, within.values * across[within.rows], width)
        length = float(np.linalg.norm(along))
        direction = along / max(length, 1e-9)
    return 1.1 * length
