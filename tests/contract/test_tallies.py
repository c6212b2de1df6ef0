"""What days came to is kept, is what counting gives, and is forgotten whenever anything that it tells of changes."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from history import History, Week
from makers import World
from sqlalchemy import text

from moderation.domain.comment import Status
from moderation.domain.decision import Action
from moderation.domain.statistics import Statistics
from moderation.domain.tally import packed, unpacked
from moderation.domain.window import Stretch, Window
from moderation.services import authors, erasing, sites, tallies
from moderation.services.figures import facts, sections
from moderation.services.statistics import statistics
from moderation.wiring import starting_policy

MONDAY, TUESDAY, WEDNESDAY = (date(2026, 3, day) for day in (2, 3, 4))


@pytest.fixture
def week(world: World) -> Week:
    """Two days that are over; on the second, a reader flags what came on the first."""
    week = Week(world).plays()
    week.at(2, 20)
    week.comments["L"] = world.has("Calm L.")
    week.at(3, 20)
    week.flags(week.comments["L"], "abusive")
    world.receives("Nobody looked at M.")
    week.at(4, 8)
    return week


def rests(world: World) -> None:
    with world.deps.uow(None) as uow:
        due = text("UPDATE tally SET due_at = '2020-01-01 00:00:00' WHERE due_at IS NOT NULL")
        uow.connection.execute(due)  # type: ignore[attr-defined]
        uow.commit()


def keeps(world: World) -> int:
    """Let every rest be over, and count what is due; say how many days that were."""
    rests(world)
    counted = 0
    while done := tallies.keep(world.deps):
        counted += done
    return counted


def kept(world: World) -> set[date]:
    with world.deps.reading(None) as uow:
        return {day for day, _ in uow.tallies.kept(world.site.id, [MONDAY, WEDNESDAY])}


def told(world: World, days: int, until: datetime | None = None) -> dict[str, Any]:
    """Give everything that is told of a window but how time is cut."""
    found = statistics(world.deps, [world.site.id], Window(until or world.clock(), days))
    rows = sections(found, {})
    cut = {
        "waits": dict(found.waited.counts),
        "arrivals": sum_of(found),
    }
    return rows | cut | {name: value for name, value in facts(found).items() if name != "since"}


def sum_of(found: Statistics) -> dict[tuple[Status, bool], int]:
    counted: dict[tuple[Status, bool], int] = {}
    for counts in found.arrivals.values():
        for what, many in counts.items():
            counted[what] = counted.get(what, 0) + many
    return {what: many for what, many in counted.items() if many}


def counted_anew(world: World, day: date) -> Any:
    with world.deps.reading(world.site.id) as uow:
        return in_order(packed(tallies.count(uow, world.site.id, Stretch.of(day))))


def as_kept(world: World, day: date) -> Any:
    with world.deps.reading(world.site.id) as uow:
        return in_order(packed(dict(uow.tallies.kept(world.site.id, [day]))[day]))


def in_order(parts: dict[str, list[list[Any]]]) -> dict[str, list[list[Any]]]:
    return {part: sorted(rows, key=repr) for part, rows in parts.items()}


def test_days_that_are_over_are_kept_as_counting_gives_them(week: Week) -> None:
    world = week.world

    assert keeps(world) == 2
    assert kept(world) == {MONDAY, TUESDAY}
    assert keeps(world) == 0
    for day in (MONDAY, TUESDAY):
        assert as_kept(world, day) == counted_anew(world, day)
    assert any(as_kept(world, MONDAY).values())


def test_a_long_window_tells_what_counting_it_whole_tells(week: Week) -> None:
    world = week.world
    whole = told(world, 90)
    assert told(world, 365) == whole, "days that are not kept are counted"
    keeps(world)

    assert told(world, 365) == whole
    assert told(world, 730) == whole
    assert sum(whole["arrivals"].values()) == 10


def rejects_again(week: Week) -> None:
    week.decides(week.bob, week.comments["B"], Action.REJECT)


def turns_what_was_decided_a_day_later(week: Week) -> None:
    week.decides(week.ada, week.comments["D"], Action.SPAM)


def confirms_a_flag_of_a_day_later(week: Week) -> None:
    week.decides(week.ada, week.comments["L"], Action.REJECT)


def undoes(week: Week) -> None:
    week.undoes(week.bob, week.world.log_of(week.comments["E"])[-1].id)


def withdraws(week: Week) -> None:
    authors.withdraw(week.world.deps, week.comments["A"].id)


def erases(week: Week) -> None:
    world, author = week.world, week.comments["D"].fingerprint
    assert author
    (wish,) = erasing.ask(world.deps, world.site.id, [author])
    while erasing.erase(world.deps, wish):
        pass


def is_judged_late(week: Week) -> None:
    week.world.scores()


def is_flagged_by_three(week: Week) -> None:
    for place in range(2):
        week.flags(week.comments["F"], "spam", f"198.51.{place}.1")


@pytest.mark.parametrize(
    "changes",
    [
        rejects_again,
        turns_what_was_decided_a_day_later,
        confirms_a_flag_of_a_day_later,
        undoes,
        withdraws,
        erases,
        is_judged_late,
        is_flagged_by_three,
    ],
    ids=lambda one: str(one.__name__),
)
def test_whatever_changes_later_is_told_at_once_and_counted_anew(week: Week, changes: Callable[[Week], None]) -> None:
    world = week.world
    keeps(world)
    before = told(world, 365)
    changes(week)

    after = told(world, 90)
    assert after != before
    assert told(world, 365) == after
    assert kept(world) != {MONDAY, TUESDAY}, "what is out of date is not kept"
    assert keeps(world) > 0
    assert kept(world) == {MONDAY, TUESDAY}
    for day in (MONDAY, TUESDAY):
        assert as_kept(world, day) == counted_anew(world, day)
    assert told(world, 365) == after


def test_a_day_that_changes_while_it_is_counted_is_not_kept(week: Week) -> None:
    world, own = week.world, week.world.site.id
    tallies.keep(world.deps, most=0)
    rests(world)
    with world.deps.uow(None) as uow:
        claimed = [uow.tallies.claim(tallies.REST) for _ in range(3)]
        uow.commit()
    assert [one and one[:2] for one in claimed] == [(own, TUESDAY), (own, MONDAY), None], "who comes next leaves them"
    number = claimed[1][2] if claimed[1] else -1
    with world.deps.reading(own) as uow:
        counts = tallies.count(uow, own, Stretch.of(MONDAY))
    rejects_again(week)
    with world.deps.uow(own) as uow:
        is_kept = uow.tallies.keep(own, MONDAY, number, counts)
        uow.commit()

    assert not is_kept
    assert kept(world) == set()
    assert tallies.keep(world.deps) == 0, "it rests first"
    assert keeps(world) == 2


def test_a_day_that_changes_before_it_was_ever_counted_is_not_kept_either(week: Week) -> None:
    world, own = week.world, week.world.site.id
    with world.deps.reading(own) as uow:
        counts = tallies.count(uow, own, Stretch.of(MONDAY))
    rejects_again(week)
    tallies.keep(world.deps, most=0)
    with world.deps.uow(own) as uow:
        is_kept = uow.tallies.keep(own, MONDAY, 0, counts)
        uow.commit()

    assert not is_kept


def test_what_came_today_forgets_nothing_and_costs_nothing(week: Week) -> None:
    world = week.world
    world.scores()
    keeps(world)
    comment = world.has("maybe-toxicity today")
    week.at(4, 9)
    week.decides(week.ada, comment, Action.REJECT)

    assert kept(world) == {MONDAY, TUESDAY}
    with world.deps.reading(None) as uow:
        assert uow.tallies.known(world.site.id, MONDAY) == {MONDAY, TUESDAY}


def test_a_day_is_counted_two_hours_after_it_was_over_and_none_before_the_first_comment(world: World) -> None:
    history = History(world)
    assert keeps(world) == 0
    world.has("Calm.")
    history.at(3, 1, 59)
    assert keeps(world) == 0
    history.at(3, 2)

    assert keeps(world) == 1
    assert kept(world) == {MONDAY}


def test_a_day_that_changes_all_the_time_is_counted_every_quarter_of_an_hour(week: Week) -> None:
    world = week.world
    keeps(world)
    rejects_again(week)

    assert tallies.keep(world.deps) == 0
    rests(world)
    week.decides(week.ada, week.comments["B"], Action.APPROVE)
    assert tallies.keep(world.deps) == 1, "changing again does not put it off"


def test_so_many_days_are_counted_for_whoever_looks_and_the_rest_is_named(week: Week) -> None:
    world = week.world
    later = datetime(2026, 3, 31, 12, tzinfo=UTC)
    found = statistics(world.deps, [world.site.id], Window(later, 365))

    assert found.left_out == 30 - tallies.AT_ONCE
    assert sum_of(found) == {}
    world.clock.now = later
    keeps(world)
    again = statistics(world.deps, [world.site.id], Window(later, 365))
    assert (again.left_out, sum(sum_of(again).values())) == (0, 10)


def test_weeks_and_months_are_those_of_the_zone(world: World) -> None:
    history = History(world)
    history.at(1, 20)
    world.has("It is Sunday evening in London, and Monday in Auckland.")
    history.at(5, 8)
    keeps(world)

    def slots(days: int, zone: str) -> set[str]:
        found = statistics(world.deps, [world.site.id], Window(world.clock(), days, zone)).arrivals
        return {str(slot) for slot, counts in found.items() if +counts}

    assert (slots(365, "UTC"), slots(365, "Pacific/Auckland")) == ({"2026-W09"}, {"2026-W10"})
    world.clock.now = datetime(2026, 3, 31, 23, 30, tzinfo=UTC)
    world.has("The last of March in London, the first of April in Berlin.")
    world.clock.now += timedelta(hours=2)
    assert (slots(730, "UTC"), slots(730, "Europe/Berlin")) == ({"2026-03"}, {"2026-03", "2026-04"})


def test_work_over_midnight_and_flags_on_two_days_are_counted_once(world: World) -> None:
    history = History(world)
    ada = history.hires("Ada")
    one, two, calm = world.has("maybe-toxicity one"), world.has("maybe-toxicity two"), world.has("Calm.")
    history.at(2, 23, 59, 50)
    history.decides(ada, one, Action.APPROVE)
    history.flags(calm, "spam")
    history.at(3, 0, 0, 20)
    history.decides(ada, two, Action.APPROVE)
    history.flags(calm, "spam", "198.51.100.1")
    history.flags(calm, "offensive", "198.51.101.1")
    history.at(4, 8)
    whole = told(world, 90)
    keeps(world)

    assert told(world, 365) == whole
    assert [work["median_seconds_between"] for work in whole["people"]] == [30]
    assert {row["reason"]: row["flagged"] for row in whole["flags"]} == {"any": 1, "spam": 1, "offensive": 1}


def test_what_is_kept_is_read_as_it_was_written(week: Week) -> None:
    with week.world.deps.reading(week.world.site.id) as uow:
        counts = tallies.count(uow, week.world.site.id, Stretch.of(MONDAY))

    assert all(counts[part] for part in ("waits", "arrivals", "settled", "decided", "overturned", "pace", "rates"))
    assert unpacked(packed(counts)) == {part: [dict(row) for row in rows] for part, rows in counts.items()}


def test_a_site_is_told_of_its_own_days_alone(week: Week) -> None:
    world, own = week.world, week.world.site
    world.site = sites.create(world.deps, name="Elsewhere", origins=[], policy=starting_policy("default"))
    elsewhere = world.has("Calm elsewhere.")
    week.at(5, 8)
    keeps(world)
    authors.withdraw(world.deps, elsewhere.id)

    with world.deps.reading(None) as uow:
        assert {day for day, _ in uow.tallies.kept(own.id, [MONDAY, WEDNESDAY])} == {MONDAY, TUESDAY, WEDNESDAY}
        assert list(uow.tallies.kept(world.site.id, [MONDAY, WEDNESDAY])) == []
