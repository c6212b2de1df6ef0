"""Thresholds: the lowest ones that keep within a budget, and what they do together."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from moderation.domain.budget import Budget, Cut, Scores, within
from moderation.domain.label import BAD, Label, Labels
from moderation.domain.share import Share
from moderation.domain.signal import SCORED

KNOWN = (Label.CLEAN, *sorted(BAD))


@dataclass(frozen=True, slots=True)
class Scored:
    """One comment's scores by kind, and what people found in it."""

    scores: Mapping[str, float]
    labels: Labels


@dataclass(frozen=True, slots=True)
class Budgets:
    """What may be held, and what may be put aside without anybody reading it."""

    held: Budget
    aside: Budget


@dataclass(frozen=True, slots=True)
class Cuts:
    """The ranges of one kind of score that are put aside and held; None where no threshold keeps the budget."""

    aside: Cut | None
    held: Cut | None


@dataclass(slots=True)
class Picked:
    """The thresholds of each kind, and what all of them do at once to comments of each label."""

    cuts: Mapping[str, Cuts]
    comments: Counter[Label] = field(default_factory=Counter)
    held: Counter[Label] = field(default_factory=Counter)
    aside: Counter[Label] = field(default_factory=Counter)

    def right(self, counted: Counter[Label]) -> Share:
        """Say how much of what is held, or put aside, belongs there; what is half labelled counts for no side."""
        return Share(sum(counted[label] for label in BAD), sum(counted[label] for label in KNOWN))


def pick(read: Callable[[], Iterator[Scored]], budgets: Budgets) -> Picked:
    """Pick thresholds for every kind; the rows are read twice, and none is kept.

    What may be put aside unread is found first, then what of the rest is worth holding.
    """
    counted = _counted(read())
    picked = Picked({kind: _cuts(scores, budgets) for kind, scores in counted.items()})
    for row in read():
        _count(picked, row)
    return picked


def _counted(rows: Iterable[Scored]) -> dict[str, Scores]:
    """Count each row under every kind of which both score and label are known."""
    counted = {kind: Scores() for kind in SCORED}
    for row in rows:
        for kind, score in row.scores.items():
            is_bad = row.labels.about(kind)
            if is_bad is not None:
                counted[kind].add(score, is_bad=is_bad)
    return counted


def _cuts(scores: Scores, budgets: Budgets) -> Cuts:
    aside = scores.cut(budgets.aside)
    return Cuts(aside, scores.cut(budgets.held, below=aside.at_least if aside else None))


def _count(picked: Picked, row: Scored) -> None:
    """Count what becomes of one comment under all thresholds; to be put aside is stricter than to be held."""
    label = row.labels.label
    is_aside = any(within(picked.cuts[kind].aside)(score) for kind, score in row.scores.items())
    is_held = any(within(picked.cuts[kind].held)(score) for kind, score in row.scores.items())
    picked.comments[label] += 1
    picked.aside[label] += is_aside
    picked.held[label] += is_held and not is_aside
