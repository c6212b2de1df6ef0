"""Waves as cards of the queue: pages of them by index, and what is told of one."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, literal_column, select, tuple_, union_all

from moderation.adapters.db.models import CommentRow, DecisionRow, StanceRow, WaveRow
from moderation.adapters.db.stores.base import table
from moderation.domain.wave import LISTED

COMMENT, WAVE, STANCE, DECISION = table(CommentRow), table(WaveRow), table(StanceRow), table(DecisionRow)
CHILD = WAVE.alias("child")
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


def family_of(root: Any, *outer: Any) -> Any:
    """Name, for a wave of the statement around, itself and those that were merged into it."""
    merged = select(CHILD.c.id).where(CHILD.c.merged_into == root)
    return union_all(select(root.label("id")).correlate(*outer), merged.correlate(*outer)).subquery("family")


def _waits() -> ColumnElement[bool]:
    """Say of a wave that something of it waits, or of one that was merged into it."""
    family = family_of(WAVE.c.id, WAVE)
    return select(COMMENT.c.id).join(family, family.c.id == COMMENT.c.wave).where(HELD).correlate(WAVE).exists()


def waves_page(site_id: UUID, sort: str, *, after: UUID | None, below: float | None, limit: int) -> Select[Any]:
    """Select a page of waves of which something waits; the page is cut before anything of it is looked up."""
    place = WAVE.c.first if sort == "oldest" else WAVE.c.latest
    kept = (WAVE.c.id.label("rolls"), place.label("place"), WAVE.c.worth)
    found = select(*kept).where(WAVE.c.site_id == site_id, WAITING, WAVE.c.merged_into.is_(None), _waits())
    return _told(_cut(found, place, sort, after, below).limit(limit).cte("page"), sort)


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

    A wave that others were merged into has a row for each of them, too. The comments themselves are read by their
    ids, in a statement of their own: joined, all there are would be hashed.
    """
    whole = select(page, page.c.rolls.label("part"))
    merged = select(page, CHILD.c.id).join(CHILD, CHILD.c.merged_into == page.c.rolls)
    page = union_all(whole, merged).subquery("parts")
    own = select(COMMENT.c.id).where(COMMENT.c.wave == page.c.part, HELD).correlate(page)
    latest = own.order_by(COMMENT.c.id.desc())
    newest = latest.limit(1).scalar_subquery()
    alike = select(func.count()).select_from(latest.limit(LISTED).subquery()).scalar_subquery()
    decided = select(func.coalesce(func.max(STANCE.c.number), 0)).where(STANCE.c.wave_id == page.c.rolls)
    told = select(
        page.c.rolls,
        page.c.place,
        page.c.worth,
        newest.label("newest"),
        alike.label("alike"),
        decided.correlate(page).scalar_subquery().label("stances"),
    )
    order = {"worth": (page.c.worth.desc(), page.c.place.desc()), "oldest": (page.c.place,)}
    return told.order_by(*order.get(sort, (page.c.place.desc(),)))


def as_cards(parts: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Give waves as their cards show them: those that are one have one row, at the place of the first."""
    cards: dict[UUID, Mapping[str, Any]] = {}
    for part in parts:
        if part["newest"]:
            card = cards.get(part["rolls"], part)
            more = card["alike"] + part["alike"] if card is not part else part["alike"]
            newest = max(card["newest"], part["newest"])
            cards[part["rolls"]] = {**part, "newest": newest, "alike": min(more, LISTED)}
    return list(cards.values())


def wave_counted(wave_ids: Collection[UUID]) -> Select[Any]:
    """Count what waits of waves that are one card, up to a thousand of the newest, and what the policy published."""
    of_them = COMMENT.c.wave.in_(wave_ids)
    published = select(COMMENT.c.id).where(of_them, APPROVED, UNTOUCHED).limit(MOST).subquery()
    own = select(COMMENT.c.network, COMMENT.c.received_at).where(of_them, HELD)
    few = own.order_by(COMMENT.c.id.desc()).limit(MOST).subquery("few")
    first = select(COMMENT.c.received_at).where(of_them, HELD).order_by(COMMENT.c.id).limit(1)
    return select(
        func.count().label("waiting"),
        func.count(few.c.network.distinct()).label("networks"),
        (func.count() - func.count(few.c.network)).label("nowhere"),
        first.scalar_subquery().label("since"),
        select(func.count()).select_from(published).scalar_subquery().label("published"),
    )


def wave_waiting(site_id: UUID, wave_id: UUID) -> Select[Any]:
    """Count what waits of a wave and of those that were merged into it, up to a thousand."""
    family = family_of(literal(wave_id, WAVE.c.id.type))
    own = select(COMMENT.c.id).join(family, family.c.id == COMMENT.c.wave)
    few = own.where(COMMENT.c.site_id == site_id, HELD).limit(MOST).subquery()
    return select(func.count()).select_from(few)
