"""Wordings as rows: the words of comments, kept as the events tell of them."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import exists, func, literal_column, select, text, update

from moderation.adapters.db.models import BookmarkRow, CommentRow, EventRow, WordingRow
from moderation.adapters.db.stores.base import Store, table
from moderation.adapters.db.types import among
from moderation.services.ports import Stretch, Told

WORDING, BOOKMARK, EVENT, COMMENT = (table(row) for row in (WordingRow, BookmarkRow, EventRow, CommentRow))
HERE: Final = BOOKMARK.c.name == literal_column("'wording'")
KEEPING: Final = 7_046_003
"""The advisory lock under which one process takes texts apart at a time."""
REACHED: Final = select(BOOKMARK.c.position).where(HERE)
NEW: Final = EVENT.c.type.in_([literal_column("'comment.received'"), literal_column("'comment.edited'")])
"""Events after which a text is another than before."""
KEPT: Final = exists().where(WORDING.c.comment_id == COMMENT.c.id)
PRESENT: Final = select(COMMENT.c.id, COMMENT.c.revision).where(
    among(COMMENT.c.id, "ids"), COMMENT.c.text != literal_column("''"), ~KEPT
)
INDEXED: Final = "SELECT 1 FROM sqlite_master WHERE name = 'wording_fts'"
MERGE: Final = "INSERT INTO wording_fts (wording_fts, rank) VALUES ('merge', {pages})"
PAGES: Final = 500
"""Of the index, in one transaction: a few megabytes."""
UNMERGED: Final = 2
"""A merge that changes fewer rows than this found nothing to merge."""
STEADY: Final = PRESENT.order_by(COMMENT.c.id).with_for_update(read=True, of=COMMENT)
"""Who changes one of them waits until we are done, and takes its words out again."""


class SqlWordings(Store):
    """The words by which comments are found."""

    def behind(self) -> bool:
        """Say whether there are events that were not looked at yet."""
        beyond = select(EVENT.c.id).where(EVENT.c.position > REACHED.scalar_subquery()).limit(1)
        return self.connection.execute(beyond).first() is not None

    def alone(self) -> bool:
        """Say whether nobody else is keeping words, and keep them away until this transaction ends.

        On SQLite two may do the same at once; one of them has done it.
        """
        if self.connection.dialect.name != "postgresql":
            return True
        taken = text("SELECT pg_try_advisory_xact_lock(:key)")
        return bool(self.connection.execute(taken, {"key": KEEPING}).scalar_one())

    def told(self, most: int) -> Stretch:
        """Give the texts that the next events tell of; of what is told twice, once."""
        since: int = self.connection.execute(REACHED).scalar_one()
        beyond = select(EVENT.c.position).where(EVENT.c.position > since).order_by(EVENT.c.position).limit(most)
        until = self.connection.execute(select(func.max(beyond.subquery().c.position))).scalar() or since
        within = (EVENT.c.position > since, EVENT.c.position <= until, NEW)
        written = (COMMENT.c.id, COMMENT.c.site_id, COMMENT.c.revision, COMMENT.c.name, COMMENT.c.text)
        found = select(EVENT.c.position, *written).join(COMMENT, COMMENT.c.id == EVENT.c.comment_id)
        rows = self.connection.execute(found.where(*within, COMMENT.c.text != literal_column("''")))
        texts = {row.id: Told(*row) for row in rows}
        return Stretch(since, until, tuple(texts.values()))

    def thin(self, *, begin: bool) -> bool:
        """Merge a piece of SQLite's index, in which a word that was taken out stays until then; say if more is due.

        `begin` makes all of it due. PostgreSQL drops the words themselves with the row.
        """
        if self.connection.dialect.name != "sqlite" or self.connection.exec_driver_sql(INDEXED).first() is None:
            return False
        before = self._changes()
        self.connection.exec_driver_sql(MERGE.format(pages=-PAGES if begin else PAGES))
        return self._changes() - before >= UNMERGED

    def _changes(self) -> int:
        return int(self.connection.exec_driver_sql("SELECT total_changes()").scalar_one())

    def advance(self, since: int, until: int) -> bool:
        """Say that the events up to a position were looked at; False where somebody else was faster."""
        moved = update(BOOKMARK).where(HERE, BOOKMARK.c.position == since).values(position=until)
        return self.connection.execute(moved).rowcount == 1

    def keep(self, found: Sequence[tuple[Told, Sequence[str]]]) -> None:
        """Keep the words of texts that are still as they were read, and have none yet."""
        ids = {"ids": [told.comment_id for told, _ in found]}
        revisions = {row.id: row.revision for row in self.connection.execute(STEADY, ids)} if found else {}
        rows = [
            {"position": told.position, "comment_id": told.comment_id, "site_id": told.site_id, "words": words}
            for told, words in found
            if revisions.get(told.comment_id) == told.revision
        ]
        if rows:
            self.connection.execute(WORDING.insert(), rows)
