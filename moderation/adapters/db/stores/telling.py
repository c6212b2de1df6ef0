"""How an event is read for those who are told of it: with its comment as it is now."""

from typing import Any, Final

from sqlalchemy import Select, select

from moderation.adapters.db.models import CommentRow, EventRow, ThreadRow
from moderation.adapters.db.stores.base import table
from moderation.adapters.db.types import among

COMMENT, THREAD, EVENT = table(CommentRow), table(ThreadRow), table(EventRow)
OF_COMMENT: Final = ("thread_id", "parent_id", "name", "website", "text", "html", "received_at")


def telling() -> Select[Any]:
    """Begin to read events."""
    found = _with_comments().add_columns(THREAD.c.key.label("thread"))
    return found.join(THREAD, THREAD.c.id == COMMENT.c.thread_id)


def among_told(name: str) -> Select[Any]:
    """Read these events, and nothing else.

    They are found first, each with its comment: PostgreSQL takes row-level security to leave next to nothing of a
    table, and would otherwise begin with every comment of every thread.
    """
    named = _with_comments().where(among(EVENT.c.id, name)).cte("named").prefix_with("MATERIALIZED")
    return select(named, THREAD.c.key.label("thread")).join(THREAD, THREAD.c.id == named.c.thread_id)


def _with_comments() -> Select[Any]:
    now = [COMMENT.c.revision.label("revision_now"), COMMENT.c.status.label("status_now")]
    found = select(*EVENT.c, *(COMMENT.c[name] for name in OF_COMMENT), *now)
    return found.join(COMMENT, COMMENT.c.id == EVENT.c.comment_id)
