"""How much is measured: enough for figures to be told, or just enough to see that everything can be measured."""

from dataclasses import dataclass, replace
from typing import Final, Self


@dataclass(frozen=True, slots=True)
class Plan:
    """How often, how long and how many."""

    rounds: int = 5
    seconds: float = 4.0
    """How long each load of a round is sent."""
    steady_rate: float = 200.0
    overload: float = 6.0
    """How long three times too much is sent."""
    comments: int = 10_000
    """How many are taken in between two looks at the memory."""
    starts: int = 5
    repeats: int = 200
    """How often one input is validated."""
    drained: int = 3000
    """How many comments are decided by scorers that cost nothing."""

    def but(self, **others: float | None) -> Self:
        """Give the same plan with other figures, where any are given."""
        return replace(self, **{name: value for name, value in others.items() if value is not None})


FULL: Final = Plan()
QUICK: Final = Plan(rounds=1, seconds=0.2, steady_rate=50, overload=0.25, comments=50, starts=1, repeats=3, drained=64)
