"""Writes the figures into the documentation, between two marks; what people wrote around them stays."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from bench.drawing import drawn
from bench.goals import Goal
from bench.telling import figure, summary

DOCS: Final = Path(__file__).parents[2] / "docs"
PAGE: Final = DOCS / "reference" / "performance.md"
PICTURE: Final = DOCS / "images" / "performance.svg"


def write(goals: Sequence[Goal], conditions: dict[str, Any]) -> None:
    """Put the table and the picture of a run into the documentation."""
    PICTURE.write_text(drawn(goals), encoding="utf-8")
    put("goals", table(goals, conditions))


def put(name: str, text: str, page: Path = PAGE) -> None:
    """Replace what lies between the marks of one name on a page."""
    begin, end = f"<!-- {name}: written by make bench -->", f"<!-- /{name} -->"
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    after = rest.partition(end)[2]
    page.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")


def table(goals: Sequence[Goal], conditions: dict[str, Any]) -> str:
    """Write the goals as Markdown."""
    rows = [f"| {' | '.join(_cells(goal))} |" for goal in goals]
    said = ", ".join(f"{name} {value}" for name, value in conditions.items())
    head = ["| | goal | measured | wanted | | beside it |", "|---|---|---:|---|---|---|"]
    picture = "![How far each goal was reached](../images/performance.svg)"
    return "\n".join([picture, "", *head, *rows, "", f"{summary(goals)}. Conditions: {said}."])


def _cells(goal: Goal) -> tuple[str, ...]:
    wanted = f"{goal.wanted} {goal.unit}".strip()
    return (goal.number, goal.name, figure(goal.measured), wanted, str(goal.mark), goal.note)
