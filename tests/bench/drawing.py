"""Draws how far each goal was reached, as an SVG that any page can show in light and in dark."""

from collections.abc import Sequence
from html import escape
from math import log10
from typing import Final

from bench.goals import Goal, Mark
from bench.telling import figure

WIDTH, ROW, TOP, LEFT, RIGHT = 960, 20, 46, 420, 170
SPAN: Final = 2.0
"""How many powers of ten there are from one edge to the other."""
CSS: Final = """
text { font: 12px system-ui, sans-serif; fill: #222; } .quiet { fill: #666; } .line { stroke: #888; }
.met { fill: #2e7d4f; } .missed { fill: #b3452c; }
@media (prefers-color-scheme: dark) { text { fill: #ddd; } .quiet { fill: #999; }
.met { fill: #58b583; } .missed { fill: #e07a5f; } }
"""


def drawn(goals: Sequence[Goal]) -> str:
    """Draw one bar for each goal that was measured: to the right of the line where it was met."""
    shown = [goal for goal in goals if goal.share is not None]
    height = TOP + ROW * len(shown) + 14
    rows = "\n".join(_row(goal, TOP + ROW * place) for place, goal in enumerate(shown))
    middle = _x(1.0)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="How far each goal was reached">\n<style>{CSS}</style>\n'
        f'<text x="{middle}" y="16" text-anchor="middle">the goal</text>\n'
        f'<text class="quiet" x="{_x(0.1)}" y="34" text-anchor="middle">a tenth</text>\n'
        f'<text class="quiet" x="{_x(10)}" y="34" text-anchor="middle">ten times</text>\n'
        f"{rows}\n"
        f'<line class="line" x1="{middle}" x2="{middle}" y1="22" y2="{height - 8}"/>\n</svg>\n'
    )


def _row(goal: Goal, y: int) -> str:
    middle, end = _x(1.0), _x(goal.share or 0)
    kind = "met" if goal.mark is Mark.MET else "missed"
    said = escape(f"{figure(goal.measured)} ({goal.wanted}) {goal.unit}")
    x, width = min(middle, end), max(2.0, abs(end - middle))
    return (
        f'<text x="{LEFT - 12}" y="{y + 14}" text-anchor="end">{goal.number} {escape(goal.name)}</text>'
        f'<rect class="{kind}" x="{x:.1f}" y="{y + 4}" width="{width:.1f}" height="{ROW - 8}" rx="2"/>'
        f'<text class="quiet" x="{WIDTH - RIGHT + 10}" y="{y + 14}">{said}</text>'
    )


def _x(share: float) -> float:
    """Give the place of a share on a scale of powers of ten."""
    power = max(-SPAN / 2, min(SPAN / 2, log10(share) if share > 0 else -SPAN / 2))
    return round(LEFT + (WIDTH - LEFT - RIGHT) * (power / SPAN + 0.5), 1)
