"""What came to a site, waited there and was decided, counted in the database for the page of numbers.

Each count reads one index from where its window begins: arrivals `ix_comment_status`, what people did
`ix_decision_people`, flags `ix_flag_site`; what else is needed of a comment's log is found by comment and version.
So it costs what people did within the window, and counting entries of one index for what came; see ADR 31.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    ScalarSelect,
    Select,
    Subquery,
    and_,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
)

from moderation.adapters.db.models import CommentRow, DecisionRow, FlagRow
from moderation.adapters.db.stores.base import Store, first_id, table
from moderation.adapters.db.types import made_at, seconds
from moderation.domain.comment import Status
from moderation.domain.decision import Actor
from moderation.domain.spread import LONG_STEP, STEPS
from moderation.domain.window import GRAIN, Stretch

COMMENT, DECISION, FLAG = table(CommentRow), table(DecisionRow), table(FlagRow)
DONE, EARLIER, LATER = DECISION.alias("done"), DECISION.alias("earlier"), DECISION.alias("later")
NEXT, OLD = DECISION.alias("next"), FLAG.alias("old")
Row = Mapping[str, Any]

WAITS: Final = (Status.HELD, Status.PENDING)
JUDGED: Final = (Status.APPROVED, Status.SPAM, Status.REJECTED)
ENDED: Final = (*JUDGED, Status.DELETED)
PAUSE: Final = timedelta(minutes=15)
"""Who decides nothing for longer was not at it."""


def by_people(decision: Any) -> ColumnElement[bool]:
    """Keep what people and keys decided; written out, so that the partial index is found."""
    return decision.c.by.in_([literal_column("'person'"), literal_column("'key'")])  # type: ignore[no-any-return]


def is_edit(decision: Any) -> ColumnElement[bool]:
    """Keep what authors wrote anew."""
    return and_(decision.c.by == Actor.AUTHOR, decision.c.status == Status.PENDING)


def rounded(length: ColumnElement[int]) -> ColumnElement[int]:
    """Round a length down to the step in which it is counted."""
    steps = [(length < below, length - length % step) for below, step in STEPS]
    return case(*steps, else_=length - length % LONG_STEP)


def begun(comment: Any, before: ColumnElement[Any]) -> ColumnElement[datetime]:
    """Say since when a comment waited before a version of it: since it came, was changed, or was brought back."""
    back = and_(EARLIER.c.status.in_(WAITS), EARLIER.c.previous.not_in(WAITS))
    own = and_(EARLIER.c.comment_id == comment.c.id, EARLIER.c.version < before)
    latest = select(func.max(EARLIER.c.created_at)).where(own, or_(back, is_edit(EARLIER)))
    return func.coalesce(latest.correlate(comment, DONE).scalar_subquery(), comment.c.received_at)


def next_version() -> ScalarSelect[int]:
    """Find the next version at which a person decided the same text, or its author changed it."""
    after = and_(LATER.c.comment_id == DONE.c.comment_id, LATER.c.version > DONE.c.version)
    found = select(func.min(LATER.c.version)).where(after, or_(by_people(LATER), is_edit(LATER)))
    return found.correlate(DONE).scalar_subquery()


def followed(decisions: FromClause) -> FromClause:
    """Join to people's decisions what came next to the same text, where anything did."""
    return decisions.outerjoin(NEXT, and_(NEXT.c.comment_id == DONE.c.comment_id, NEXT.c.version == next_version()))


def quarter(identity: ColumnElement[UUID]) -> ColumnElement[int]:
    """Say in which quarter of an hour since 1970 an id was made."""
    return (made_at(identity) // (GRAIN * 1000)).label("quarter")


def made_in(identity: ColumnElement[UUID], stretch: Stretch) -> tuple[ColumnElement[bool], ...]:
    """Keep to what was made within a stretch of time: an id begins with its time."""
    ends = () if stretch.before is None else (identity < first_id(stretch.before),)
    return identity >= first_id(stretch.since), *ends


def _by_people(site_id: UUID, stretch: Stretch) -> tuple[ColumnElement[bool], ...]:
    """Keep to what people decided at a site within a stretch of time, by its index."""
    return DONE.c.site_id == site_id, by_people(DONE), *made_in(DONE.c.id, stretch)


def _flagged(site_id: UUID, stretch: Stretch, by: Sequence[ColumnElement[Any]]) -> Subquery:
    """Select comments by their first flag ever, or that of each reason, with what people decided last after it."""
    within = FLAG.c.created_at >= stretch.since
    if stretch.before is not None:
        within = and_(within, FLAG.c.created_at < stretch.before)
    found = select(FLAG.c.comment_id, *by, func.min(FLAG.c.created_at).label("first"))
    each = found.where(FLAG.c.site_id == site_id, within).group_by(FLAG.c.comment_id, *by).subquery()
    alike = [OLD.c[column.name] == each.c[column.name] for column in (FLAG.c.comment_id, *by)]
    known = select(OLD.c.comment_id).where(OLD.c.site_id == site_id, *alike, OLD.c.created_at < stretch.since)
    after = and_(LATER.c.comment_id == each.c.comment_id, LATER.c.created_at > each.c.first)
    last = select(func.max(LATER.c.version)).where(after, by_people(LATER), LATER.c.status.in_(ENDED))
    word = and_(NEXT.c.comment_id == each.c.comment_id, NEXT.c.version == last.correlate(each).scalar_subquery())
    told = (each.c.comment_id, *(each.c[column.name] for column in by), NEXT.c.status)
    return select(*told).select_from(each.outerjoin(NEXT, word)).where(~known.exists()).subquery()


class SqlStatistics(Store):
    """Counts one site's comments, decisions and flags; nothing here changes anything."""

    def queue(self, site_id: UUID, now: datetime) -> list[Row]:
        """Count what waits for a person by its age, each age with the earliest beginning; and what is to be judged."""
        since = begun(COMMENT, COMMENT.c.version + 1)
        held = select(since.label("begun")).where(COMMENT.c.site_id == site_id, COMMENT.c.status == Status.HELD)
        each = held.subquery()
        age = seconds(literal(now, COMMENT.c.received_at.type)) - seconds(each.c.begun)
        aged = select(rounded(case((age < 0, 0), else_=age)).label("age"), each.c.begun).subquery()
        told = (aged.c.age, func.count().label("comments"), func.min(aged.c.begun).label("begun"))
        return self._rows(select(*told).group_by(aged.c.age))

    def pending(self, site_id: UUID) -> int:
        """Count what the scorers have not judged yet."""
        found = select(func.count()).where(COMMENT.c.site_id == site_id, COMMENT.c.status == Status.PENDING)
        return int(self.connection.execute(found).scalar_one())

    def waits(self, site_id: UUID, stretch: Stretch) -> list[Row]:
        """Count by quarter and length how long what people decided had waited."""
        length = seconds(DONE.c.created_at) - seconds(begun(COMMENT, DONE.c.version))
        made = DONE.join(COMMENT, COMMENT.c.id == DONE.c.comment_id)
        found = select(quarter(DONE.c.id), length.label("length")).select_from(made)
        waited = (DONE.c.undoes.is_(None), DONE.c.previous.in_(WAITS), DONE.c.status.in_(ENDED))
        each = found.where(*_by_people(site_id, stretch), *waited).subquery()
        step = select(each.c.quarter, rounded(each.c.length).label("length")).where(each.c.length >= 0)
        return self._counted(step, "comments")

    def arrivals(self, site_id: UUID, stretch: Stretch) -> list[Row]:
        """Count by quarter of arrival what came, as it stands now."""
        own = (COMMENT.c.site_id == site_id, COMMENT.c.status.in_(sorted(Status)))
        came = select(quarter(COMMENT.c.id), COMMENT.c.status).where(*own, *made_in(COMMENT.c.id, stretch))
        return self._counted(came, "comments")

    def settled(self, site_id: UUID, stretch: Stretch) -> list[Row]:
        """Count by quarter of arrival those of them that stand as a person left them.

        Up to now it reads what people decided, which is less than what came; of a day long ago, what came.
        """
        same = and_(COMMENT.c.id == DONE.c.comment_id, COMMENT.c.version == DONE.c.version)
        standing = select(quarter(DONE.c.comment_id), DONE.c.status).select_from(DONE.join(COMMENT, same))
        if stretch.before is None:
            own = (*_by_people(site_id, stretch), *made_in(DONE.c.comment_id, stretch))
        else:
            came = (COMMENT.c.site_id == site_id, COMMENT.c.status.in_(sorted(Status)), *made_in(COMMENT.c.id, stretch))
            own = (*came, by_people(DONE))
        return self._counted(standing.where(*own), "comments")

    def decided(self, site_id: UUID, stretch: Stretch) -> list[Row]:
        """Count by quarter, by whom and to what end what people decided; undoing is not deciding."""
        several = DONE.c.stance.is_not(None).label("in_wave")
        made = select(quarter(DONE.c.id), DONE.c.actor_id, DONE.c.by, DONE.c.status, several)
        return self._counted(made.where(*_by_people(site_id, stretch), DONE.c.undoes.is_(None)), "decisions")

    def overturned(self, site_id: UUID, stretch: Stretch) -> list[Row]:
        """Count for each of them what they decided, what somebody else turned later, and what they took back."""
        same = NEXT.c.actor_id == DONE.c.actor_id
        turned = and_(by_people(NEXT), ~same, NEXT.c.status != DONE.c.status)
        found = select(
            DONE.c.actor_id,
            DONE.c.by,
            func.count().label("compared"),
            func.count().filter(turned).label("overturned"),
            func.count().filter(and_(NEXT.c.undoes == DONE.c.id, same)).label("taken_back"),
        ).select_from(followed(DONE))
        return self._rows(self._single(found, site_id, stretch).group_by(DONE.c.actor_id, DONE.c.by))

    def pace(self, site_id: UUID, stretch: Stretch) -> list[Row]:
        """Count for each of them the seconds since the decision before, several of one second being one; pauses none.

        The first of a stretch may follow one before it, so that days come to what they are together.
        """
        when, within = seconds(DONE.c.created_at).label("moment"), made_in(DONE.c.id, stretch)[0]
        single = (*_by_people(site_id, replace(stretch, since=stretch.since - PAUSE)), DONE.c.stance.is_(None))
        own = func.min(case((within, 1), else_=0)).label("own")
        moments = select(DONE.c.actor_id, when, own).where(*single).group_by(DONE.c.actor_id, when).subquery()
        before = func.lag(moments.c.moment).over(partition_by=moments.c.actor_id, order_by=moments.c.moment)
        gaps = select(moments.c.actor_id, moments.c.own, (moments.c.moment - before).label("length")).subquery()
        told = (gaps.c.actor_id, gaps.c.length)
        close = (gaps.c.own == 1, gaps.c.length <= int(PAUSE.total_seconds()))
        return self._rows(select(*told, func.count().label("decisions")).where(*close).group_by(*told))

    def flags(self, site_id: UUID, stretch: Stretch) -> list[Row]:
        """Count what readers flagged then for the first time, by reason and at all, and what people made of it."""
        by_reason, in_all = (_flagged(site_id, stretch, by) for by in ((FLAG.c.reason,), ()))
        alike = (by_reason.c.reason, by_reason.c.status)
        return [
            *self._rows(select(*alike, func.count().label("comments")).group_by(*alike)),
            *({"reason": None, **row} for row in self._counted(select(in_all.c.status), "comments")),
        ]

    def _single(self, wanted: Select[Any], site_id: UUID, stretch: Stretch) -> Select[Any]:
        """Keep to what people decided one by one, and for good."""
        alone = (DONE.c.undoes.is_(None), DONE.c.stance.is_(None), DONE.c.status.in_(JUDGED))
        return wanted.where(*_by_people(site_id, stretch), *alone)

    def _counted(self, found: Select[Any], name: str) -> list[Row]:
        """Count how many rows are alike; what they are is worked out before, so that it is grouped by its name."""
        each = found.subquery()
        return self._rows(select(*each.c, func.count().label(name)).group_by(*each.c))

    def _rows(self, wanted: Select[Any]) -> list[Row]:
        return [dict(row) for row in self.connection.execute(wanted).mappings()]
