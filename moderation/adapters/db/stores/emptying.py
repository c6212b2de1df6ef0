"""Emptying: what people wrote goes, with all that was made of it; the comment's row stays, for its replies' sake."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, delete, literal_column, or_, select, update

from moderation.adapters.db.models import (
    CommentRow,
    DecisionRow,
    EchoRow,
    JobRow,
    NoteRow,
    OnceRow,
    RevealRow,
    SignalRow,
)
from moderation.adapters.db.stores.appeals import forget_appeals
from moderation.adapters.db.stores.base import table
from moderation.adapters.db.stores.mailboxes import forget_followed
from moderation.adapters.db.stores.receding import resketch
from moderation.adapters.db.stores.unlearning import unlearn
from moderation.adapters.db.stores.unsaying import blank_answers
from moderation.adapters.db.types import db_now
from moderation.domain.comment import Status
from moderation.domain.decision import Actor

COMMENT, NOTE, SIGNAL, ECHO = table(CommentRow), table(NoteRow), table(SignalRow), table(EchoRow)
JOB, ONCE, DECISION, REVEAL = table(JobRow), table(OnceRow), table(DecisionRow), table(RevealRow)
DELETED: Final = and_(COMMENT.c.status == literal_column("'deleted'"), COMMENT.c.text != literal_column("''"))
"""Written out, not bound: a prepared statement must still find the partial index."""
NOTHING: Final[dict[str, Any]] = {
    **dict.fromkeys(("text", "name"), ""),
    **dict.fromkeys(("html", "website", "email", "fingerprint", "text_print", "sketch", "link_print")),
    **dict.fromkeys(("network", "known_by", "wave", "salt")),
}
"""What is left of an emptied comment in the columns that told of its author."""


def forget_deleted(connection: Connection, age: timedelta, most: int) -> int:
    """Empty some of the comments that were deleted longer than `age` ago; say how many there were.

    What moderators wrote in decisions about one that its author withdrew goes with it: who asks later to be erased is
    not found there any more. Where a moderator deleted it that stays, since an audit that a deletion thins out is none.
    """
    over = and_(DELETED, COMMENT.c.deleted_at < db_now(-age))
    old = select(COMMENT.c.id).where(over).order_by(COMMENT.c.deleted_at).limit(most)
    emptied = _emptied(connection, connection.execute(old).scalars().all(), over)
    last = and_(DECISION.c.comment_id == COMMENT.c.id, DECISION.c.version == COMMENT.c.version)
    withdrawn = (
        select(COMMENT.c.id).join(DECISION, last).where(COMMENT.c.id.in_(emptied), DECISION.c.by == Actor.AUTHOR)
    )
    _blank_decisions(connection, connection.execute(withdrawn).scalars().all())
    return len(emptied)


def erase(connection: Connection, comment_ids: Collection[UUID]) -> None:
    """Empty comments that are locked and deleted at once, of what people wrote about them and of their traces, too.

    Hashes of what was written stay in their records, and say nothing without the salts that go.
    """
    _emptied(connection, comment_ids, COMMENT.c.status == Status.DELETED)
    for trace in (JOB, ONCE):
        connection.execute(delete(trace).where(trace.c.comment_id.in_(comment_ids)))
    _blank_decisions(connection, comment_ids)
    told = and_(REVEAL.c.comment_id.in_(comment_ids), REVEAL.c.reason != "")
    connection.execute(update(REVEAL).where(told).values(reason=""))


def _blank_decisions(connection: Connection, comment_ids: Collection[UUID]) -> None:
    """Take out of decisions what people wrote there, with the salts that its hashes were made with."""
    written = or_(DECISION.c.note != "", DECISION.c.public_note != "", DECISION.c.salt.is_not(None))
    noted = and_(DECISION.c.comment_id.in_(comment_ids), written)
    connection.execute(update(DECISION).where(noted).values(note="", public_note="", salt=None))


def forget_derived(connection: Connection, comment_ids: Collection[UUID]) -> None:
    """Forget what was made of texts that are there no longer, what was learnt from them too."""
    for derived in (SIGNAL, ECHO):
        connection.execute(delete(derived).where(derived.c.comment_id.in_(comment_ids)))
    unlearn(connection, comment_ids)
    blank_answers(connection, comment_ids)


def _emptied(connection: Connection, comment_ids: Collection[UUID], over: ColumnElement[bool]) -> list[UUID]:
    """Empty those of these comments for which `over` holds, and name them."""
    known = select(COMMENT.c.id, COMMENT.c.fingerprint, COMMENT.c.wave).where(COMMENT.c.id.in_(comment_ids))
    rows = connection.execute(known).all()
    authors, waves = {row.id: row.fingerprint for row in rows}, {row.id: row.wave for row in rows}
    # Asked again: who was brought back while we waited for the row keeps the text.
    emptied = update(COMMENT).where(COMMENT.c.id.in_(list(authors)), over).values(NOTHING)
    forgotten = list(connection.execute(emptied.returning(COMMENT.c.id)).scalars())
    forget_derived(connection, forgotten)
    forget_followed(connection, forgotten)
    forget_appeals(connection, forgotten)
    _forget_notes(connection, forgotten, {authors[comment_id] for comment_id in forgotten} - {None})
    resketch(connection, {waves[comment_id] for comment_id in forgotten} - {None})
    return forgotten


def _forget_notes(connection: Connection, comment_ids: Collection[UUID], authors: Collection[bytes]) -> None:
    """Forget what was noted on comments that are empty now, and on authors of whom no comment is left."""
    own = (COMMENT.c.site_id == NOTE.c.site_id, COMMENT.c.fingerprint == NOTE.c.fingerprint)
    nothing_left = ~select(COMMENT.c.id).where(*own).exists()
    connection.execute(delete(NOTE).where(NOTE.c.comment_id.in_(comment_ids), NOTE.c.fingerprint.is_(None)))
    connection.execute(delete(NOTE).where(NOTE.c.fingerprint.in_(authors), nothing_left))
