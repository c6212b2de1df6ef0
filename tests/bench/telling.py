"""Telling what a run came to: a table at the terminal."""

from collections.abc import Sequence
from math import floor, log10
from typing import Any, Final

from bench.goals import Goal, Mark
from rich.console import Console
from rich.table import Table

STYLE: Final = {Mark.MET: "green", Mark.MISSED: "red", Mark.ABSENT: "dim"}


def figure(value: float | None) -> str:
    """Write a figure with three digits that count, and no more."""
    if value is None:
        return "-"
    return f"{value:.{max(0, 2 - floor(log10(abs(value))))}f}" if 0.001 < abs(value) < 1000 else f"{value:.0f}"


def tell(found: Sequence[Goal], conditions: dict[str, Any], console: Console) -> None:
    """Show the goals as a table, and count them."""
    table = Table("", "goal", "measured", "wanted", "unit", "mark", "beside it", box=None)
    for goal in found:
        style = STYLE[goal.mark]
        mark = f"[{style}]{goal.mark}[/]"
        table.add_row(goal.number, goal.name, figure(goal.measured), goal.wanted, goal.unit, mark, goal.note)
    console.print(table)
    console.print(f"{conditions}")
    console.print(summary(found))


def summary(found: Sequence[Goal]) -> str:
    """Count the goals by how they stand."""
    counts = {mark: sum(goal.mark is mark for goal in found) for mark in Mark}
    return ", ".join(f"{count} {mark}" for mark, count in counts.items())
