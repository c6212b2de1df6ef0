"""A goal: what was measured, what is wanted, and whether it was met."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Mark(StrEnum):
    """How a goal stands."""

    MET = "met"
    MISSED = "missed"
    ABSENT = "not measured here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One line of the table; it names the least or the most that is wanted."""

    number: str
    name: str
    measured: float | None
    least: float | None = None
    most: float | None = None
    unit: str = ""
    note: str = ""

    @property
    def mark(self) -> Mark:
        """Whether it was met."""
        if self.measured is None:
            return Mark.ABSENT
        low = self.least is not None and self.measured < self.least
        high = self.most is not None and self.measured > self.most
        return Mark.MISSED if low or high else Mark.MET

    @property
    def share(self) -> float | None:
        """How much of the goal was reached: one or more is all of it."""
        if self.measured is None:
            return None
        if self.least is not None:
            return self.measured / self.least
        return (self.most or 0.0) / self.measured if self.measured else 100.0

    @property
    def wanted(self) -> str:
        """What it asks for, in signs."""
        return f"≥ {self.least:g}" if self.least is not None else f"≤ {self.most:g}"

    def told(self) -> dict[str, Any]:
        """Give all of it, for programs."""
        return asdict(self) | {"mark": str(self.mark), "share": self.share}
