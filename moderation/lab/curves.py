"""Curves: what grows with the number of decisions, side by side, as one SVG that needs no library."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

_SIDE: Final = 240
_GAP: Final = 70
_TOP: Final = 44
_LINE: Final = 16
_COLOURS: Final = ("#1f5fa8", "#b3541e", "#2d7d46", "#7a3f98", "#555555")
_STYLE: Final = (
    "text{font:12px system-ui,sans-serif;fill:#222}.small{font-size:10px;fill:#555}.axis{stroke:#999;fill:none}"
    ".curve{stroke-width:2;fill:none}"
)


@dataclass(frozen=True, slots=True)
class Curve:
    """One line: its name, and a share from 0 to 1 for each step."""

    name: str
    shares: Sequence[float]


def drawn(panels: Sequence[tuple[str, Sequence[Curve]]], steps: Sequence[int]) -> str:
    """Draw a panel for each question; the steps stand at even distances."""
    names = list(dict.fromkeys(curve.name for _, curves in panels for curve in curves))
    colour = {name: _COLOURS[place % len(_COLOURS)] for place, name in enumerate(names)}
    width, height = len(panels) * (_SIDE + _GAP) + 20, _TOP + _SIDE + 50 + len(names) * _LINE
    parts = [_panel(place, title, curves, steps, colour) for place, (title, curves) in enumerate(panels)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">'
        f"<title>What a new site gains by learning</title><style>{_STYLE}</style>"
        f'<rect width="{width}" height="{height}" fill="#fff"/>{"".join(parts)}{_legend(colour)}</svg>\n'
    )


def _panel(place: int, title: str, curves: Sequence[Curve], steps: Sequence[int], colour: dict[str, str]) -> str:
    left, floor = 50 + place * (_SIDE + _GAP), _TOP + _SIDE
    across = [left + _SIDE * step / (len(steps) - 1) for step in range(len(steps))]
    lines = "".join(
        f'<polyline class="curve" stroke="{colour[curve.name]}" points="'
        + " ".join(f"{x:.1f},{floor - share * _SIDE:.1f}" for x, share in zip(across, curve.shares, strict=True))
        + '"/>'
        for curve in curves
    )
    ticks = "".join(
        f'<text class="small" x="{x:.1f}" y="{floor + 14}" text-anchor="middle">{step}</text>'
        for x, step in zip(across, steps, strict=True)
    ) + "".join(
        f'<text class="small" x="{left - 6}" y="{floor - part * _SIDE + 4}" text-anchor="end">{part:g}</text>'
        for part in (0, 0.5, 1)
    )
    return (
        f'<text x="{left}" y="{_TOP - 14}" font-weight="600">{escape(title)}</text>'
        f'<rect class="axis" x="{left}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}"/>{ticks}{lines}'
        f'<text class="small" x="{left + _SIDE / 2}" y="{floor + 28}" text-anchor="middle">decisions</text>'
    )


def _legend(colour: dict[str, str]) -> str:
    top = _TOP + _SIDE + 44
    return "".join(
        f'<rect x="50" y="{top + place * _LINE}" width="14" height="4" fill="{shade}"/>'
        f'<text class="small" x="72" y="{top + place * _LINE + 6}">{escape(name)}</text>'
        for place, (name, shade) in enumerate(colour.items())
    )
