"""Counts of what one site's comments, decisions and flags were within a stretch of time, and those that are kept."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID

from moderation.domain.comment import Comment
from moderation.domain.tally import Counts
from moderation.domain.window import Stretch
from moderation.services.ports.values import Row


class Statistics(Protocol):
    """Each row is a number of them; where it has a `quarter`, it is that of an hour, counted since 1970."""

    def queue(self, site_id: UUID, now: datetime) -> list[Row]:
        """Count what waits for a person by `age` in seconds, each with the earliest beginning."""
        ...

    def pending(self, site_id: UUID) -> int: ...
    def waits(self, site_id: UUID, stretch: Stretch) -> list[Row]:
        """Count by quarter and `length` how long what people decided had waited."""
        ...

    def arrivals(self, site_id: UUID, stretch: Stretch) -> list[Row]:
        """Count by quarter of arrival what came, as it stands now."""
        ...

    def settled(self, site_id: UUID, stretch: Stretch) -> list[Row]:
        """Count by quarter of arrival those of them that stand as a person left them."""
        ...

    def decided(self, site_id: UUID, stretch: Stretch) -> list[Row]:
        """Count by quarter, by whom and to what end what people decided; undoing is not deciding."""
        ...

    def overturned(self, site_id: UUID, stretch: Stretch) -> list[Row]:
        """Count for each of them what they decided, what somebody else turned later, and what they took back."""
        ...

    def pace(self, site_id: UUID, stretch: Stretch) -> list[Row]:
        """Count for each of them the seconds between two decisions, up to a pause."""
        ...

    def flags(self, site_id: UUID, stretch: Stretch) -> list[Row]:
        """Count what readers flagged then for the first time, by reason and in all, and what people made of it."""
        ...


class Proposals(Protocol):
    """What policy proposed, held against the last word of people."""

    def counted(self, site_id: UUID, stretch: Stretch) -> list[Row]:
        """Count what people judged, and what they turned, by what the proposal had been made of."""
        ...


class Tallies(Protocol):
    """What whole days came to, counted once; none is kept while anything that it tells of may have changed."""

    def kept(self, site_id: UUID, days: Sequence[date]) -> Iterator[tuple[date, Counts]]:
        """Go through what is kept of these days, which are given in order."""
        ...

    def begun(self, site_id: UUID) -> date | None:
        """Name the day on which a site's first comment came."""
        ...

    def behind(self, day: date) -> list[UUID]:
        """Name the sites of which a day is neither kept nor to be counted."""
        ...

    def known(self, site_id: UUID, since: date) -> Collection[date]:
        """Name the days since then that are kept, or are to be counted."""
        ...

    def open(self, site_id: UUID, days: Collection[date]) -> None:
        """Let days be counted; those that are known stay as they are."""
        ...

    def outdate(self, comments: Sequence[Comment], until: date) -> None:
        """Forget each day before another that tells anything of these comments, when all is committed."""
        ...

    def forget(self, site_id: UUID) -> int:
        """Forget all that is kept of a site, and let it be counted at once; say how many days that are."""
        ...

    def take(self, lease: timedelta) -> tuple[UUID, date, int] | None:
        """Name the latest day that is to be counted, if any: its site, itself and its number.

        It is due again when the lease is over, whatever becomes of whoever took it.
        """
        ...

    def keep(self, site_id: UUID, day: date, number: int, counts: Counts, rest: timedelta) -> bool:
        """Keep what a day came to, unless it was outdated since it had this number; say whether it is kept.

        It is counted again after a rest at the earliest.
        """
        ...
