"""Kin: which other comment of the last day says nearly what a comment does, in one statement for many of them."""

from typing import Any, Final

from sqlalchemy import Select, and_, case, func, literal, literal_column, or_, select, union_all

from moderation.adapters.db.models import ECHO_BANDS, CommentRow, EchoRow, SiteRow, WaveRow
from moderation.adapters.db.stores.base import table
from moderation.adapters.db.stores.echoes import BAND_OF, CANDIDATES, DAY, SHARED
from moderation.adapters.db.types import among, bits_apart, shifted
from moderation.domain.likeness import NEAR
from moderation.domain.wave import SHORT, STRICT

COMMENT, ECHO, WAVE = table(CommentRow), table(EchoRow), table(WaveRow)
OWN = table(SiteRow).alias("own")
OTHER = COMMENT.alias("other")
MATE = COMMENT.alias("mate")
APART: Final = case(
    (func.length(COMMENT.c.text) < literal_column(str(SHORT)), literal_column(str(STRICT))),
    else_=literal_column(str(NEAR)),
)
"""In how many bits a comment may differ from others: `wave.near`, as the database has it."""
THEIR_DAY: Final = shifted(COMMENT.c.received_at, -DAY)


def _same(column: str, *further: Any) -> Select[Any]:
    """Find comments of the site in which a keyed hash is the same, by its index; at most `CANDIDATES`."""
    found = select(OTHER.c.id, OTHER.c.wave, literal_column("0").label("apart")).where(
        OTHER.c.site_id == COMMENT.c.site_id,
        OTHER.c[column] == COMMENT.c[column],
        OTHER.c.received_at > THEIR_DAY,
        OTHER.c.id != COMMENT.c.id,
        *further,
    )
    return found.limit(CANDIDATES).correlate(COMMENT, OWN)


def _with_band(band: str) -> Select[Any]:
    """Find comments of the site that have a piece of the sketch in common, by index; at most `CANDIDATES`."""
    pool = case((OWN.c.share_campaigns, literal(SHARED, ECHO.c.pool.type)), else_=COMMENT.c.site_id)
    found = (
        select(OTHER.c.id, OTHER.c.wave, bits_apart(ECHO.c.sketch, COMMENT.c.sketch).label("apart"))
        .join(ECHO, ECHO.c.comment_id == OTHER.c.id)
        .where(
            ECHO.c.pool == pool,
            ECHO.c[band] == BAND_OF[band],
            ECHO.c.received_at > THEIR_DAY,
            ECHO.c.site_id == COMMENT.c.site_id,
            ECHO.c.comment_id != COMMENT.c.id,
        )
    )
    return found.limit(CANDIDATES).correlate(COMMENT, OWN)


def _mate() -> Any:
    """Choose one of them: of the oldest wave that lets it in, else the oldest that is in none."""
    same_name = and_(OTHER.c.name == COMMENT.c.name, COMMENT.c.name != "")
    by_whom = or_(same_name, OTHER.c.network == COMMENT.c.network)
    ways = [_same("text_print"), _same("link_print", by_whom), *(_with_band(band) for band in ECHO_BANDS)]
    found = union_all(*(select(way.subquery()) for way in ways)).subquery("found")
    like_its_first = or_(
        WAVE.c.sketch.is_(None), COMMENT.c.sketch.is_(None), bits_apart(WAVE.c.sketch, COMMENT.c.sketch) <= APART
    )
    open_to_it = or_(found.c.wave.is_(None), and_(WAVE.c.closed.is_(False), like_its_first))
    return (
        select(found.c.id)
        .outerjoin(WAVE, WAVE.c.id == found.c.wave)
        .where(found.c.apart <= APART, open_to_it)
        .order_by(found.c.wave.is_(None), found.c.wave, found.c.id)
        .limit(1)
        .correlate(COMMENT, OWN)
        .scalar_subquery()
    )


def _kin() -> Select[Any]:
    asked = select(COMMENT.c.id, _mate().label("mate")).join(OWN, OWN.c.id == COMMENT.c.site_id)
    own = asked.where(among(COMMENT.c.id, "ids")).cte("kin").prefix_with("MATERIALIZED")
    return select(own.c.id, own.c.mate, MATE.c.wave).join(MATE, MATE.c.id == own.c.mate)


KIN: Final = _kin()
"""Sent by workers for each batch, and built once."""
