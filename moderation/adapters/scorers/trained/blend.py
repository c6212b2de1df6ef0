"""The blend: one probability from what several tiers say; of a hundred comments at 0.7, seventy are what it says.

A logistic regression on logits (Platt 1999) with few weights, none of which is negative: no tier's alarm lowers
the number.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log
from pathlib import Path
from typing import Final

_SMALLEST: Final = 1e-4
_STEEPEST: Final = 30.0


@dataclass(frozen=True, slots=True)
class Blend:
    """How much each named logit counts for one question, and what is added."""

    weights: Mapping[str, float]
    bias: float

    def logit(self, seen: Mapping[str, float]) -> float:
        """Give the logit of the probability; `seen` has a logit for every name."""
        return self.bias + sum(weight * seen[name] for name, weight in self.weights.items())


def probability(logit: float) -> float:
    """Give the probability that a logit stands for."""
    return 1 / (1 + exp(-max(-_STEEPEST, min(_STEEPEST, logit))))


def logit(value: float) -> float:
    """Give the logit of a probability, kept away from the ends."""
    value = min(1 - _SMALLEST, max(_SMALLEST, value))
    return log(value / (1 - value))


def read(folder: Path) -> dict[str, Blend]:
    """Read the blends of a folder, by the question they answer."""
    told = json.loads((folder / "blend.json").read_text(encoding="utf-8"))
    return {name: Blend(blend["weights"], blend["bias"]) for name, blend in told.items()}


def write(blends: Mapping[str, Blend], folder: Path) -> None:
    """Leave the blends in a folder."""
    told = {name: {"weights": dict(blend.weights), "bias": blend.bias} for name, blend in blends.items()}
    (folder / "blend.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
