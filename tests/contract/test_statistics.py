"""Numbers are right: each one of a known history is what a person counts in it, on both databases."""

from datetime import UTC, date, datetime

import pytest
from history import History, Week
from makers import World

from moderation.domain.comment import Status
from moderation.domain.decision import Action
from moderation.domain.person import Role
from moderation.domain.policy import digest_of
from moderation.domain.share import Share
from moderation.domain.statistics import Statistics
from moderation.domain.window import Slot, Window
from moderation.services import authors, sites
from moderation.services.statistics import as_seen_by, statistics
from moderation.wiring import starting_policy

MONDAY, TUESDAY = Slot(date(2026, 3, 2)), Slot(date(2026, 3, 3))


@pytest.fixture
def week(world: World) -> Week:
    return Week(world).plays()


def counted(history: History, days: int = 7, zone: str = "UTC") -> Statistics:
    world = history.world
    return statistics(world.deps, [world.site.id], Window(world.clock(), days, zone))


def rates(found: Statistics, kind: str) -> dict[tuple[str, ...], tuple[int, int]]:
    return {rate.names: (rate.overturned.hits, rate.overturned.of) for rate in found.rates if rate.kind == kind}


def test_the_queue_is_told_with_its_ages(week: Week) -> None:
    queue = counted(week).queue

    assert (queue.pending, dict(queue.ages.counts)) == (1, {3600: 1})
    assert queue.oldest == datetime(2026, 3, 3, 14, tzinfo=UTC)
    assert [many for low, _, many in queue.steps() if low == 3600] == [1]


def test_waits_are_told_by_the_day_of_the_decision(week: Week) -> None:
    found = counted(week)

    assert {slot: dict(one.counts) for slot, one in found.waits.items() if one.n} == {
        MONDAY: {600: 1, 630: 1},
        TUESDAY: {7200: 1},
    }
    assert (found.waited.quantile(0.5), found.waited.quantile(0.9)) == (630, 7200)
    assert len(found.waits) == 8, "days on which nothing was decided are there, too"


def test_what_came_is_told_by_its_day_as_it_stands_now(week: Week) -> None:
    found = counted(week).arrivals

    assert +found[MONDAY] == {(Status.APPROVED, True): 3, (Status.REJECTED, True): 1}
    assert +found[TUESDAY] == {
        (Status.REJECTED, True): 1,
        (Status.APPROVED, False): 1,
        (Status.HELD, False): 1,
        (Status.PENDING, False): 1,
    }


def test_what_each_decided_is_told_with_its_pace_and_what_others_turned(week: Week) -> None:
    works = {work.actor_id: work for work in counted(week).people}
    ada, bob = works[week.ada.id], works[week.bob.id]

    assert (ada.ends, bob.ends) == (
        {Status.APPROVED: 1, Status.REJECTED: 2},
        {Status.APPROVED: 2, Status.REJECTED: 1},
    )
    assert [(work.decisions, work.hours, dict(work.pace.counts)) for work in (ada, bob)] == [
        (3, 2, {30: 1}),
        (3, 2, {20: 1}),
    ]
    assert (ada.overturned, bob.overturned) == (Share(1, 3), Share(0, 3))


def test_how_often_policy_was_turned_is_told_by_what_it_had_gone_by(week: Week) -> None:
    found = counted(week)

    assert rates(found, "proposal") == {("held",): (2, 3), ("spam",): (1, 1), ("approved",): (1, 1)}
    assert rates(found, "reason") == {("toxicity",): (2, 3), ("spam",): (1, 1)}
    assert rates(found, "rule") == {("toxicity", "toxicity", "held"): (2, 3), ("spam", "spam", "spam"): (1, 1)}
    assert rates(found, "model") == {("obedient-toxicity",): (2, 3), ("obedient-spam",): (1, 1)}
    assert rates(found, "policy") == {(digest_of(week.world.site.policy),): (4, 5)}


def test_hours_are_those_of_the_zone(week: Week) -> None:
    utc, india = counted(week), counted(week, zone="Asia/Kolkata")

    assert utc.arrived == {(0, 8): 4, (1, 10): 1, (1, 13): 1, (1, 14): 1, (1, 15): 1}
    assert utc.approved == {(0, 8): 1, (0, 9): 1, (1, 12): 1}
    assert india.arrived == {(0, 13): 4, (1, 15): 1, (1, 18): 1, (1, 19): 1, (1, 20): 1}
    assert india.approved == {(0, 13): 1, (0, 14): 1, (1, 17): 1}


def test_flags_are_told_by_what_people_made_of_them(week: Week) -> None:
    found = {one.reason: (one.confirmed, one.refuted, one.open) for one in counted(week).flags}

    assert found == {None: (1, 0, 1), "spam": (1, 0, 0), "offensive": (0, 0, 1)}


def test_only_what_lies_within_the_window_counts(week: Week) -> None:
    week.at(4, 8, 30)
    found = counted(week, days=1)

    assert sum(sum(counts.values()) for counts in found.arrivals.values()) == 4
    assert Slot(date(2026, 3, 3), 10) in found.arrivals
    assert found.waited.n == 1
    assert sum(work.decisions for work in found.people) == 3
    assert rates(found, "proposal") == {("held",): (0, 1), ("spam",): (1, 1), ("approved",): (1, 1)}


def test_a_moderator_sees_their_own_and_all_others_together(week: Week) -> None:
    world = week.world
    found = statistics(world.deps, [world.site.id], Window(world.clock()), as_seen_by(week.ada))

    assert [(work.actor_id, work.decisions, work.hours) for work in found.people] == [(week.ada.id, 3, 2), (None, 3, 2)]
    everybody = statistics(world.deps, [world.site.id], Window(world.clock()), as_seen_by(week.bob))
    assert {work.actor_id for work in everybody.people} == {week.ada.id, week.bob.id}


def test_several_sites_are_told_together_and_no_site_tells_of_another(week: Week) -> None:
    world, own = week.world, week.world.site
    world.site = sites.create(world.deps, name="Elsewhere", origins=[], policy=starting_policy("default"))
    world.has("maybe-toxicity elsewhere")
    ids = [own.id, world.site.id]
    counts = [statistics(world.deps, some, Window(world.clock())).queue.ages.n for some in (ids[:1], ids[1:], ids)]

    assert counts == [1, 1, 2]


def test_what_was_brought_back_waits_anew(world: World) -> None:
    history = History(world)
    ada, comment = history.hires("Ada"), world.has("maybe-toxicity once")
    history.at(2, 8, 5)
    made = history.decides(ada, comment, Action.REJECT)
    history.at(2, 9)
    history.undoes(ada, made)
    history.at(2, 9, 1)

    assert counted(history).queue.ages.counts == {60: 1}
    history.at(2, 9, 2)
    history.decides(ada, comment, Action.APPROVE)
    (work,) = counted(history).people

    assert counted(history).waited.counts == {300: 1, 120: 1}
    assert (work.decisions, work.taken_back, work.overturned) == (2, 1, Share(0, 1))
    assert rates(counted(history), "proposal") == {("held",): (1, 1)}


def test_a_new_text_is_another_proposal_and_nobody_turned_the_old_one(world: World) -> None:
    history = History(world)
    ada, bob = history.hires("Ada"), history.hires("Bob", Role.SENIOR)
    comment = world.has("maybe-toxicity first")
    history.at(2, 8, 1)
    history.decides(ada, comment, Action.APPROVE)
    history.at(2, 8, 2)
    authors.edit(world.deps, comment.id, "maybe-toxicity second")
    world.scores()
    history.at(2, 8, 4)
    history.decides(bob, comment, Action.REJECT)
    found = counted(history)

    assert rates(found, "proposal") == {("held",): (1, 2)}
    assert {work.actor_id: work.overturned for work in found.people} == {ada.id: Share(0, 1), bob.id: Share(0, 1)}
    assert found.waited.counts == {60: 1, 120: 1}


def test_undoing_what_policy_decided_turns_it(world: World) -> None:
    history = History(world)
    ada, comment = history.hires("Ada"), world.has("SPAM")
    history.at(2, 8, 1)
    history.undoes(ada, world.log_of(comment)[-1].id)

    assert rates(counted(history), "reason") == {("spam",): (1, 1)}


def test_nothing_at_all_is_told_as_nothing(world: World) -> None:
    found = counted(History(world), days=90)

    assert (found.queue.pending, found.queue.oldest, found.queue.ages.n, found.waited.n) == (0, None, 0, 0)
    assert (found.people, found.rates, found.flags) == ([], [], [])
    assert len(found.arrivals) == 91
