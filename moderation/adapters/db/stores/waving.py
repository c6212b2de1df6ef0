"""Waves as cards of the queue: pages of them by index, and what is told of one."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, literal_column, select, tuple_

from moderation.adapters.db.models import CommentRow, DecisionRow, StanceRow, WaveRow
from moderation.adapters.db.stores.base import table
from moderation.domain.wave import LISTED

COMMENT, WAVE, STANCE, DECISION = table(CommentRow), table(WaveRow), table(StanceRow), table(DecisionRow)
MOST: Final = 1000
"""Beyond that nobody needs the number, and counting would be slow."""
HELD: Final = COMMENT.c.status == literal_column("'held'")
APPROVED: Final = COMMENT.c.status == literal_column("'approved'")
WAITING: Final[ColumnElement[bool]] = literal_column("wave.waiting")
"""Written out, not bound: a prepared statement must still find the partial indexes."""
UNTOUCHED: Final = ~(
    select(DECISION.c.id)
    .where(
        DECISION.c.comment_id == COMMENT.c.id, DECISION.c.by.in_([literal_column("'person'"), literal_column("'key'")])
    )
    .exists()
)
"""No person ever decided it."""


def waves_page(site_id: UUID, sort: str, *, after: UUID | None, below: float | None, limit: int) -> Select[Any]:
    """Select a page of waves of which something waits; the page is cut before anything of it is looked up."""
    place = WAVE.c.first if sort == "oldest" else WAVE.c.latest
    still = select(COMMENT.c.id).where(COMMENT.c.wave == WAVE.c.id, HELD)
    kept = (WAVE.c.id.label("rolls"), place.label("place"), WAVE.c.worth)
    found = select(*kept).where(WAVE.c.site_id == site_id, WAITING, still.exists())
    return _told(_cut(found, place, sort, after, below).limit(limit).subquery("page"), sort)


def _cut(found: Select[Any], place: Any, sort: str, after: UUID | None, below: float | None) -> Select[Any]:
    """Begin after a place, in the order that is wanted."""
    if sort == "worth":
        if below is not None and after is not None:
            last = tuple_(literal(below, WAVE.c.worth.type), literal(after, place.type))
            found = found.where(tuple_(WAVE.c.worth, place) < last)
        return found.order_by(WAVE.c.worth.desc(), place.desc())
    if after is not None:
        found = found.where(place > after if sort == "oldest" else place < after)
    return found.order_by(place if sort == "oldest" else place.desc())


def _told(page: Any, sort: str) -> Select[Any]:
    """Tell of each wave its newest comment that waits, how many do, and how often the wave was decided.

    The comments themselves are read by their ids, in a statement of their own: joined, all there are would be hashed.
    """
    own = select(COMMENT.c.id).where(COMMENT.c.wave == page.c.rolls, HELD).correlate(page)
    latest = own.order_by(COMMENT.c.id.desc())
    newest = latest.limit(1).scalar_subquery()
    alike = select(func.count()).select_from(latest.limit(LISTED).subquery()).scalar_subquery()
    decided = select(func.coalesce(func.max(STANCE.c.number), 0)).where(STANCE.c.wave_id == page.c.rolls)
    told = select(
        page.c.place,
        page.c.worth,
        newest.label("newest"),
        alike.label("alike"),
        decided.correlate(page).scalar_subquery().label("stances"),
    )
    order = {"worth": (page.c.worth.desc(), page.c.place.desc()), "oldest": (page.c.place,)}
    return told.order_by(*order.get(sort, (page.c.place.desc(),)))


def wave_counted(wave_id: UUID) -> Select[Any]:
    """Count what waits of a wave, up to a thousand of the newest, and what the policy published of it."""
    published = select(COMMENT.c.id).where(COMMENT.c.wave == wave_id, APPROVED, UNTOUCHED).limit(MOST).subquery()
    own = select(COMMENT.c.network, COMMENT.c.received_at).where(COMMENT.c.wave == wave_id, HELD)
    few = own.order_by(COMMENT.c.id.desc()).limit(MOST).subquery("few")
    return select(
        func.count().label("waiting"),
        func.count(few.c.network.distinct()).label("networks"),
        func.min(few.c.received_at).label("since"),
        select(func.count()).select_from(published).scalar_subquery().label("published"),
    )
