"""Threads: one row for each page with comments."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import RowMapping, bindparam, func, select, update

from moderation.adapters.db.models import CommentRow, ThreadRow
from moderation.adapters.db.stores.base import Store, fields_of, table
from moderation.domain.comment import Status
from moderation.domain.thread import Thread

THREAD = table(ThreadRow)
COMMENT = table(CommentRow)
BY_KEY: Final = select(THREAD).where(THREAD.c.site_id == bindparam("site"), THREAD.c.key == bindparam("name"))


class SqlThreads(Store):
    """Pages with comments."""

    def open(self, thread: Thread) -> Thread:
        """Give the thread of this site and key; the first caller's is kept, merged ones lead on."""
        found = self.find(thread.site_id, thread.key)
        if found is None:
            self.connection.execute(self.upsert(THREAD).values(fields_of(thread)).on_conflict_do_nothing())
            found = self.find(thread.site_id, thread.key)
        return found or thread

    def get(self, site_id: UUID, thread_id: UUID) -> Thread | None:
        """Find a thread by its id."""
        return _thread(
            self.connection.execute(select(THREAD).where(THREAD.c.id == thread_id, THREAD.c.site_id == site_id))
            .mappings()
            .first()
        )

    def find(self, site_id: UUID, key: str) -> Thread | None:
        """Find a thread by the site's own id for the page; a merged one gives the one it went into."""
        thread = _thread(
            self.connection.execute(select(THREAD).where(THREAD.c.site_id == site_id, THREAD.c.key == key))
            .mappings()
            .first()
        )
        return self.get(site_id, thread.merged_into) if thread and thread.merged_into else thread

    def save(self, thread: Thread) -> None:
        """Keep a thread's title, closing and merging; the counters are not touched."""
        own = {"title": thread.title, "closed_at": thread.closed_at, "merged_into": thread.merged_into}
        self.connection.execute(update(THREAD).where(THREAD.c.id == thread.id).values(**own))

    def changed(self, deltas: Mapping[UUID, int]) -> None:
        """Count a public change in each thread, always in one order, so that no two writers wait for each other."""
        if deltas:
            self.connection.execute(
                update(THREAD)
                .where(THREAD.c.id == bindparam("thread"))
                .values(version=THREAD.c.version + 1, approved=THREAD.c.approved + bindparam("delta")),
                [{"thread": thread, "delta": delta} for thread, delta in sorted(deltas.items())],
            )

    def absorb(self, into: UUID, other: UUID) -> int:
        """Move every comment of `other` into `into`; return how many there were."""
        moved = self.connection.execute(update(COMMENT).where(COMMENT.c.thread_id == other).values(thread_id=into))
        self.connection.execute(update(THREAD).where(THREAD.c.merged_into == other).values(merged_into=into))
        approved = select(func.count()).where(COMMENT.c.thread_id == into, COMMENT.c.status == Status.APPROVED)
        for thread, count in ((into, approved.scalar_subquery()), (other, 0)):
            self.connection.execute(
                update(THREAD).where(THREAD.c.id == thread).values(version=THREAD.c.version + 1, approved=count)
            )
        return moved.rowcount


def _thread(row: RowMapping | None) -> Thread | None:
    return None if row is None else Thread(**row)
