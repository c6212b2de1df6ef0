"""Echoes as rows: who else said nearly the same within a day, and how fast an author writes."""

from collections.abc import Collection
from datetime import timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, case, delete, func, literal, literal_column, or_, select, union_all

from moderation.adapters.db.models import ECHO_BANDS, CommentRow, EchoRow, SiteRow
from moderation.adapters.db.stores.base import Store, table, upsert
from moderation.adapters.db.types import among, bits_apart, db_now, shifted
from moderation.domain.comment import ALONE, Around
from moderation.domain.likeness import BAND_BITS, NEAR

COMMENT = table(CommentRow)
ECHO = table(EchoRow)
SITE = table(SiteRow)
OWN = SITE.alias("own")
THEIRS = SITE.alias("theirs")
DAY: Final = timedelta(days=1)
CANDIDATES: Final = 64
"""So many at most are looked at for each way of finding them, however large a campaign grows."""
COUNTED: Final = 20
"""More others, or more comments of one author, say nothing new."""
HASTE: Final = timedelta(minutes=10)
MANY: Final = 4
"""Fewer comments within ten minutes are a conversation."""
SHARED: Final = UUID(int=0)
"""The pool of all sites that share."""
AMONG: Final = among(COMMENT.c.id, "ids")
BAND_OF: Final = {
    name: COMMENT.c.sketch.bitwise_rshift(literal_column(str(BAND_BITS * place))).bitwise_and(
        literal_column(str((1 << BAND_BITS) - 1))
    )
    for place, name in enumerate(ECHO_BANDS)
}


def _kept() -> Select[Any]:
    """Give the rows by which some comments are found from now on."""
    pool = case((OWN.c.share_campaigns, literal(SHARED, SITE.c.id.type)), else_=OWN.c.id)
    known = (COMMENT.c.id, COMMENT.c.site_id, pool, COMMENT.c.fingerprint, COMMENT.c.sketch)
    return (
        select(*known, *BAND_OF.values(), COMMENT.c.received_at)
        .join(OWN, OWN.c.id == COMMENT.c.site_id)
        .where(AMONG, COMMENT.c.sketch.is_not(None))
    )


def _in_the_same_words() -> Select[Any]:
    """Find comments of the site in just the same words, by index; at most `CANDIDATES`."""
    other = COMMENT.alias("other")
    same = and_(
        other.c.site_id == COMMENT.c.site_id,
        other.c.text_print == COMMENT.c.text_print,
        other.c.received_at > shifted(COMMENT.c.received_at, -DAY),
        other.c.id != COMMENT.c.id,
    )
    found = select(other.c.site_id, other.c.fingerprint.label("author"), literal_column("0").label("apart"))
    return found.where(same).limit(CANDIDATES).correlate(COMMENT, OWN)


def _with_band(band: str, *, shared: bool) -> Select[Any]:
    """Find comments that have a piece of the sketch in common, by index; at most `CANDIDATES`."""
    other = ECHO.alias("other")
    pool = and_(OWN.c.share_campaigns, other.c.pool == literal(SHARED, ECHO.c.pool.type))
    same = and_(
        pool if shared else other.c.pool == COMMENT.c.site_id,
        other.c[band] == BAND_OF[band],
        other.c.received_at > shifted(COMMENT.c.received_at, -DAY),
        other.c.comment_id != COMMENT.c.id,
    )
    found = select(other.c.site_id, other.c.author, bits_apart(other.c.sketch, COMMENT.c.sketch).label("apart"))
    return found.where(same).limit(CANDIDATES).correlate(COMMENT, OWN)


def _echoes() -> Any:
    """Count the other authors who said nearly the same, here and on sites that share as this one does."""
    ways = [_in_the_same_words(), *(_with_band(band, shared=shared) for shared in (False, True) for band in ECHO_BANDS)]
    found = union_all(*(select(way.subquery()) for way in ways)).subquery("found")
    agreed = select(THEIRS.c.id).where(THEIRS.c.id == found.c.site_id, THEIRS.c.share_campaigns).correlate(found)
    here = found.c.site_id == COMMENT.c.site_id
    others = and_(
        found.c.apart <= literal_column(str(NEAR)),
        or_(found.c.author.is_distinct_from(COMMENT.c.fingerprint), ~here),
        or_(here, and_(OWN.c.share_campaigns, agreed.exists())),
    )
    each = select(found.c.site_id, found.c.author).where(others).distinct().correlate(COMMENT, OWN).subquery("each")
    return select(func.count()).select_from(each).scalar_subquery()


def _pace() -> Any:
    """Count the author's comments just before, among the latest; an id begins with its moment."""
    other = COMMENT.alias("other")
    own = and_(other.c.site_id == COMMENT.c.site_id, other.c.fingerprint == COMMENT.c.fingerprint)
    latest = select(other.c.received_at).where(own, other.c.id < COMMENT.c.id).order_by(other.c.id.desc())
    few = latest.limit(COUNTED).correlate(COMMENT).subquery("few")
    soon = few.c.received_at > shifted(COMMENT.c.received_at, -HASTE)
    return select(func.count()).select_from(few).where(soon).correlate(COMMENT).scalar_subquery()


KEPT: Final = _kept()
AROUND: Final = (
    select(COMMENT.c.id, _echoes().label("echoes"), _pace().label("pace"))
    .join(OWN, OWN.c.id == COMMENT.c.site_id)
    .where(AMONG)
)
"""Statements that workers send for each batch are built once."""


@cache
def _put(dialect: str) -> Any:
    names = ["comment_id", "site_id", "pool", "author", "sketch", *ECHO_BANDS, "received_at"]
    rows = upsert(dialect, ECHO).from_select(names, KEPT)
    anew = {name: rows.excluded[name] for name in names[2:]}  # An edit has another sketch.
    return rows.on_conflict_do_update(index_elements=[ECHO.c.comment_id], set_=anew)


class SqlEchoes(Store):
    """What comments of the last day are like."""

    def keep(self, comment_ids: Collection[UUID]) -> None:
        """Let these comments be found by those that say nearly the same, on sites that share by all of them."""
        if comment_ids:
            self.connection.execute(_put(self.connection.dialect.name), {"ids": list(comment_ids)})

    def around(self, comment_ids: Collection[UUID]) -> dict[UUID, Around]:
        """Say of each comment what was sent around it; of most there is nothing to say, and they are left out."""
        if not comment_ids:
            return {}
        found = self.planned_anew(AROUND, {"ids": list(comment_ids)})
        seen = {row.id: Around(min(row.echoes, COUNTED), row.pace if row.pace >= MANY else 0) for row in found}
        return {comment_id: around for comment_id, around in seen.items() if around != ALONE}

    def purge(self, age: timedelta, most: int) -> int:
        """Forget some of the comments that are older than `age`, the oldest first; say how many there were."""
        oldest = select(ECHO.c.comment_id).order_by(ECHO.c.comment_id).limit(most)  # An id begins with its moment.
        over = delete(ECHO).where(ECHO.c.comment_id.in_(oldest), ECHO.c.received_at < db_now(-age))
        return int(self.connection.execute(over).rowcount)
