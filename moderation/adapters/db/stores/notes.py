"""What moderators wrote down about comments and authors."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, false, or_, select

from moderation.adapters.db.models import NoteRow
from moderation.adapters.db.stores.base import Store, fields_of, table
from moderation.domain.comment import Comment
from moderation.domain.note import Note

NOTE = table(NoteRow)


class SqlNotes(Store):
    """Notes, each of one site."""

    def add(self, note: Note) -> None:
        """Keep a new note."""
        self.connection.execute(NOTE.insert().values(**fields_of(note)))

    def get(self, site_id: UUID, note_id: UUID) -> Note | None:
        """Find a note of this site."""
        found = select(NOTE).where(NOTE.c.id == note_id, NOTE.c.site_id == site_id)
        row = self.connection.execute(found).mappings().first()
        return None if row is None else Note(**row)

    def remove(self, site_id: UUID, note_id: UUID) -> bool:
        """Forget a note; False where it is gone by then."""
        gone = delete(NOTE).where(NOTE.c.id == note_id, NOTE.c.site_id == site_id)
        return self.connection.execute(gone).rowcount == 1

    def forget(self, site_id: UUID, fingerprint: bytes, until: datetime) -> None:
        """Forget what was noted on an author until a moment."""
        own = (NOTE.c.site_id == site_id, NOTE.c.fingerprint == fingerprint, NOTE.c.created_at <= until)
        self.connection.execute(delete(NOTE).where(*own))

    def on(
        self,
        comment: Comment,
        *,
        comments: bool = True,
        authors: bool = True,
        after: UUID | None = None,
        limit: int = 100,
    ) -> list[Note]:
        """Give what is noted on a comment and on its author, or on one of the two: newest first, a page of it."""
        here: ColumnElement[bool] = false()
        if comments:
            here = or_(here, and_(NOTE.c.comment_id == comment.id, NOTE.c.fingerprint.is_(None)))
        if authors and comment.fingerprint is not None:
            here = or_(here, NOTE.c.fingerprint == comment.fingerprint)
        found = select(NOTE).where(NOTE.c.site_id == comment.site_id, here)
        if after is not None:
            found = found.where(NOTE.c.id < after)
        rows = self.connection.execute(found.order_by(NOTE.c.id.desc()).limit(limit)).mappings()
        return [Note(**row) for row in rows]
