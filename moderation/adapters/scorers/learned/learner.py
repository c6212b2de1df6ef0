"""The learner: from what people of a site decided to a model of theirs, unless what there is does better.

Every number that it chooses by is said of a decision by a model that had not learnt from it: decisions are dealt into
five parts, and each part is answered for by what the other four taught.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import numpy as np

from moderation.adapters.scorers.learned.bags import WIDTH, Bags, Vectors, bags, vectors
from moderation.adapters.scorers.learned.fitting import BOUND, NOTHING, residual, shift
from moderation.adapters.scorers.learned.memory import Memory
from moderation.adapters.scorers.learned.model import LearnedModel, Part, written
from moderation.adapters.scorers.learned.model import read as read_parts
from moderation.adapters.scorers.learned.weights import mark_of
from moderation.adapters.scorers.trained import linear
from moderation.adapters.scorers.trained.blend import logit
from moderation.adapters.scorers.trained.linear import Floats, Linear
from moderation.domain.lesson import FIRST, TEACHES, Learnt, Lesson, OtherWeights, Unreadable
from moderation.domain.signal import SCORED, SPAM
from moderation.services.ports import Remembered

FOLDS: Final = 5
EACH: Final = 3
"""Decisions of either kind without which nothing is learnt: of one kind alone, nothing can be told apart."""
WORDED: Final = 50
"""Decisions from which on the wording of spam is learnt."""
WORSE: Final = 0.005
"""A model may be so much worse at ranking (AUC) than the scorer alone, and no more."""
LEAST: Final = 0.01
"""A model that surprises less by this, in nats for each decision, is worth having."""
CACHED: Final = 32


@dataclass(frozen=True, slots=True)
class Way:
    """What of it all a model uses beside the shift."""

    remembers: bool
    worded: bool


@dataclass(frozen=True, slots=True)
class Pupil:
    """Everything of one kind that is learnt from: texts, what the scorer says, and what people said (0 or 1)."""

    found: Bags
    vectors: Vectors
    base: Floats
    targets: Floats

    def answers(self, way: Way, taught: Floats) -> tuple[Part, Floats]:
        """Give what those that teach (1) teach, and what it adds for each but the shift; nobody is asked of oneself."""
        memory = Memory(self.vectors, (2 * self.targets - 1) * taught)
        alone = np.eye(len(self.base), dtype=np.bool_)
        recalled = memory.votes(self.vectors, alone) if way.remembers else np.zeros_like(self.base)
        teaching = taught > 0
        moved = shift((self.base + recalled)[teaching], self.targets[teaching])
        before = self.base + recalled + moved
        weights = residual(self.found, before, self.targets, taught) if way.worded else NOTHING
        return Part(moved, weights, way.remembers), recalled + weights.logits(self.found)

    def held_out(self, way: Way, folds: Floats) -> "Said":
        """Give what is said of each by those of the other parts; each of these has a shift of its own."""
        like, shifts = np.zeros_like(self.base), np.zeros_like(self.base)
        for fold in range(FOLDS):
            out = folds == fold
            part, added = self.answers(way, (~out).astype(np.float32))
            like[out], shifts[out] = added[out], part.shift
        return Said(self.base + like.clip(-BOUND, BOUND), self.base + (like + shifts).clip(-BOUND, BOUND))


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of some comments: in which order it puts them, and how sure it is, both in logits."""

    ranks: Floats
    logits: Floats

    def only(self, chosen: Any) -> "Said":
        """Give what is said of some of them."""
        return Said(self.ranks[chosen], self.logits[chosen])


class Learner:
    """Makes models of sites, and reads them; keeps those that were asked last."""

    def __init__(self, folder: Path) -> None:
        """Learn over the grams of the shipped models, which are mapped into memory and shared."""
        self._folder = folder
        self._kept = lru_cache(CACHED)(self._read)

    @property
    def _linear(self) -> Linear:
        return _tier(self._folder)

    @property
    def mark(self) -> bytes:
        """What every model begins with that was learnt on top of the weights that are here."""
        return mark_of(self._folder)

    def model(self, version: UUID, load: Callable[[], Remembered]) -> LearnedModel:
        """Give a version, loaded when it is first asked for; raises OtherWeights or Unreadable."""
        return self._kept(version, _Loading(load))

    def learn(self, lessons: Sequence[Lesson], used: LearnedModel | None, unseen: Sequence[bool]) -> Learnt:
        """Learn from decisions, and hold what was learnt against what is `used`, on what that has not seen."""
        found = bags(self._linear, [lesson.submission.text for lesson in lessons])
        short = vectors(found)
        fresh = np.array(unseen, np.bool_)
        parts, figures = {}, {}
        for kind in SCORED:
            part, figures[kind] = self._kind(kind, lessons, (found, short), used, fresh)
            if part:
                parts[kind] = part
        words = {kind: _words(kind, lessons) for kind in parts}
        model = self.mark + written(parts, words) if parts and _is_better(figures) else None
        return Learnt(model, figures, tuple(row.tobytes() for row in short))

    def _kind(
        self,
        kind: str,
        lessons: Sequence[Lesson],
        read: tuple[Bags, Vectors],
        used: LearnedModel | None,
        fresh: Any,
    ) -> tuple[Part | None, dict[str, Any]]:
        about = [lesson.about(kind) for lesson in lessons]
        chosen = np.array([said is not None for said in about], np.bool_)
        targets = np.array([bool(said) for said in about], np.float32)[chosen]
        told: dict[str, Any] = {"decisions": len(targets), "found": int(targets.sum())}
        if len(targets) < FIRST or min(told["found"], len(targets) - told["found"]) < EACH:
            return None, told
        of = [lesson for lesson, taken in zip(lessons, chosen, strict=True) if taken]
        base = np.array([logit(lesson.values[kind]) for lesson in of], np.float32)
        pupil = Pupil(_only(read[0], chosen), read[1][chosen], base, targets)
        folds = _dealt(targets)
        answers = {way: pupil.held_out(way, folds) for way in _ways(kind, len(targets))}
        way = min(answers, key=lambda each: _loss(answers[each], targets))
        told |= {"remembers": way.remembers, "worded": way.worded}
        told |= _compared(answers[way], Said(base, base), _asked(used, kind, of, base), targets, fresh[chosen])
        return (pupil.answers(way, np.ones_like(targets))[0] if told["sound"] else None), told

    def _read(self, version: UUID, load: "_Loading") -> LearnedModel:  # noqa: ARG002 (the cache's key)
        kept = load.what()
        if not kept.model.startswith(self.mark):
            raise OtherWeights
        try:
            parts, memories = _read(kept.model.removeprefix(self.mark), kept.vectors)
        except Exception as error:  # A broken file fails in a dozen ways, and none of them is anybody's to handle.
            raise Unreadable from error
        return LearnedModel(f"site-{kept.number}", self._linear, parts, memories)


class _Loading:
    """Carries how a version is loaded past the cache: to it, all are the same."""

    def __init__(self, what: Callable[[], Remembered]) -> None:
        self.what = what

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Loading)

    def __hash__(self) -> int:
        return 0


@lru_cache(2)
def _tier(folder: Path) -> Linear:
    return linear.read(folder)


def _read(model: bytes, vectors: Sequence[bytes]) -> tuple[dict[str, Part], dict[str, Memory]]:
    """Read parts, and for each what it remembers; raises whatever a broken file makes of it."""
    parts, words = read_parts(model)
    short = np.array([np.frombuffer(vector, np.int8) for vector in vectors], np.int8).reshape(len(vectors), WIDTH)
    if any(len(said) != len(short) for said in words.values()):
        raise ValueError("There is not one word for each vector.")
    return parts, {kind: Memory(short, said) for kind, said in words.items()}


def _words(kind: str, lessons: Sequence[Lesson]) -> Floats:
    said = [TEACHES[lesson.word].get(kind) for lesson in lessons]
    return np.array([0 if each is None else 2 * each - 1 for each in said], np.float32)


def _ways(kind: str, decisions: int) -> list[Way]:
    worded = [False, True] if kind == SPAM and decisions >= WORDED else [False]
    return [Way(remembers, words) for words in worded for remembers in (False, True)]


def _only(found: Bags, chosen: Any) -> Bags:
    """Give the grams of some texts, which are counted anew."""
    kept = chosen[found.rows]
    places = np.cumsum(chosen) - 1
    return Bags(int(chosen.sum()), places[found.rows[kept]], found.numbers[kept], found.values[kept])


def _dealt(targets: Floats) -> Floats:
    """Deal decisions into parts, each with its share of what was found."""
    parts = np.zeros_like(targets)
    parts[np.argsort(targets, kind="stable")] = np.arange(len(targets)) % FOLDS
    return parts


def _asked(used: LearnedModel | None, kind: str, of: Sequence[Lesson], base: Floats) -> Said | None:
    """Give what the version in use says."""
    if used is None:
        return None
    part = used.parts.get(kind)
    if part is None:
        return Said(base, base)
    found = bags(used.linear, [lesson.submission.text for lesson in of])
    said = (base + part.added(found, vectors(found), used.memories[kind])[1]).astype(np.float32)
    return Said(said, said)


def _compared(learnt: Said, base: Said, used: Said | None, targets: Floats, fresh: Any) -> dict[str, Any]:
    """Say how good answers are, and whether they are sound: better than the scorer alone.

    What is used is held against them on what it has not learnt from.
    """
    told: dict[str, Any] = {"base": _figures(base, targets), "learnt": _figures(learnt, targets)}
    told["sound"] = _gains(learnt, base, targets) and _auc(learnt.ranks, targets) >= _auc(base.ranks, targets) - WORSE
    if used is not None and fresh.any():
        new = targets[fresh]
        better = learnt if told["sound"] else base
        told |= {"unseen": len(new), "new": _figures(better.only(fresh), new)}
        told["used"] = _figures(used.only(fresh), new)
    return told


def _is_better(figures: Mapping[str, Mapping[str, Any]]) -> bool:
    """Say whether all kinds together do better than what is in use; where nothing is, being sound is enough."""
    compared = [told for told in figures.values() if "used" in told]
    gains = [told["unseen"] * (told["used"]["loss"] - told["new"]["loss"]) for told in compared]
    return not compared or sum(gains) > 0


def _figures(said: Said, targets: Floats) -> dict[str, float | None]:
    auc = _auc(said.ranks, targets)
    return {"auc": None if np.isnan(auc) else round(auc, 4), "loss": round(_loss(said, targets), 4)}


def _gains(said: Said, base: Said, targets: Floats) -> bool:
    """Say whether answers surprise less than those of the scorer alone, by more than chance and by enough to matter."""
    gains = _surprises(base, targets) - _surprises(said, targets)
    chance = float(gains.std()) / sqrt(len(gains))
    return float(gains.mean()) > max(LEAST, chance)


def _loss(said: Said, targets: Floats) -> float:
    """Give the mean surprise, in nats."""
    return float(_surprises(said, targets).mean())


def _surprises(said: Said, targets: Floats) -> Floats:
    surprises: Floats = np.logaddexp(0, said.logits) - targets * said.logits
    return surprises


def _auc(ranks: Floats, targets: Floats) -> float:
    """Say how often what people found scores above what they did not, ties counting half; NaN where one is missing."""
    high, low = ranks[targets > 0][:, None], ranks[targets == 0]
    return float(((high > low) + 0.5 * (high == low)).mean()) if high.size and low.size else float("nan")
