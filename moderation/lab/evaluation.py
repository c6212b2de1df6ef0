"""Evaluation: how well scores agree with labels, as a whole and for every language, source and identity."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isnan
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from moderation.domain.signal import TOXICITY
from moderation.lab import metrics
from moderation.lab.attacks import ATTACKS, attacked
from moderation.lab.identities import named
from moderation.lab.metrics import HALF

Scores = Mapping[str, npt.NDArray[np.float64]]
"""For each kind of `corpora.KINDS`, one number for each text."""
Score = Callable[[Sequence[str]], Scores]
_FEWEST: Final = 50


@dataclass(frozen=True, slots=True)
class Labelled:
    """One text as it is measured on."""

    text: str
    labels: Mapping[str, float]
    language: str = "en"
    source: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: a question, which texts, how many, and how good the answers are; NaN where none can be."""

    question: str
    texts: str
    rows: int
    positives: int
    auc: float
    recall_at_1: float
    precision: float
    recall: float
    calibration_error: float
    bpsn_auc: float = float("nan")

    def document(self) -> dict[str, Any]:
        """Give the line as JSON has it; a number that there is not is null."""
        return {name: numbered(value) for name, value in asdict(self).items()}


def numbered(value: Any) -> Any:
    """Give a value as JSON has it: a number that there is not is nothing."""
    return None if isinstance(value, float) and isnan(value) else value


def evaluate(rows: Sequence[Labelled], scores: Scores, threshold: float = HALF) -> list[Line]:
    """Measure every question that is labelled on all texts, then on each part of them."""
    return [
        line
        for question, given in scores.items()
        if (labels := labels_of(rows, question)) is not None
        for line in _lines(question, rows, given, labels, threshold)
    ]


def kept_under_attack(
    rows: Sequence[Labelled], score: Score, question: str, threshold: float = HALF
) -> dict[str, tuple[float, float]]:
    """Give for each attack the share of recall that is kept, and the false positives on clean texts."""
    texts, positive = [row.text for row in rows], np.array([row.labels[question] > HALF for row in rows])
    before = score(texts)[question] >= threshold
    found = {}
    for name in ATTACKS:
        after = score([attacked(text, name) for text in texts])[question] >= threshold
        found[name] = (
            metrics.share(after[positive].sum(), before[positive].sum()),
            metrics.share(after[~positive].sum(), (~positive).sum()),
        )
    return found


def labels_of(rows: Sequence[Labelled], question: str) -> npt.NDArray[np.float64] | None:
    """Give the label of each text for one question, NaN where it has none; None where no text has one."""
    labels = np.array([row.labels.get(question, np.nan) for row in rows], float)
    return None if np.isnan(labels).all() else labels


def _lines(
    question: str,
    rows: Sequence[Labelled],
    scores: npt.NDArray[np.float64],
    labels: npt.NDArray[np.float64],
    threshold: float,
) -> Iterator[Line]:
    known = ~np.isnan(labels)
    for name, chosen in (("all", known), *_parts(rows, known)):
        yield _line(question, name, scores[chosen], labels[chosen], threshold)
    if question == TOXICITY:
        yield from _identities(rows, scores, labels, known, threshold)


def _identities(
    rows: Sequence[Labelled],
    scores: npt.NDArray[np.float64],
    labels: npt.NDArray[np.float64],
    known: npt.NDArray[np.bool_],
    threshold: float,
) -> Iterator[Line]:
    """Measure the English texts that name a group, for each group that is named often enough."""
    english = known & np.array([row.language == "en" for row in rows])
    groups = [named(row.text) for row in rows]
    for group in sorted({group for names in groups for group in names}):
        names = np.array([group in found for found in groups])
        if (names & english).sum() >= _FEWEST:
            line = _line(TOXICITY, f"names {group}", scores[names & english], labels[names & english], threshold)
            yield Line(
                **asdict(line) | {"bpsn_auc": metrics.bpsn_auc(scores[english], labels[english], names[english])}
            )


def _parts(rows: Sequence[Labelled], known: npt.NDArray[np.bool_]) -> Iterator[tuple[str, npt.NDArray[np.bool_]]]:
    for what, values in (("language", [row.language for row in rows]), ("source", [row.source for row in rows])):
        for value in _distinct(value for value, counts in zip(values, known, strict=True) if counts):
            yield f"{what} {value}", known & np.array([item == value for item in values])


def _distinct(values: Iterable[str]) -> list[str]:
    return sorted({value for value in values if value})


def _line(
    question: str, name: str, scores: npt.NDArray[np.float64], labels: npt.NDArray[np.float64], threshold: float
) -> Line:
    precision, recall = metrics.precision_recall(scores, labels, threshold)
    return Line(
        question,
        name,
        len(labels),
        int((labels > HALF).sum()),
        metrics.auc(scores, labels),
        metrics.recall_at(scores, labels),
        precision,
        recall,
        metrics.calibration_error(scores, labels),
    )
