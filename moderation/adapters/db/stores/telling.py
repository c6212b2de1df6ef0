"""How an event is read for those who are told of it: with its comment as it is now."""

from typing import Any, Final

from sqlalchemy import FromClause, Select, select

from moderation.adapters.db.models import CommentRow, EventRow, ThreadRow
from moderation.adapters.db.stores.base import table
from moderation.adapters.db.types import among

COMMENT, THREAD, EVENT = table(CommentRow), table(ThreadRow), table(EventRow)
OF_COMMENT: Final = ("thread_id", "parent_id", "name", "website", "text", "html", "received_at")


def telling() -> Select[Any]:
    """Begin to read events."""
    return _beside(EVENT)


def among_told(name: str) -> Select[Any]:
    """Read these events, and nothing else.

    They are found first and by their ids: PostgreSQL takes row-level security to leave next to nothing of a table,
    and would otherwise begin with every comment of every thread.
    """
    return _beside(select(EVENT).where(among(EVENT.c.id, name)).cte("named").prefix_with("MATERIALIZED"))


def _beside(events: FromClause) -> Select[Any]:
    """Give events with their comments as these are now, and their threads."""
    now = [COMMENT.c.revision.label("revision_now"), COMMENT.c.status.label("status_now")]
    found = select(*events.c, *(COMMENT.c[name] for name in OF_COMMENT), *now, THREAD.c.key.label("thread"))
    return found.join(COMMENT, COMMENT.c.id == events.c.comment_id).join(THREAD, THREAD.c.id == COMMENT.c.thread_id)
