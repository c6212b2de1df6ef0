"""Threads: one row for each page with comments."""

from collections.abc import Collection, Mapping, Sequence
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
KEPT: Final = BY_KEY.with_for_update(read=True, key_share=True)


class SqlThreads(Store):
    """Pages with comments."""

    def open(self, thread: Thread) -> Thread:
        """Give the thread of this site and key; the first caller's is kept, merged ones lead on."""
        found = self._kept(thread.site_id, thread.key)
        if found is None:
            self.connection.execute(self.upsert(THREAD).values(fields_of(thread)).on_conflict_do_nothing())
            found = self._kept(thread.site_id, thread.key)
        return found or thread

    def _kept(self, site_id: UUID, key: str) -> Thread | None:
        """Find a thread and keep it from being merged away until the transaction ends."""
        thread = _thread(self.connection.execute(KEPT, {"site": site_id, "name": key}).mappings().first())
        if thread is None or thread.merged_into is None:
            return thread
        led = select(THREAD).where(THREAD.c.id == thread.merged_into).with_for_update(read=True, key_share=True)
        return _thread(self.connection.execute(led).mappings().first())

    def get(self, site_id: UUID, thread_id: UUID) -> Thread | None:
        """Find a thread by its id."""
        return _thread(
            self.connection.execute(select(THREAD).where(THREAD.c.id == thread_id, THREAD.c.site_id == site_id))
            .mappings()
            .first()
        )

    def find(self, site_id: UUID, key: str) -> Thread | None:
        """Find a thread by the site's own id for the page; a merged one gives the one it went into."""
        thread = _thread(self.connection.execute(BY_KEY, {"site": site_id, "name": key}).mappings().first())
        return self.get(site_id, thread.merged_into) if thread and thread.merged_into else thread

    def save(self, thread: Thread) -> None:
        """Keep a thread's title, opening, closing and merging; the counters are not touched."""
        own = {name: getattr(thread, name) for name in ("title", "opened_at", "closed_at", "merged_into")}
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

    def pin(self, site_id: UUID, thread_id: UUID, pins: Sequence[str]) -> None:
        """Keep which comments of a thread stand before all others, which is a public change."""
        own = (THREAD.c.id == thread_id, THREAD.c.site_id == site_id)
        self.connection.execute(update(THREAD).where(*own).values(pins=list(pins), version=THREAD.c.version + 1))

    def lock(self, site_id: UUID, thread_id: UUID) -> Thread | None:
        """Give a thread that nobody else changes until the transaction ends; comments are locked before threads."""
        own = select(THREAD).where(THREAD.c.id == thread_id, THREAD.c.site_id == site_id)
        return _thread(self.connection.execute(own.with_for_update(key_share=True)).mappings().first())

    def public(self, threads: Collection[UUID]) -> dict[UUID, int]:
        """Count what can be read in each of these threads."""
        found = select(THREAD.c.id, THREAD.c.approved).where(THREAD.c.id.in_(threads))
        return {row.id: row.approved for row in self.connection.execute(found)}

    def hold(self, *threads: UUID) -> None:
        """Keep everybody else from changing these threads and what is in them until the transaction ends.

        Comments are locked before threads, as everywhere, so that merging and deciding do
        not wait for each other in a circle.
        """
        of_both = select(COMMENT.c.id).where(COMMENT.c.thread_id.in_(threads)).order_by(COMMENT.c.id)
        self.connection.execute(of_both.with_for_update(key_share=True))
        both = select(THREAD.c.id).where(THREAD.c.id.in_(threads)).order_by(THREAD.c.id)
        self.connection.execute(both.with_for_update())

    def absorb(self, into: UUID, other: UUID) -> int:
        """Move every comment of `other`, which is held as `into` is, into it; return how many there were."""
        self.connection.execute(update(THREAD).where(THREAD.c.id == other).values(merged_into=into))
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
