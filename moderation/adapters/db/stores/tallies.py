"""What whole days came to at a site: rows that are counted once, and emptied by whoever changes what they tell of."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, and_, func, null, select, union_all, update

from moderation.adapters.db.models import CommentRow, DecisionRow, FlagRow, SiteRow, TallyRow
from moderation.adapters.db.stores.base import Store, table
from moderation.adapters.db.stores.statistics import by_people
from moderation.adapters.db.types import db_now
from moderation.domain.comment import Comment, Status
from moderation.domain.tally import Counts, before, day_of, packed, unpacked

COMMENT, DECISION, FLAG = table(CommentRow), table(DecisionRow), table(FlagRow)
SITE, TALLY = table(SiteRow), table(TallyRow)
DAY: Final = ("site_id", "day")
UNOPENED: Final = and_(TALLY.c.due_at.is_(None), TALLY.c.counts.is_(None))
"""Outdated before it might be counted, and not to be counted yet."""


class SqlTallies(Store):
    """A row for each site and day; its number grows with every change, so that nobody keeps what is out of date.

    Whoever changes comments locks days after everything else, and all at once in one order: just before it is durable.
    """

    def __init__(self, connection: Connection) -> None:
        """Borrow the connection."""
        super().__init__(connection)
        self._outdated = set[tuple[UUID, date]]()

    def kept(self, site_id: UUID, days: Sequence[date]) -> Iterator[tuple[date, Counts]]:
        """Go through what is kept of these days, which are given in order."""
        own = (TALLY.c.site_id == site_id, TALLY.c.day.between(days[0], days[-1]), TALLY.c.counts.is_not(None))
        found = self.connection.execute(select(TALLY.c.day, TALLY.c.counts).where(*own))
        return ((row.day, unpacked(row.counts)) for row in found)

    def begun(self, site_id: UUID) -> date | None:
        """Name the day on which a site's first comment came; there is an index for each status."""
        firsts = [
            select(COMMENT.c.id)
            .where(COMMENT.c.site_id == site_id, COMMENT.c.status == status)
            .order_by(COMMENT.c.id)
            .limit(1)
            .subquery()
            for status in Status
        ]
        found = self.connection.execute(union_all(*(select(first.c.id) for first in firsts))).scalars()
        first = min(found, default=None)
        return None if first is None else day_of(first)

    def behind(self, day: date) -> list[UUID]:
        """Name the sites of which a day is neither kept nor to be counted."""
        known = select(TALLY.c.day).where(TALLY.c.site_id == SITE.c.id, TALLY.c.day == day, ~UNOPENED)
        return list(self.connection.execute(select(SITE.c.id).where(~known.exists())).scalars())

    def known(self, site_id: UUID, since: date) -> Collection[date]:
        """Name the days since then that are kept, or are to be counted."""
        own = (TALLY.c.site_id == site_id, TALLY.c.day >= since, ~UNOPENED)
        return set(self.connection.execute(select(TALLY.c.day).where(*own)).scalars())

    def open(self, site_id: UUID, days: Collection[date]) -> None:
        """Let days be counted; those that are known stay as they are."""
        fresh = [{"site_id": site_id, "day": day, "number": 0} for day in sorted(days)]
        if fresh:
            new = self.upsert(TALLY).values({"due_at": db_now()})
            due = {"due_at": new.excluded.due_at}
            self.connection.execute(new.on_conflict_do_update(index_elements=DAY, set_=due, where=UNOPENED), fresh)

    def outdate(self, comments: Sequence[Comment], until: date) -> None:
        """Forget each day before another that tells anything of these comments, when all is committed."""
        self._outdated.update((site_id, day) for site_id, day in self._days(comments, until) if day < until)

    def send(self) -> None:
        """Forget the days that were outdated, in the one order in which everybody locks them.

        One that is not open yet gets its row too: whoever opens it meanwhile, and counts it, must not keep it.
        """
        if not self._outdated:
            return
        fresh = [{"site_id": site_id, "day": day, "number": 1} for site_id, day in sorted(self._outdated)]
        anew = {
            "number": TALLY.c.number + 1,
            "counts": null(),
            "due_at": func.coalesce(TALLY.c.due_at, TALLY.c.again_at),  # Not put off for as long as it changes.
        }
        self.connection.execute(self.upsert(TALLY).on_conflict_do_update(index_elements=DAY, set_=anew), fresh)
        self._outdated.clear()

    def forget(self, site_id: UUID) -> int:
        """Forget all that is kept of a site, and let it be counted at once; say how many days that are."""
        own = select(TALLY.c.day).where(TALLY.c.site_id == site_id, ~UNOPENED).order_by(TALLY.c.day)
        days = self.connection.execute(own.with_for_update()).scalars().all()
        anew = {"number": TALLY.c.number + 1, "counts": null(), "due_at": db_now()}
        self.connection.execute(update(TALLY).where(TALLY.c.site_id == site_id, TALLY.c.day.in_(days)).values(**anew))
        return len(days)

    def take(self, lease: timedelta) -> tuple[UUID, date, int] | None:
        """Name the latest day that is to be counted, if any: its site, itself and its number.

        It is due again when the lease is over, whatever becomes of whoever took it.
        """
        found = select(TALLY.c.site_id, TALLY.c.day, TALLY.c.number).where(TALLY.c.due_at <= db_now())
        first = found.order_by(TALLY.c.day.desc(), TALLY.c.site_id).limit(1).with_for_update(skip_locked=True)
        row = self.connection.execute(first).first()
        if row is None:
            return None
        own = (TALLY.c.site_id == row.site_id, TALLY.c.day == row.day)
        self.connection.execute(update(TALLY).where(*own).values(due_at=db_now(lease)))
        return row.site_id, row.day, row.number

    def keep(self, site_id: UUID, day: date, number: int, counts: Counts, rest: timedelta) -> bool:
        """Keep what a day came to, unless it was outdated since it had this number; say whether it is kept.

        It is counted again after a rest at the earliest.
        """
        same = (TALLY.c.site_id == site_id, TALLY.c.day == day, TALLY.c.number == number)
        done = update(TALLY).where(*same).values(counts=packed(counts), due_at=None, again_at=db_now(rest))
        return self.connection.execute(done).rowcount == 1

    def _days(self, comments: Sequence[Comment], until: date) -> Iterator[tuple[UUID, date]]:
        """Name the days of their arrival, of what people decided about them, and of their flags."""
        ids = [comment.id for comment in comments]
        yield from ((comment.site_id, day_of(comment.id)) for comment in comments)
        decided = select(DECISION.c.site_id, DECISION.c.id).where(DECISION.c.comment_id.in_(ids), by_people(DECISION))
        for row in self.connection.execute(decided):
            if before(row.id, until):
                yield row.site_id, day_of(row.id)
        flagged = select(FLAG.c.site_id, FLAG.c.created_at).where(FLAG.c.comment_id.in_(ids))
        for row in self.connection.execute(flagged):
            yield row.site_id, row.created_at.astimezone(UTC).date()
