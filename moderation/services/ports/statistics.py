"""Counts of what one site's comments, decisions and flags were within a window; each row is a number of them."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from moderation.domain.window import Window
from moderation.services.ports.values import Row


class Statistics(Protocol):
    """Where a row has a `quarter`, it is that of an hour, counted since 1970."""

    def queue(self, site_id: UUID, now: datetime) -> list[Row]:
        """Count what waits for a person by `age` in seconds, each with the earliest beginning."""
        ...

    def pending(self, site_id: UUID) -> int: ...
    def waits(self, site_id: UUID, window: Window) -> list[Row]:
        """Count by quarter and `length` how long what people decided had waited."""
        ...

    def arrivals(self, site_id: UUID, window: Window) -> list[Row]:
        """Count by quarter of arrival what came, as it stands now."""
        ...

    def settled(self, site_id: UUID, window: Window) -> list[Row]:
        """Count by quarter of arrival those of them that stand as a person left them."""
        ...

    def decided(self, site_id: UUID, window: Window) -> list[Row]:
        """Count by quarter, by whom and to what end what people decided; undoing is not deciding."""
        ...

    def overturned(self, site_id: UUID, window: Window) -> list[Row]:
        """Count for each of them what they decided, what somebody else turned later, and what they took back."""
        ...

    def pace(self, site_id: UUID, window: Window) -> list[Row]:
        """Count for each of them the seconds between two decisions, up to a pause."""
        ...

    def flags(self, site_id: UUID, since: datetime) -> list[Row]:
        """Count what readers flagged, by reason and in all, and what people made of it since."""
        ...


class Proposals(Protocol):
    """What policy proposed, held against the last word of people."""

    def counted(self, site_id: UUID, window: Window) -> list[Row]:
        """Count what people judged, and what they turned, by what the proposal had been made of."""
        ...
