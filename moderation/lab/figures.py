"""The figures to reach: what scores are judged by, each beside what is aimed at, for our models and for peers alike."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from moderation.domain.signal import ATTRIBUTES, SPAM, TOXICITY
from moderation.lab import metrics
from moderation.lab.contrast import SOURCE as CONTRAST
from moderation.lab.corpora import Row
from moderation.lab.evaluation import Labelled, Scores, evaluate, kept_under_attack, numbered

Score = Callable[[Sequence[str], Sequence[str | None]], Scores]
"""Scores texts, each with its language or with none: a number for each text, for each kind that the scorer knows."""

WIKIPEDIA: Final = frozenset({"jigsaw_balanced", "jigsaw_clean", "wikipedia_5k", "wikipedia_cat_gc"})
NEWS: Final = frozenset({"civil_balanced"})
ATTACKED: Final = frozenset({"jigsaw_balanced", "jigsaw_clean", "wikipedia_5k", "civil_balanced"})
HAM: Final[Mapping[str, frozenset[str]]] = {
    "Wikipedia": WIKIPEDIA,
    "news": NEWS,
    "Globe and Mail": frozenset({"unhealthy_globe_mail"}),
}
"""Comments of people, none of which is spam."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, on how many texts, and the aim, if any: at least so much, or at most where less is better."""

    what: str
    texts: int
    measured: float
    aim: float | None = None
    less: bool = False

    @property
    def met(self) -> bool | None:
        """Say whether the aim is met; None where there is none, or where nothing could be measured."""
        if self.aim is None or isnan(self.measured):
            return None
        return self.measured <= self.aim if self.less else self.measured >= self.aim

    def document(self) -> dict[str, Any]:
        """Give the figure as JSON has it."""
        return {
            "figure": self.what,
            "texts": self.texts,
            "measured": numbered(self.measured),
            "aim": self.aim,
            "less_is_better": self.less,
            "met": self.met,
        }


@dataclass(frozen=True, slots=True)
class Part:
    """Rows with what was said of each."""

    rows: Sequence[Row]
    scores: Scores

    def where(self, chosen: Callable[[Row], bool]) -> "Part":
        """Give the rows that are chosen."""
        places = [place for place, row in enumerate(self.rows) if chosen(row)]
        return Part([self.rows[place] for place in places], {kind: of[places] for kind, of in self.scores.items()})

    def of(self, sources: frozenset[str]) -> "Part":
        """Give the rows of some sources."""
        return self.where(lambda row: row.source in sources)

    def known(self, kind: str) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Give scores and labels of the rows that are labelled for a kind."""
        part = self.where(lambda row: kind in row.labels)
        return part.scores[kind], np.array([row.labels[kind] for row in part.rows], float)


def figures(held: Part, foreign: Part, score: Score) -> Iterator[Figure]:
    """Give every figure that what was held out and what is of foreign origin allow, in the order of the page on models.

    Both were scored by the scorer that is asked again here, about other spellings and about texts without a language.
    """
    yield from _comments("Wikipedia-like comments", held.of(WIKIPEDIA), 0.987, 0.80)
    yield from _kinds(held.of(WIKIPEDIA))
    yield from _comments("news comments", held.of(NEWS), 0.945, 0.42)
    yield from _identities(held)
    yield from _functions(held.of(frozenset({CONTRAST})))
    yield from _ham(Part([*held.rows, *foreign.rows], _joined(held.scores, foreign.scores)))
    yield from _attacks(held.of(ATTACKED).rows, score)
    yield from _calibration(held, foreign)
    yield from _origins(foreign)
    yield from _languages(held, score)


def scored(rows: Sequence[Row], score: Score, *, given: bool = True) -> Part:
    """Score rows, with their languages or with none given."""
    return Part(rows, score([row.text for row in rows], [row.language if given else None for row in rows]))


def _joined(first: Scores, second: Scores) -> Scores:
    return {kind: np.concatenate([first[kind], second[kind]]) for kind in first}


def _comments(name: str, part: Part, auc: float, recall: float) -> Iterator[Figure]:
    scores, labels = part.known(TOXICITY)
    yield Figure(f"{name}: AUC", len(labels), metrics.auc(scores, labels), auc)
    yield Figure(f"{name}: recall at 1 %", len(labels), metrics.recall_at(scores, labels), recall)


def _kinds(part: Part) -> Iterator[Figure]:
    """Measure the six labels on the texts that have all of them; only who knows all kinds has this figure."""
    six = (TOXICITY, *ATTRIBUTES)
    labelled = part.where(lambda row: all(kind in row.labels for kind in six))
    if all(kind in part.scores for kind in six):
        found = [metrics.auc(*labelled.known(kind)) for kind in six]
        yield Figure(
            "Wikipedia-like comments: mean AUC of six labels", len(labelled.rows), float(np.mean(found)), 0.988
        )


def _identities(part: Part) -> Iterator[Figure]:
    rows = [Labelled(row.text, {TOXICITY: row.labels[TOXICITY]}) for row in part.rows if _is_english(row)]
    lines = evaluate(rows, {TOXICITY: part.where(_is_english).scores[TOXICITY]})
    named = [line for line in lines if not isnan(line.bpsn_auc)]
    for line in named:
        yield Figure(f"names {line.texts.removeprefix('names ')}: BPSN AUC", line.rows, line.bpsn_auc, 0.85)


def _is_english(row: Row) -> bool:
    return TOXICITY in row.labels and row.language == "en"


def _functions(part: Part) -> Iterator[Figure]:
    """Measure our own held-out sentences function by function, as functional tests of hate are read."""
    scores, labels = part.known(TOXICITY)
    right, groups = (scores >= metrics.HALF) == (labels > metrics.HALF), np.array([row.group for row in part.rows])
    each = [float(right[groups == group].mean()) for group in np.unique(groups)]
    yield Figure("own held-out functions: accuracy at 0.5", len(labels), _mean(right))
    yield Figure("own held-out functions: worst function", len(labels), min(each, default=float("nan")))


def _mean(values: npt.NDArray[np.bool_]) -> float:
    return metrics.share(float(values.sum()), len(values))


def _ham(part: Part) -> Iterator[Figure]:
    if SPAM in part.scores:
        for name, sources in HAM.items():
            ham = part.of(sources)
            yield Figure(
                f"{name} comments taken for spam at 0.5",
                len(ham.rows),
                _mean(ham.scores[SPAM] >= metrics.HALF),
                0.003,
                less=True,
            )


def _attacks(rows: Sequence[Row], score: Score) -> Iterator[Figure]:
    labelled = [Labelled(row.text, row.labels) for row in rows]
    kept = kept_under_attack(labelled, lambda texts: score(texts, [None] * len(texts)), TOXICITY)
    recalls, wrong = [share for share, _ in kept.values()], [share for _, share in kept.values()]
    yield Figure("ten attacks: recall kept, worst", len(rows), min(recalls), 0.95)
    yield Figure("ten attacks: recall kept, mean", len(rows), float(np.mean(recalls)), 0.98)
    yield Figure("ten attacks: false positives on clean texts, worst", len(rows), max(wrong), 0.02, less=True)


def _calibration(held: Part, foreign: Part) -> Iterator[Figure]:
    parts = [("held out", held, 0.02), *((source, foreign.of(frozenset({source})), 0.05) for source in _toxic(foreign))]
    for name, part, aim in parts:
        scores, labels = part.known(TOXICITY)
        error = metrics.calibration_error(scores, labels) if len(labels) else float("nan")
        yield Figure(f"calibration error, {name}", len(labels), error, aim, less=True)


def _toxic(part: Part) -> list[str]:
    return sorted({row.source for row in part.rows if TOXICITY in row.labels})


def _origins(foreign: Part) -> Iterator[Figure]:
    for source in _toxic(foreign):
        scores, labels = foreign.of(frozenset({source})).known(TOXICITY)
        yield Figure(f"{source}, never trained on: AUC", len(labels), metrics.auc(scores, labels))


def _languages(held: Part, score: Score) -> Iterator[Figure]:
    """Measure each language with its name given and with it left to be found; templates alone make no language."""
    others = held.where(lambda row: TOXICITY in row.labels and row.language != "en" and not row.group)
    found = scored(others.rows, score, given=False)
    for language in sorted({row.language for row in others.rows}):
        for how, part in (("given", others), ("found", found)):
            scores, labels = _speaking(language, part).known(TOXICITY)
            yield Figure(f"language {language}, {how}: AUC", len(labels), metrics.auc(scores, labels), 0.80)


def _speaking(language: str, part: Part) -> Part:
    return part.where(lambda row: row.language == language)
