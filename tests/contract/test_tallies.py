"""What days came to is kept, is what counting gives, and is forgotten whenever anything that it tells of changes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from fakes.scorers import obedient
from history import History, Week
from makers import World
from sqlalchemy import text

from moderation.adapters.db.stores.tallies import SqlTallies
from moderation.domain.comment import Comment, Status
from moderation.domain.decision import Action, Actor, Ruling
from moderation.domain.errors import TemporaryFailure
from moderation.domain.statistics import Statistics
from moderation.domain.tally import Counts, packed, unpacked
from moderation.domain.window import Stretch, Window
from moderation.services import authors, erasing, notices, sites, tallies
from moderation.services.decisions import settle
from moderation.services.figures import facts, sections
from moderation.services.ports import Deps, Uow
from moderation.services.statistics import statistics
from moderation.wiring import starting_policy
from workers.tasks import housekeeping

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
        for column in ("due_at", "again_at"):
            over = text(f"UPDATE tally SET {column} = '2020-01-01 00:00:00' WHERE {column} IS NOT NULL")  # noqa: S608
            uow.connection.execute(over)  # type: ignore[attr-defined]
        uow.commit()


def keeps(world: World) -> int:
    """Let every rest be over, and count what is due; say how many days that were."""
    tallies.begin(world.deps)
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


def in_order(parts: dict[str, list[list[Any]]]) -> dict[str, list[tuple[Any, ...]]]:
    return {part: sorted(zip(*columns, strict=True), key=repr) for part, columns in parts.items()}


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
    tallies.begin(world.deps)
    rests(world)
    with world.deps.uow(None) as uow:
        latest, first, none = (uow.tallies.take(tallies.REST) for _ in range(3))
        uow.commit()
    assert latest
    assert first
    with world.deps.reading(own) as uow:
        counts = tallies.count(uow, own, Stretch.of(MONDAY))
    rejects_again(week)
    with world.deps.uow(own) as uow:
        is_kept = uow.tallies.keep(own, MONDAY, first[2], counts, tallies.REST)
        uow.commit()

    assert (latest[:2], first[:2], none) == ((own, TUESDAY), (own, MONDAY), None), "nobody else takes them meanwhile"
    assert not is_kept
    assert kept(world) == set()


def test_a_day_that_changes_before_it_was_ever_counted_is_not_kept_either(week: Week) -> None:
    world, own = week.world, week.world.site.id
    with world.deps.reading(own) as uow:
        counts = tallies.count(uow, own, Stretch.of(MONDAY))
    rejects_again(week)
    tallies.begin(world.deps)
    with world.deps.uow(own) as uow:
        is_kept = uow.tallies.keep(own, MONDAY, 0, counts, tallies.REST)
        uow.commit()

    assert not is_kept


def deletes(world: World, uow: Uow, comment: Comment) -> None:
    now = world.look(comment)
    assert settle(world.deps, uow, [Ruling(now.id, now.version, Status.DELETED, Actor.ERASURE)])


def test_what_an_earlier_release_changed_is_forgotten_and_counted_anew(week: Week) -> None:
    world, own = week.world, week.world.site.id
    keeps(world)
    with world.deps.uow(own) as uow:
        uow.connection.execute(text("UPDATE comment SET status = 'spam' WHERE status = 'approved'"))  # type: ignore[attr-defined]
        uow.commit()
    assert as_kept(world, TUESDAY) != counted_anew(world, TUESDAY)

    assert tallies.forget(world.deps, [own]) == 2
    assert kept(world) == set()
    while tallies.keep(world.deps):
        pass
    for day in (MONDAY, TUESDAY):
        assert as_kept(world, day) == counted_anew(world, day)


def test_who_counts_while_all_is_forgotten_keeps_nothing(week: Week) -> None:
    world, own = week.world, week.world.site.id
    tallies.begin(world.deps)
    with world.deps.uow(own) as uow:
        taken = uow.tallies.take(tallies.REST)
        uow.commit()
    tallies.forget(world.deps, [own])
    assert taken
    with world.deps.uow(own) as uow:
        is_kept = uow.tallies.keep(*taken, {}, tallies.REST)
        uow.commit()

    assert not is_kept


def test_days_are_locked_last(week: Week) -> None:
    world = week.world
    keeps(world)
    with world.deps.uow(world.site.id) as uow:
        deletes(world, uow, week.comments["A"])
        before = {day for day, _ in uow.tallies.kept(world.site.id, [MONDAY, WEDNESDAY])}
        uow.commit()

    assert before == {MONDAY, TUESDAY}
    assert kept(world) == set()


def test_two_that_change_the_same_days_in_another_order_do_not_wait_for_ever(postgres_url: str) -> None:
    with closing(World.at(postgres_url, scorers=obedient())) as world, ThreadPoolExecutor(2) as people:
        history, met = History(world), Barrier(2)
        monday = [world.has("SPAM one"), world.has("SPAM two")]
        history.at(3, 8)
        tuesday = [world.has("SPAM three"), world.has("SPAM four")]
        history.at(4, 8)
        keeps(world)

        def erase(first: Comment, second: Comment) -> None:
            with world.deps.uow(world.site.id) as uow:
                deletes(world, uow, first)
                met.wait(60)
                deletes(world, uow, second)
                uow.commit()

        both = [people.submit(erase, monday[0], tuesday[0]), people.submit(erase, tuesday[1], monday[1])]

        assert [each.result() for each in both] == [None, None]
        assert kept(world) == set()


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


def test_a_day_that_cannot_be_counted_keeps_no_other_waiting(week: Week, monkeypatch: pytest.MonkeyPatch) -> None:
    world = week.world
    tallies.begin(world.deps)

    def fails(uow: Uow, site_id: UUID, stretch: Stretch) -> Counts:
        if stretch == Stretch.of(TUESDAY):
            raise TemporaryFailure("That took too long.")
        return count(uow, site_id, stretch)

    with monkeypatch.context() as patched:
        count = tallies.count
        patched.setattr(tallies, "count", fails)
        assert (tallies.keep(world.deps), tallies.keep(world.deps)) == (2, 0), "it is tried again after a rest"
        assert kept(world) == {MONDAY}

    assert keeps(world) == 1
    assert kept(world) == {MONDAY, TUESDAY}


def test_days_are_counted_for_a_second_at_a_time(week: Week) -> None:
    tallies.begin(week.world.deps)
    seconds = iter(range(100))

    assert tallies.keep(week.world.deps, clock=lambda: float(next(seconds))) == 1
    assert tallies.keep(week.world.deps, clock=lambda: float(next(seconds))) == 1
    assert tallies.keep(week.world.deps, clock=lambda: float(next(seconds))) == 0


def test_only_sites_at_which_yesterday_is_missing_are_looked_at(week: Week, monkeypatch: pytest.MonkeyPatch) -> None:
    world, asked = week.world, list[UUID]()
    begun = SqlTallies.begun

    def asks(store: SqlTallies, site_id: UUID) -> date | None:
        asked.append(site_id)
        return begun(store, site_id)

    monkeypatch.setattr(SqlTallies, "begun", asks)
    tallies.begin(world.deps)
    tallies.begin(world.deps)
    assert asked == [world.site.id]
    week.at(5, 8)
    calm = world.has("Calm.")
    week.at(6, 1, 30)
    authors.withdraw(world.deps, calm.id)
    week.at(6, 2)
    tallies.begin(world.deps)

    assert asked == 2 * [world.site.id], "who forgets a day has not let it be counted"
    with world.deps.reading(None) as uow:
        assert uow.tallies.known(world.site.id, MONDAY) == {MONDAY + timedelta(days=each) for each in range(4)}


def test_whatever_becomes_of_counting_the_rest_of_the_house_is_kept(
    week: Week, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, author = week.world, week.comments["D"].fingerprint
    assert author
    erasing.ask(world.deps, world.site.id, [author])
    planned = list[Deps]()
    monkeypatch.setattr(housekeeping, "deps", lambda: world.deps)
    monkeypatch.setattr(notices, "plan", planned.append)
    monkeypatch.setattr(tallies, "count", lambda *_: pytest.fail("It was killed."))

    with pytest.raises(pytest.fail.Exception, match="killed"):
        housekeeping.all_of_it()

    assert erasing.listed(world.deps)[0].finished_at
    assert planned == [world.deps]


def test_a_day_that_rested_is_counted_anew_at_once(week: Week) -> None:
    world = week.world
    keeps(world)
    rests(world)
    rejects_again(week)

    assert tallies.keep(world.deps) == 1
    assert kept(world) == {MONDAY, TUESDAY}


def test_a_day_that_changes_before_it_may_be_counted_waits_until_then(world: World) -> None:
    history = History(world)
    comment = world.has("Calm.")
    history.at(3, 1, 30)
    authors.withdraw(world.deps, comment.id)

    assert keeps(world) == 0
    history.at(3, 2)
    assert keeps(world) == 1


def test_as_many_days_as_there_is_patience_for_are_counted_for_whoever_looks(week: Week) -> None:
    world, days, seconds = week.world, list[Counts](), iter(range(100))
    window = Window(datetime(2026, 3, 31, 12, tzinfo=UTC), 365)
    with world.deps.reading(world.site.id) as uow:
        left_out = tallies.summed(uow, world.site.id, window, days.append, 10.0, lambda: float(next(seconds)))

    assert len(days) == tallies.LATEST + 9
    assert left_out == {MONDAY + timedelta(days=each) for each in range(30 - len(days))}, "the latest are counted"


def test_what_there_is_no_patience_for_is_named(week: Week, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies, "PATIENCE", 0.0)
    world = week.world
    later = datetime(2026, 3, 31, 12, tzinfo=UTC)
    found = statistics(world.deps, [world.site.id], Window(later, 365))

    assert found.left_out == 30 - tallies.LATEST
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
