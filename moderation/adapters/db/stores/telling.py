"""How an event is read for those who are told of it: with its comment as it is now."""

from typing import Any, Final

from sqlalchemy import Select, select

from moderation.adapters.db.models import CommentRow, EventRow, ThreadRow
from moderation.adapters.db.stores.base import table

COMMENT, THREAD, EVENT = table(CommentRow), table(ThreadRow), table(EventRow)
OF_COMMENT: Final = ("thread_id", "parent_id", "name", "website", "text", "html", "received_at")


def telling() -> Select[Any]:
    """Begin to read events."""
    now = [COMMENT.c.revision.label("revision_now"), COMMENT.c.status.label("status_now")]
    found = select(*EVENT.c, *(COMMENT.c[name] for name in OF_COMMENT), *now, THREAD.c.key.label("thread"))
    return found.join(COMMENT, COMMENT.c.id == EVENT.c.comment_id).join(THREAD, THREAD.c.id == COMMENT.c.thread_id)
