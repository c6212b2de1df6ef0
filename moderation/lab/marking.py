"""Marking: how well the places that a scorer marks agree with those that people marked."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from moderation.domain.signal import TOXICITY, Span
from moderation.lab.corpora import Row
from moderation.lab.figures import Figure
from moderation.lab.metrics import HALF
from moderation.lab.scoring import Models


def marks(rows: Sequence[Row], models: Models) -> Iterator[Figure]:
    """Measure the marks on the toxic texts in which people marked what is toxic."""
    asked = [row for row in rows if row.marks is not None and row.labels.get(TOXICITY, 0) > HALF]
    given = models.spans([row.text for row in asked], [row.language for row in asked])
    shares = [agreement(spans, row.marks or ()) for spans, row in zip(given, asked, strict=True)]
    yield Figure("toxic spans: F1 of characters", len(shares), float(np.mean(shares)) if shares else float("nan"), 0.69)


def agreement(given: Iterable[Span], wanted: Iterable[Span]) -> float:
    """Give the F1 of the characters of one text; marking none is right where nobody did (SemEval-2021 task 5)."""
    ours, theirs = _characters(given), _characters(wanted)
    if not ours and not theirs:
        return 1.0
    return 2 * len(ours & theirs) / (len(ours) + len(theirs))


def _characters(spans: Iterable[Span]) -> set[int]:
    return {place for begin, end in spans for place in range(begin, end)}
