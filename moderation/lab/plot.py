"""Plots: curves and bars as one SVG, drawn here, so that a picture needs no library."""

from collections.abc import Sequence
from html import escape
from math import isnan
from typing import Final

import numpy as np
import numpy.typing as npt

from moderation.lab.evaluation import Labelled, Line, Scores, labels_of
from moderation.lab.metrics import HALF, reliability

Floats = npt.NDArray[np.float64]
Point = tuple[float, float]

_SIDE: Final = 240
_GAP: Final = 70
_TOP: Final = 44
_BAR: Final = 18
_POINTS: Final = 200
_STYLE: Final = (
    "text{font:12px system-ui,sans-serif;fill:#222}.small{font-size:10px;fill:#555}.axis{stroke:#999;fill:none}"
    ".even{stroke:#bbb;stroke-dasharray:4 3;fill:none}.curve{stroke:#1f5fa8;stroke-width:2;fill:none}.bar{fill:#1f5fa8}.tick{fill:#b3541e}"
)


def drawn(question: str, rows: Sequence[Labelled], given: Scores, lines: Sequence[Line]) -> str:
    """Draw the ROC, precision and recall, reliability, and a bar for the AUC of every part; an SVG document."""
    labels = labels_of(rows, question)
    if labels is None:
        raise ValueError(f"No text has a label for {question}.")
    known = ~np.isnan(labels)
    scores, labels = given[question][known], labels[known]
    bars = [line for line in lines if line.question == question and not isnan(line.auc)]
    width, height = 3 * (_SIDE + _GAP) + 20, _TOP + _SIDE + _GAP + len(bars) * _BAR + 30
    panels = [
        _panel(0, "ROC", "false positives", "recall", _roc(scores, labels), even=True),
        _panel(1, "Precision and recall", "recall", "precision", _precision_recall(scores, labels), even=False),
        _panel(
            2, "Reliability", "said", "came", [(said, came) for said, came, _ in reliability(scores, labels)], even=True
        ),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">'
        f"<title>{escape(question)}: {len(scores)} texts</title><style>{_STYLE}</style>"
        f'<rect width="{width}" height="{height}" fill="#fff"/>{"".join(panels)}{_bars(bars)}</svg>\n'
    )


def _panel(place: int, title: str, across: str, up: str, points: Sequence[Point], *, even: bool) -> str:
    left, floor = 50 + place * (_SIDE + _GAP), _TOP + _SIDE
    path = " ".join(f"{left + x * _SIDE:.1f},{floor - y * _SIDE:.1f}" for x, y in points)
    diagonal = f'<path class="even" d="M{left} {floor}L{left + _SIDE} {_TOP}"/>' if even else ""
    ticks = "".join(
        f'<text class="small" x="{left + part * _SIDE}" y="{floor + 14}" text-anchor="middle">{part:g}</text>'
        f'<text class="small" x="{left - 6}" y="{floor - part * _SIDE + 4}" text-anchor="end">{part:g}</text>'
        for part in (0, 0.5, 1)
    )
    return (
        f'<text x="{left}" y="{_TOP - 14}" font-weight="600">{title}</text>'
        f'<rect class="axis" x="{left}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}"/>{diagonal}{ticks}'
        f'<polyline class="curve" points="{path}"/>'
        f'<text class="small" x="{left + _SIDE / 2}" y="{floor + 28}" text-anchor="middle">{across}</text>'
        f'<text class="small" transform="translate({left - 32} {floor - _SIDE / 2}) rotate(-90)" text-anchor="middle">{up}</text>'
    )


def _bars(lines: Sequence[Line]) -> str:
    top, left = _TOP + _SIDE + _GAP, 320
    return "".join(
        f'<text x="{left - 8}" y="{top + place * _BAR + 12}" text-anchor="end">{escape(line.texts)} ({line.rows})</text>'
        f'<rect class="bar" x="{left}" y="{top + place * _BAR + 2}" width="{line.auc * 2 * _SIDE:.1f}" height="{_BAR - 5}"/>'
        f'<text class="small" x="{left + 2 * _SIDE + 6}" y="{top + place * _BAR + 12}">{_said(line)}</text>{_tick(line, left, top + place * _BAR)}'
        for place, line in enumerate(lines)
    )


def _said(line: Line) -> str:
    return f"AUC {line.auc:.3f}" + ("" if isnan(line.bpsn_auc) else f", BPSN {line.bpsn_auc:.3f}")


def _tick(line: Line, left: int, top: int) -> str:
    """Mark on the bar of a group of people how well harmless texts that name it are told from harmful ones that do not."""
    if isnan(line.bpsn_auc):
        return ""
    return (
        f'<rect class="tick" x="{left + line.bpsn_auc * 2 * _SIDE - 1:.1f}" y="{top}" width="3" height="{_BAR - 1}"/>'
    )


def _roc(scores: Floats, labels: Floats) -> list[Point]:
    found, wrong = _counted(scores, labels)
    return _thinned(wrong / max(1, wrong[-1]), found / max(1, found[-1]))


def _precision_recall(scores: Floats, labels: Floats) -> list[Point]:
    found, wrong = _counted(scores, labels)
    return _thinned(found[1:] / max(1, found[-1]), found[1:] / (found[1:] + wrong[1:]))


def _counted(scores: Floats, labels: Floats) -> tuple[Floats, Floats]:
    """Give how many positives and negatives lie at or above each threshold, from the highest down."""
    positives = labels[np.argsort(-scores, kind="stable")] > HALF
    return np.append(0.0, np.cumsum(positives)), np.append(0.0, np.cumsum(~positives))


def _thinned(across: Floats, up: Floats) -> list[Point]:
    places = np.unique(np.linspace(0, len(across) - 1, _POINTS).astype(int))
    return list(zip(across[places].tolist(), up[places].tolist(), strict=True))
