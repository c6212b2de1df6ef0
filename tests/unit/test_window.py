"""Windows: the hours of somebody's clock, whatever it does."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from moderation.domain.text import Unfit
from moderation.domain.window import Slot, Window, parse_zone

NOON = datetime(2026, 6, 3, 12, 20, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Eucla"])
def test_every_hour_but_the_first_begins_where_the_clock_says_so(zone: str) -> None:
    hours = Window(NOON, 7, zone).hours()

    assert hours[0].start == NOON - timedelta(days=7)
    steps = {later.start - earlier.start for earlier, later in pairwise(hours[1:])}
    assert steps == {timedelta(hours=1)}
    assert hours[-1].start < NOON <= hours[-1].start + timedelta(hours=1)


def test_a_day_has_the_hours_that_the_clock_had() -> None:
    spring = Window(datetime(2026, 3, 30, 12, tzinfo=UTC), 7, "Europe/Berlin").hours()
    autumn = Window(datetime(2026, 10, 26, 12, tzinfo=UTC), 7, "Europe/Berlin").hours()

    assert sum(hour.slot == Slot(date(2026, 3, 29)) for hour in spring) == 23
    assert sum(hour.slot == Slot(date(2026, 10, 25)) for hour in autumn) == 25


def test_one_day_is_told_by_hours_and_more_by_days() -> None:
    assert [str(slot) for slot in Window(NOON, 1).slots()[:2]] == ["2026-06-02T12:00", "2026-06-02T13:00"]
    assert len(Window(NOON, 1).slots()) == 25
    assert [str(slot) for slot in Window(NOON, 7).slots()][::7] == ["2026-05-27", "2026-06-03"]


def test_a_year_is_told_by_weeks_and_two_by_months_from_a_whole_day_on() -> None:
    year, two = Window(NOON, 365), Window(NOON, 730, "Europe/Berlin")

    assert (year.since, year.summed) == (datetime(2025, 6, 3, tzinfo=UTC), True)
    assert [str(slot) for slot in year.slots()][::26] == ["2025-W23", "2025-W49", "2026-W23"]
    assert [str(slot) for slot in two.slots()][::12] == ["2024-06", "2025-06", "2026-06"]
    assert (year.dates()[0], year.dates()[-1], len(year.dates())) == (date(2025, 6, 3), NOON.date(), 366)
    assert not Window(NOON, 90).summed


@pytest.mark.parametrize("typed", ["Europe/Berlin", "UTC"])
def test_a_zone_is_known_by_its_name(typed: str) -> None:
    assert parse_zone(typed) == typed


@pytest.mark.parametrize("typed", ["", "Mars/Olympus", "../../etc/passwd", "CET"])
def test_what_is_no_zone_is_refused(typed: str) -> None:
    with pytest.raises(Unfit):
        parse_zone(typed)
