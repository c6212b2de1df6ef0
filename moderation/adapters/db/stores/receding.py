"""Waves recede: what they were like goes with its comment, and a while after the last of them they go themselves."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select, update

from moderation.adapters.db.models import CommentRow, StanceRow, WaveRow
from moderation.adapters.db.stores.base import first_id, table
from moderation.adapters.db.stores.waving import CHILD, WAITING
from moderation.adapters.db.types import db_now
from moderation.domain.comment import Status

COMMENT, WAVE, STANCE = table(CommentRow), table(WaveRow), table(StanceRow)
MEMBER: Final = select(COMMENT.c.id).where(COMMENT.c.wave == WAVE.c.id).correlate(WAVE)
FEW: Final = 50
"""So many waves at most are looked at together."""


def resketch(connection: Connection, wave_ids: Collection[UUID]) -> None:
    """Let waves be like a comment that is still in them; one in which none has a sketch lets nothing more in."""
    if not wave_ids:
        return
    connection.execute(locked(WAVE.c.id.in_(wave_ids)))
    own = select(COMMENT.c.sketch).where(COMMENT.c.wave == WAVE.c.id, COMMENT.c.sketch.is_not(None)).correlate(WAVE)
    oldest = own.order_by(COMMENT.c.id).limit(1).scalar_subquery()
    orphaned = and_(WAVE.c.sketch.is_not(None), ~own.where(COMMENT.c.sketch == WAVE.c.sketch).exists())
    anew = update(WAVE).where(WAVE.c.id.in_(wave_ids), orphaned)
    connection.execute(anew.values(sketch=oldest, closed=or_(WAVE.c.closed, ~own.exists())))


def recede(connection: Connection, age: timedelta, most: int) -> int:
    """Let some comments of waves be by themselves that came to rest longer than `age` ago, and drop what is empty.

    Nothing of such a wave waits, nothing came to it and nobody decided of it since. Say how much was done.
    """
    resting = and_(*_resting(connection, age))
    some = connection.execute(select(WAVE.c.id).where(resting).order_by(WAVE.c.id).limit(FEW)).scalars().all()
    if not some:
        return 0
    first = select(COMMENT.c.id).where(COMMENT.c.wave.in_(some)).order_by(COMMENT.c.id).limit(most)
    members = connection.execute(first.with_for_update(key_share=True)).scalars().all()
    # Looked at again: whoever changed a comment while we waited for its row may have moved its wave.
    still = connection.execute(locked(and_(WAVE.c.id.in_(some), resting))).scalars().all()
    left = update(COMMENT).where(COMMENT.c.id.in_(members), COMMENT.c.wave.in_(still)).values(wave=None)
    freed = connection.execute(left).rowcount
    empty = select(WAVE.c.id).where(WAVE.c.id.in_(still), ~MEMBER.exists())
    gone = connection.execute(empty).scalars().all()
    connection.execute(delete(STANCE).where(STANCE.c.wave_id.in_(gone)))
    return int(freed + connection.execute(delete(WAVE).where(WAVE.c.id.in_(gone))).rowcount)


def locked(which: ColumnElement[bool]) -> Any:
    """Select waves in the order in which everybody locks them: what was merged before what it was merged into."""
    return select(WAVE.c.id).where(which).order_by(WAVE.c.merged_into.is_(None), WAVE.c.id).with_for_update(of=WAVE)


def _resting(connection: Connection, age: timedelta) -> list[ColumnElement[bool]]:
    """Say what is over: of a wave, its comments and what was decided of it; ids begin with their time."""
    since = connection.execute(select(db_now(-age))).scalar_one()
    fresh = or_(COMMENT.c.id >= first_id(since), COMMENT.c.status.in_((Status.HELD, Status.PENDING)))
    decided = or_(STANCE.c.created_at >= since, STANCE.c.undone_at >= since, STANCE.c.unfinished)
    about = or_(STANCE.c.wave_id == WAVE.c.id, STANCE.c.wave_id == WAVE.c.merged_into)
    stances = select(STANCE.c.id).where(about, decided).correlate(WAVE)
    merged = select(CHILD.c.id).where(CHILD.c.merged_into == WAVE.c.id).correlate(WAVE)
    still = (MEMBER.where(fresh), stances, merged)
    return [WAVE.c.id < first_id(since), ~WAITING, *(~found.exists() for found in still)]
