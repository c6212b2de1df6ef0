"""What whole days came to at a site: rows that are counted once, and emptied by whoever changes what they tell of."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, null, select, union_all, update

from moderation.adapters.db.models import CommentRow, DecisionRow, FlagRow, TallyRow
from moderation.adapters.db.stores.base import Store, table
from moderation.adapters.db.stores.statistics import by_people
from moderation.adapters.db.types import db_now
from moderation.domain.comment import Comment, Status
from moderation.domain.tally import Counts, before, day_of, packed, unpacked

COMMENT, DECISION, FLAG, TALLY = table(CommentRow), table(DecisionRow), table(FlagRow), table(TallyRow)
DAY: Final = ("site_id", "day")


class SqlTallies(Store):
    """A row for each site and day; its number grows with every change, so that nobody keeps what is out of date."""

    def kept(self, site_id: UUID, days: Sequence[date]) -> Iterator[tuple[date, Counts]]:
        """Go through what is kept of these days, which are given in order."""
        own = (TALLY.c.site_id == site_id, TALLY.c.day.between(days[0], days[-1]), TALLY.c.due_at.is_(None))
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

    def known(self, site_id: UUID, since: date) -> Collection[date]:
        """Name the days since then that are kept, or are to be counted."""
        own = (TALLY.c.site_id == site_id, TALLY.c.day >= since)
        return set(self.connection.execute(select(TALLY.c.day).where(*own)).scalars())

    def open(self, site_id: UUID, days: Collection[date]) -> None:
        """Let days be counted; those that are known stay as they are."""
        fresh = [{"site_id": site_id, "day": day, "number": 0} for day in sorted(days)]
        if fresh:
            new = self.upsert(TALLY).values({"due_at": db_now()}).on_conflict_do_nothing(index_elements=DAY)
            self.connection.execute(new, fresh)

    def outdate(self, comments: Sequence[Comment], until: date, rest: timedelta) -> None:
        """Forget each day before another that tells anything of these comments; it is counted anew after a rest.

        One that was never counted gets its row too: whoever is counting it at the moment must not keep it.
        """
        fresh = [{"site_id": site_id, "day": day, "number": 1} for site_id, day in self._told(comments, until)]
        if not fresh:
            return
        new = self.upsert(TALLY).values({"due_at": db_now(rest)})
        anew = {
            "number": TALLY.c.number + 1,
            "counts": null(),
            "due_at": func.coalesce(TALLY.c.due_at, new.excluded.due_at),  # Not put off for as long as it changes.
        }
        self.connection.execute(new.on_conflict_do_update(index_elements=DAY, set_=anew), fresh)

    def claim(self, rest: timedelta) -> tuple[UUID, date, int] | None:
        """Take the latest day that is due: its site, the day and its number. Unless it is kept, it is due after a rest.

        So a day that changes while it is counted, or cannot be counted, keeps no other waiting.
        """
        due = select(TALLY.c.site_id, TALLY.c.day, TALLY.c.number).where(TALLY.c.due_at <= db_now())
        first = due.order_by(TALLY.c.day.desc(), TALLY.c.site_id).limit(1).with_for_update(skip_locked=True)
        found = self.connection.execute(first).first()
        if found is None:
            return None
        same = (TALLY.c.site_id == found.site_id, TALLY.c.day == found.day)
        self.connection.execute(update(TALLY).where(*same).values(due_at=db_now(rest)))
        return found.site_id, found.day, found.number

    def keep(self, site_id: UUID, day: date, number: int, counts: Counts) -> bool:
        """Keep what a day came to, unless it was outdated since it had this number; say whether it is kept."""
        same = (TALLY.c.site_id == site_id, TALLY.c.day == day, TALLY.c.number == number)
        done = update(TALLY).where(*same).values(counts=packed(counts), due_at=None)
        return self.connection.execute(done).rowcount == 1

    def _told(self, comments: Sequence[Comment], until: date) -> list[tuple[UUID, date]]:
        """Name the days that tell of comments, in the one order in which everybody locks them."""
        found = set(self._days(comments, until))
        return sorted((site_id, day) for site_id, day in found if day < until)

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
