"""Windows: the last hours and days, or weeks and months, told apart as a clock on somebody's wall has them."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import cache, lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from moderation.domain.sentence import Sentence
from moderation.domain.text import Unfit

COUNTED: Final = (1, 7, 30, 90)
"""How far back is counted when somebody asks."""
YEAR: Final = 365
SUMMED: Final = (YEAR, 2 * YEAR)
"""How far back is added up from the sums of days."""
DAYS: Final = (*COUNTED, *SUMMED)
"""How far back one may look."""
WORLD: Final = "UTC"
QUARTER: Final = timedelta(minutes=15)
"""No clock is apart from UTC by anything but quarters of an hour."""
NO_MOMENT: Final = Sentence("Write a day and a time, such as 2026-11-23 09:30.")
GRAIN: Final = 900
"""The seconds of a quarter; what is counted by it can be told by every clock."""


class Step(StrEnum):
    """How much time is counted together."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


_STEPS: Final = {1: Step.HOUR, YEAR: Step.WEEK, 2 * YEAR: Step.MONTH}


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A day, an hour of it, or the week or month that begins with it: what is counted together."""

    day: date
    hour: int | None = None
    step: Step = Step.DAY

    @classmethod
    def at(cls, local: datetime, step: Step) -> "Slot":
        """Give the one that a moment of somebody's clock lies in."""
        day = local.date()
        match step:
            case Step.HOUR:
                return cls(day, local.hour)
            case Step.WEEK:
                return cls(day - timedelta(days=day.weekday()), step=step)
            case Step.MONTH:
                return cls(day.replace(day=1), step=step)
        return cls(day)

    def __str__(self) -> str:
        """Write it as ISO 8601 does, in local time: 2026-03-02, 2026-03-02T08:00, 2026-W10 or 2026-03."""
        if self.hour is not None:
            return f"{self.day}T{self.hour:02}:00"
        match self.step:
            case Step.WEEK:
                return f"{self.day:%G-W%V}"
            case Step.MONTH:
                return f"{self.day:%Y-%m}"
        return str(self.day)


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour, or what of it lies within a window."""

    start: datetime
    slot: Slot
    weekday: int
    """From 0, which is Monday."""
    hour: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one moment up to before another; up to now where that has no end."""

    since: datetime
    before: datetime | None = None

    @classmethod
    def of(cls, day: date) -> "Stretch":
        """Give a whole day of UTC."""
        since = datetime.combine(day, time(), UTC)
        return cls(since, since + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Window:
    """The last so many days, up to a moment, as clocks of a zone show them."""

    until: datetime
    days: int = 7
    zone: str = WORLD

    @property
    def since(self) -> datetime:
        """The first moment that belongs to it; the sums of days begin with a whole day of UTC."""
        since = self.until - timedelta(days=self.days)
        return Stretch.of(since.astimezone(UTC).date()).since if self.summed else since

    @property
    def summed(self) -> bool:
        """Whether it is too long to be counted anew."""
        return self.days in SUMMED

    @property
    def stretch(self) -> Stretch:
        """All of it."""
        return Stretch(self.since)

    def dates(self) -> list[date]:
        """List the days of UTC that it has a part of, oldest first."""
        first, last = self.since.astimezone(UTC).date(), self.until.astimezone(UTC).date()
        return [first + timedelta(days=days) for days in range((last - first).days + 1)]

    def hours(self) -> list[Hour]:
        """List its hours, oldest first; the first may be a part of one. Where clocks are put back, one comes twice."""
        return list(_hours(self))

    def slots(self) -> list[Slot]:
        """List what is counted together: the hours of one day, days, weeks of a year, or months of two."""
        return list(dict.fromkeys(hour.slot for hour in self.hours()))

    def finder(self) -> Callable[[int], Hour]:
        """Give what finds the hour of a quarter, which is counted since 1970; the first is of the first hour."""
        hours = self.hours()
        firsts = [int(hour.start.timestamp()) // GRAIN for hour in hours]
        return cache(lambda quarter: hours[max(0, bisect_right(firsts, quarter) - 1)])

    def starts(self, clock: tzinfo) -> Iterator[datetime]:
        """Go through the first moments of its hours, by this clock."""
        yield self.since
        passed = timedelta(
            minutes=self.since.minute % 15, seconds=self.since.second, microseconds=self.since.microsecond
        )
        moment = self.since - passed + QUARTER
        while moment <= self.until:
            if moment.astimezone(clock).minute == 0:
                yield moment
            moment += QUARTER


@lru_cache(maxsize=2)
def _hours(window: Window) -> tuple[Hour, ...]:
    """List the hours of a window; those of two years are worked out once, though several ask for them."""
    clock, step = clock_of(window.zone), _STEPS.get(window.days, Step.DAY)
    return tuple(_hour(start, start.astimezone(clock), step) for start in window.starts(clock))


def _hour(start: datetime, local: datetime, step: Step) -> Hour:
    return Hour(start.astimezone(UTC), Slot.at(local, step), local.weekday(), local.hour)


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
