"""What somebody was shown at a moment: conditions for comments that are still as they were then."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, literal_column, or_, select

from moderation.adapters.db.models import CommentRow, DecisionRow, FlagRow
from moderation.adapters.db.stores.base import table

COMMENT, DECISION, FLAG = table(CommentRow), table(DecisionRow), table(FlagRow)


def as_shown(moment: datetime, *, flagged: bool) -> list[ColumnElement[bool]]:
    """Keep what was there at a moment as it is now: neither written, nor decided, nor flagged since."""
    written = func.coalesce(COMMENT.c.edited_at, COMMENT.c.received_at) <= moment
    return [written, ~_decided_since(moment), *([~_flagged_since(moment)] if flagged else [])]


def as_shown_or_later(moment: datetime, until: datetime) -> list[ColumnElement[bool]]:
    """Keep that, and what arrived since, up to another moment, and which nobody but the policy has touched."""
    arrived = COMMENT.c.received_at <= until
    unchanged = or_(COMMENT.c.edited_at.is_(None), COMMENT.c.edited_at <= moment)
    touched = _decided_since(moment, DECISION.c.by != literal_column("'policy'"))
    return [arrived, unchanged, ~touched, ~_flagged_since(moment)]


def _decided_since(moment: datetime, *further: ColumnElement[bool]) -> ColumnElement[bool]:
    own = (DECISION.c.comment_id == COMMENT.c.id, DECISION.c.created_at > moment, *further)
    return select(DECISION.c.id).where(*own).exists()


def _flagged_since(moment: datetime) -> ColumnElement[bool]:
    return select(FLAG.c.comment_id).where(FLAG.c.comment_id == COMMENT.c.id, FLAG.c.created_at > moment).exists()
