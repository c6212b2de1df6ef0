"""A newcomer: a site that begins to moderate, simulated, and what it would have learnt after so many decisions.

Corpora that no shipped model saw play the site. Its decisions are dealt at random, several times over; what was
learnt is asked about texts of the same site that nobody decided. No text is kept or shown, only figures.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any, Final
from uuid import UUID, uuid4

import numpy as np
import numpy.typing as npt

from moderation.adapters.scorers import MODELS
from moderation.adapters.scorers.learned.learner import Learner
from moderation.adapters.scorers.learned.model import LearnedModel
from moderation.domain.comment import Status, Submission
from moderation.domain.lesson import Lesson
from moderation.domain.signal import SPAM, TOXICITY, Signal
from moderation.lab import metrics
from moderation.lab.corpora import Row, load
from moderation.lab.curves import Curve, drawn
from moderation.lab.scoring import Models
from moderation.services.ports import Remembered

Floats = npt.NDArray[np.float64]
STEPS: Final = (0, 20, 50, 100, 200, 400)
SITES: Final = {
    "id_gambling_yt": SPAM,
    "id_gambling_judol": SPAM,
    "kaggle_insults": TOXICITY,
    "olid_twitter": TOXICITY,
    "unhealthy_globe_mail": TOXICITY,
}
"""Sources of the corpora that are measured on and never trained on, each with what its moderators look for."""
FOUND: Final = {SPAM: Status.SPAM, TOXICITY: Status.REJECTED}
ALARMS: Final = 0.05
HELD: Final = 0.5
"""About from here on a policy holds a comment."""
ASKED: Final = 1500


@dataclass(frozen=True, slots=True)
class Point:
    """What one site's scores are worth after so many decisions, on average over the rounds."""

    site: str
    kind: str
    decisions: int
    auc: float
    worst_auc: float
    """Of the rounds, how much the worst gained on the scorer alone; less than nothing is lost."""
    recall: float
    """At five false alarms in a hundred."""
    alarms: float
    """False alarms at that threshold."""
    found: float
    """Recall at the threshold from which a policy may hold."""
    adopted: float
    """In how many of the rounds there was a model."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A site's texts with what the scorers say of them and what its people would."""

    name: str
    kind: str
    texts: Sequence[str]
    scores: Floats
    labels: Floats

    def lessons(self, chosen: Sequence[int]) -> list[Lesson]:
        """Give decisions on some texts."""
        words = [FOUND[self.kind] if self.labels[place] else Status.APPROVED for place in chosen]
        return [
            Lesson(UUID(int=place), Submission(self.texts[place]), word, {self.kind: float(self.scores[place])})
            for place, word in zip(chosen, words, strict=True)
        ]

    def asked(self, model: LearnedModel | None, places: Sequence[int]) -> Floats:
        """Give what a site with this model says of some texts."""
        signals = [Signal(self.kind, float(self.scores[place]), "base") for place in places]
        if model is None:
            return np.array([signal.value for signal in signals])
        told = model.adjusted(self.kind, [Submission(self.texts[place]) for place in places], signals)
        return np.array([signal.value for signal in told if signal])


def simulate(data: Path, out: Path, *, rounds: int = 5, seed: int = 2026, told: Callable[[str], None]) -> list[Point]:
    """Let every site of `SITES` begin, several times; leave the figures and their curves in a folder."""
    models, learner, points = Models(MODELS), Learner(MODELS), []
    rows = load(data).rows
    for name, kind in SITES.items():
        site = _site(name, kind, rows, models, seed)
        told(f"{name}: {len(site.texts)} texts")
        results = [_round(site, learner, np.random.default_rng(seed + turn)) for turn in range(rounds)]
        points += [
            _mean(site, decisions, [result[place] for result in results]) for place, decisions in enumerate(STEPS)
        ]
    out.mkdir(parents=True, exist_ok=True)
    document = [{name: getattr(point, name) for name in Point.__dataclass_fields__} for point in points]
    (out / "learning.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    (out / "learning.svg").write_text(drawn(_panels(points), STEPS), encoding="utf-8")
    return points


def _site(name: str, kind: str, rows: Sequence[Row], models: Models, seed: int) -> Newcomer:
    own = [row for row in rows if row.source == name]
    order = np.random.default_rng(seed).permutation(len(own))[: ASKED + STEPS[-1]]
    chosen = [own[place] for place in order]
    texts = [row.text for row in chosen]
    hints = [row.language if row.language != "und" else None for row in chosen]
    labels = np.array([row.labels[kind] for row in chosen])
    return Newcomer(name, kind, texts, models.score(texts, hints)[kind], labels)


def _round(site: Newcomer, learner: Learner, chance: np.random.Generator) -> list[dict[str, float]]:
    """Let moderators decide more and more, and ask each time about what nobody decided."""
    order = chance.permutation(len(site.texts)).tolist()
    decided, asked = order[: STEPS[-1]], order[STEPS[-1] :]
    labels, model, found = site.labels[asked], None, []
    before = 0
    for decisions in STEPS:
        lessons = site.lessons(decided[:decisions])
        if lessons:
            model = _learnt(learner, lessons, model, before)
        before = decisions
        found.append(_figures(site.asked(model, asked), site.asked(None, asked), labels, model))
    return found


def _learnt(learner: Learner, lessons: list[Lesson], used: LearnedModel | None, known: int) -> LearnedModel | None:
    """Do what a worker does: what is learnt is used if it does better, and else what is used stays."""
    learnt = learner.learn(lessons, used, [place >= known for place in range(len(lessons))])
    if learnt.model is None:
        return used
    kept = Remembered(len(lessons), learnt.model, learnt.vectors)
    return learner.model(uuid4(), lambda: kept)


def _figures(scores: Floats, base: Floats, labels: Floats, model: LearnedModel | None) -> dict[str, float]:
    harmless = labels <= metrics.HALF
    auc = metrics.auc(scores, labels)
    return {
        "auc": auc,
        "gained": auc - metrics.auc(base, labels),
        "recall": metrics.recall_at(scores, labels, ALARMS),
        "alarms": float((scores[harmless] >= HELD).mean()),
        "found": float((scores[~harmless] >= HELD).mean()),
        "adopted": float(model is not None),
    }


def _mean(site: Newcomer, decisions: int, rounds: Sequence[dict[str, float]]) -> Point:
    means = {name: round(fmean(found[name] for found in rounds), 4) for name in rounds[0]}
    worst = round(min(found["gained"] for found in rounds), 4)
    del means["gained"]
    return Point(site.name, site.kind, decisions, worst_auc=worst, **means)


def _panels(points: Sequence[Point]) -> list[tuple[str, list[Curve]]]:
    """Give a panel for each question, with a curve for each site."""
    questions: list[tuple[str, str, str]] = [
        ("Spam found, 5 % false alarms", SPAM, "recall"),
        ("Toxicity found, 5 % false alarms", TOXICITY, "recall"),
        ("False alarms at 0.5", "", "alarms"),
    ]
    return [(title, _curves(points, kind, what)) for title, kind, what in questions]


def _curves(points: Sequence[Point], kind: str, what: str) -> list[Curve]:
    def of(name: str) -> Curve:
        own: list[Any] = [point for point in points if point.site == name]
        return Curve(name, [getattr(point, what) for point in own])

    return [of(name) for name, asked in SITES.items() if kind in {"", asked}]
