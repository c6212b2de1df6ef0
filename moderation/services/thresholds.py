"""Thresholds: the lowest ones that keep within a budget, and what they do together."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from moderation.domain.budget import Budget, Cut, Scores, within
from moderation.domain.label import BAD, Label, Labels
from moderation.domain.share import Share
from moderation.domain.signal import SCORED, SPAM, TOXICITY

KNOWN = (Label.CLEAN, *sorted(BAD))


@dataclass(frozen=True, slots=True)
class Scored:
    """One comment's scores by kind, what people found in it, and where it is from."""

    scores: Mapping[str, float]
    labels: Labels
    source: str = ""


@dataclass(frozen=True, slots=True)
class Budgets:
    """What may be held, and what may be put aside without anybody reading it."""

    held: Budget
    aside: Budget
    rates: Mapping[str, float] = field(default_factory=dict)
    """How much of what arrives is spam, or toxic; unless said, as much as of the comments that are counted."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """The ranges of one kind of score that are put aside and held; None where no threshold keeps the budget."""

    aside: Cut | None
    held: Cut | None


@dataclass(slots=True)
class Ends:
    """How many comments of each label there are, and how many of them all thresholds at once hold or put aside."""

    comments: Counter[Label] = field(default_factory=Counter)
    held: Counter[Label] = field(default_factory=Counter)
    aside: Counter[Label] = field(default_factory=Counter)

    def right(self, counted: Counter[Label]) -> Share:
        """Say how much of what is held, or put aside, belongs there; what is half labelled counts for no side."""
        return Share(sum(counted[label] for label in BAD), sum(counted[label] for label in KNOWN))

    def share(self, counted: Counter[Label], *labels: Label) -> Share:
        """Say how much of these labels is held, or put aside."""
        return Share(sum(counted[label] for label in labels), sum(self.comments[label] for label in labels))


@dataclass(frozen=True, slots=True)
class Expected:
    """What becomes of what arrives, where so much of it is spam and so much toxic: shares of all of it."""

    queue: float
    right: float
    """Of what is held."""
    missed: float
    """Spam or toxic, and published."""


@dataclass(slots=True)
class Picked:
    """The thresholds of each kind, and what all of them do at once, also to the comments of each source."""

    cuts: Mapping[str, Cuts]
    ends: Ends = field(default_factory=Ends)
    sources: dict[str, Ends] = field(default_factory=dict)

    def expected(self, rates: Mapping[str, float]) -> Expected | None:
        """Say what to expect where comments are spam, or toxic, at these rates; None where that cannot be told."""
        if set(rates) != {SPAM, TOXICITY} or not all(self.ends.comments[label] for label in KNOWN):
            return None
        weights = {Label.SPAM: rates[SPAM], Label.TOXIC: rates[TOXICITY], Label.CLEAN: 1 - sum(rates.values())}
        held = {label: weights[label] * self.ends.held[label] / self.ends.comments[label] for label in KNOWN}
        aside = {label: weights[label] * self.ends.aside[label] / self.ends.comments[label] for label in KNOWN}
        queue = sum(held.values())
        right = sum(held[label] for label in BAD) / queue if queue else 0.0
        return Expected(queue, right, sum(weights[label] - held[label] - aside[label] for label in BAD))


def pick(read: Callable[[], Iterator[Scored]], budgets: Budgets) -> Picked:
    """Pick thresholds for every kind; the rows are read twice, and none is kept.

    What may be put aside unread is found first, then what of the rest is worth holding.
    """
    counted = _counted(read())
    picked = Picked({kind: _cuts(kind, scores, budgets) for kind, scores in counted.items()})
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


def _cuts(kind: str, scores: Scores, budgets: Budgets) -> Cuts:
    rate = budgets.rates.get(kind)
    aside = scores.cut(replace(budgets.aside, rate=rate))
    return Cuts(aside, scores.cut(replace(budgets.held, rate=rate), below=aside.at_least if aside else None))


def _count(picked: Picked, row: Scored) -> None:
    """Count what becomes of one comment under all thresholds; to be put aside is stricter than to be held."""
    label = row.labels.label
    is_aside = any(within(picked.cuts[kind].aside)(score) for kind, score in row.scores.items())
    is_held = any(within(picked.cuts[kind].held)(score) for kind, score in row.scores.items())
    for ends in (picked.ends, picked.sources.setdefault(row.source, Ends())):
        ends.comments[label] += 1
        ends.aside[label] += is_aside
        ends.held[label] += is_held and not is_aside
