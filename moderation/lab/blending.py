"""Fitting the blends, on comments that no tier was trained on."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from moderation.adapters.scorers.blended import unwanted
from moderation.adapters.scorers.spam import FactsScorer, read_text
from moderation.adapters.scorers.toxicity import WordsScorer
from moderation.adapters.scorers.trained.blend import Blend
from moderation.adapters.scorers.trained.encoder import Encoder
from moderation.adapters.scorers.trained.grams import grams
from moderation.adapters.scorers.trained.linear import Linear
from moderation.adapters.scorers.view import WORLD, View
from moderation.domain.comment import Submission
from moderation.domain.signal import SPAM, TOXICITY
from moderation.lab.corpora import Row

Case = tuple[Mapping[str, float], float]
"""Every logit of a text that a blend may weigh, and what people said of it."""

FITTED_ON: Final = frozenset(
    {
        "jigsaw_balanced",
        "jigsaw_clean",
        "wikipedia_5k",
        "wikipedia_cat_gc",
        "civil_balanced",
        "stormfront",
        "cad_reddit",
        "contrast",
    }
)
"""Sources whose labels mean what a moderator means; chats and tweets call every swear word toxic."""
_CHUNK: Final = 256
_PENALTY: Final = 1e-3


def blends(
    linear: Linear, encoder: Encoder | None, rows: Sequence[Row], told: Callable[[int], None]
) -> dict[str, Blend]:
    """Fit a blend for every question, with the encoder and without; `told` hears how many rows have been read."""
    cases: dict[str, list[Case]] = {}
    for question, case in _cases(linear, encoder, rows, told):
        cases.setdefault(question, []).append(case)
    return {question: fitted(found) for question, found in sorted(cases.items())}


def fitted(cases: Sequence[Case]) -> Blend:
    """Fit one blend: logistic regression whose weights are not negative (L-BFGS-B)."""
    from scipy.optimize import minimize  # noqa: PLC0415 (an extra)

    names = sorted(cases[0][0])
    seen = np.array([[case[name] for name in names] + [1.0] for case, _ in cases])
    labels = np.array([label for _, label in cases])

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        logits = seen @ point
        wrong = 1 / (1 + np.exp(-logits)) - labels
        small = np.append(point[:-1], 0.0)
        value = (np.logaddexp(0, logits) - labels * logits).mean() + _PENALTY / 2 * small @ small
        return float(value), seen.T @ wrong / len(labels) + _PENALTY * small

    bounds = [(0.0, None)] * len(names) + [(None, None)]
    found = minimize(loss, np.append(np.full(len(names), 0.5), 0.0), jac=True, method="L-BFGS-B", bounds=bounds)
    return Blend(
        {name: round(float(weight), 4) for name, weight in zip(names, found.x, strict=False)},
        round(float(found.x[-1]), 4),
    )


def _cases(
    linear: Linear, encoder: Encoder | None, rows: Sequence[Row], told: Callable[[int], None]
) -> Iterator[tuple[str, Case]]:
    words, facts = WordsScorer(), FactsScorer()
    for begin in range(0, len(rows), _CHUNK):
        chunk = rows[begin : begin + _CHUNK]
        submissions = [Submission(row.text, language=row.language) for row in chunk]
        readings = [words.read(submission) for submission in submissions]
        texts = [reading.folded.text for reading in readings]
        logits = linear.logits(grams(texts)).tolist()
        understood = encoder.read(texts) if encoder else [None] * len(texts)
        for row, submission, reading, line, read in zip(chunk, submissions, readings, logits, understood, strict=True):
            named = dict(zip(linear.heads, line, strict=True))
            if "spam" in row.labels or row.source in FITTED_ON:
                evidence = facts.evidence(submission, read_text(row.text))
                yield SPAM, (unwanted(named[SPAM], evidence), row.labels.get(SPAM, 0.0))
            yield from _harmful(row, View(reading, named))
            if read and row.language == "en":
                yield from _harmful(row, View(reading, named, read))
        told(begin + len(chunk))


def _harmful(row: Row, view: View) -> Iterator[tuple[str, Case]]:
    label = row.labels.get(TOXICITY)
    if label is None:
        return
    if view.head == WORLD and row.language != "en":
        yield view.question, (view.harm(), label)
        if view.question != WORLD:
            yield WORLD, (view.harm(), label)
    elif view.head == TOXICITY and row.source in FITTED_ON:
        yield view.question, (view.harm(), label)
        yield from ((question, (seen, row.labels[kind])) for kind, question, seen in view.kinds() if kind in row.labels)
