"""History: what arrived at a site in a period, batch by batch, with what was seen and decided."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from moderation.domain.comment import Comment
from moderation.domain.decision import Decision
from moderation.domain.signal import Signal
from moderation.services.ports import Deps, Period, Uow

BATCH: Final = 200
"""Comments that are held in memory together: a text has at most ten thousand characters."""


@dataclass(frozen=True, slots=True)
class Case:
    """One comment with everything that bears on its verdict."""

    comment: Comment
    signals: Sequence[Signal]
    """Of its present text."""
    decisions: Sequence[Decision]
    """All of them, oldest first."""
    approved_before: int
    """Comments that its author has approved today."""


def cases(deps: Deps, site_id: UUID, period: Period) -> Iterator[list[Case]]:
    """Give what arrived, oldest first; no transaction is open between two batches."""
    after: UUID | None = None
    while found := _batch(deps, site_id, period, after):
        yield found
        after = found[-1].comment.id


def latest(deps: Deps, site_id: UUID, period: Period, most: int) -> tuple[Period, bool]:
    """Give the part of a period in which its latest so many comments came, and say whether anything is left out."""
    with deps.reading(site_id) as uow:
        since = uow.comments.beginning(site_id, period, most)
    if since is None or since <= period.since:
        return period, False
    return replace(period, since=since), True


def _batch(deps: Deps, site_id: UUID, period: Period, after: UUID | None) -> list[Case]:
    with deps.reading(site_id) as uow:
        comments = uow.comments.received(site_id, period, after=after, limit=BATCH)
        return _cases(uow, comments) if comments else []


def _cases(uow: Uow, comments: list[Comment]) -> list[Case]:
    signals, vouched = uow.signals.of(comments), uow.comments.vouched(comments)
    decisions = uow.log.of_each([comment.id for comment in comments])
    return [
        Case(comment, signals[comment.id], decisions[comment.id], vouched.get(comment.id, 0)) for comment in comments
    ]
