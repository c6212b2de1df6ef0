"""Windows: the last hours and days, told apart as a clock on somebody's wall has them."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from moderation.domain.sentence import Sentence
from moderation.domain.text import Unfit

DAYS: Final = (1, 7, 30, 90)
"""How far back one may look."""
WORLD: Final = "UTC"
QUARTER: Final = timedelta(minutes=15)
"""No clock is apart from UTC by anything but quarters of an hour."""
NO_MOMENT: Final = Sentence("Write a day and a time, such as 2026-11-23 09:30.")
GRAIN: Final = 900
"""The seconds of a quarter; what is counted by it can be told by every clock."""


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A day, or an hour of it: what is counted together."""

    day: date
    hour: int | None = None

    def __str__(self) -> str:
        """Write it as ISO 8601 does, in local time."""
        return str(self.day) if self.hour is None else f"{self.day}T{self.hour:02}:00"


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour, or what of it lies within a window."""

    start: datetime
    slot: Slot
    weekday: int
    """From 0, which is Monday."""
    hour: int


@dataclass(frozen=True, slots=True)
class Window:
    """The last so many days, up to a moment, as clocks of a zone show them."""

    until: datetime
    days: int = 7
    zone: str = WORLD

    @property
    def since(self) -> datetime:
        """The first moment that belongs to it."""
        return self.until - timedelta(days=self.days)

    def hours(self) -> list[Hour]:
        """List its hours, oldest first; the first may be a part of one. Where clocks are put back, one comes twice."""
        clock = clock_of(self.zone)
        return [self._hour(start, start.astimezone(clock)) for start in self._starts(clock)]

    def slots(self) -> list[Slot]:
        """List what is counted together: the hours of one day, or else the days."""
        return list(dict.fromkeys(hour.slot for hour in self.hours()))

    def finder(self) -> Callable[[int], Hour]:
        """Give what finds the hour of a quarter, which is counted since 1970; the first is of the first hour."""
        hours = self.hours()
        firsts = [int(hour.start.timestamp()) // GRAIN for hour in hours]
        return lambda quarter: hours[max(0, bisect_right(firsts, quarter) - 1)]

    def _starts(self, clock: tzinfo) -> Iterator[datetime]:
        yield self.since
        passed = timedelta(
            minutes=self.since.minute % 15, seconds=self.since.second, microseconds=self.since.microsecond
        )
        moment = self.since - passed + QUARTER
        while moment <= self.until:
            if moment.astimezone(clock).minute == 0:
                yield moment
            moment += QUARTER

    def _hour(self, start: datetime, local: datetime) -> Hour:
        slot = Slot(local.date(), local.hour if self.days == 1 else None)
        return Hour(start.astimezone(UTC), slot, local.weekday(), local.hour)


def parse_zone(typed: str) -> str:
    """Give the name of a time zone as it was typed; raise `Unfit` for what is none."""
    if typed != WORLD and typed not in zones():
        raise Unfit("zone-unknown", "Name a time zone as the IANA database does, such as Europe/Berlin, or UTC.")
    return typed


def parse_moment(typed: str, zone: str, now: datetime) -> datetime:
    """Give the moment of a day and a time on the clocks of a zone; raise `Unfit` for what is none that is past.

    Where clocks are put back, the first of the two moments is meant.
    """
    written = typed.strip().replace(" ", "T")
    shape = "%Y-%m-%dT%H:%M:%S" if written.count(":") > 1 else "%Y-%m-%dT%H:%M"
    try:
        moment = datetime.strptime(written, shape).replace(tzinfo=clock_of(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unfit("instant-invalid", NO_MOMENT) from None
    if moment > now:
        raise Unfit("instant-later", "Choose a moment that is past.")
    return moment


def clock_of(zone: str) -> tzinfo:
    """Give the clock of a zone; that of the world where this machine knows it no more."""
    if zone == WORLD:
        return UTC
    try:
        return ZoneInfo(zone)
    except ZoneInfoNotFoundError:
        return UTC


@cache
def zones() -> frozenset[str]:
    """Name every zone of a place that this machine knows."""
    return frozenset(
        name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/"))
    )
