"""Two waves that are one campaign, on every database: one card while they are merged, and two again after a split."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from desk import hires
from fakes.scorers import obedient
from makers import World
from sqlalchemy import select, text
from test_waves import OTHER, Wish, cards, copy, decide, recede, roll, wave_of

from moderation.adapters.db import verification
from moderation.adapters.db.models import AuditRow
from moderation.domain.comment import Comment, Status
from moderation.domain.decision import Action
from moderation.domain.errors import Conflict, NotFound, Stale
from moderation.domain.person import Person
from moderation.domain.wave import begun
from moderation.services import desk, merging, waves

SECOND = (
    "My cousin, maybe-toxicity, earns more in one afternoon than all of you do in a month since she has found that "
    "page where they pay for every click, and nobody who tried it has ever regretted it for an hour of their lives, {}"
)


@pytest.fixture
def ann(world: World) -> Person:
    return hires(world, "Ann")


def second(world: World, times: int, start: int = 0) -> list[Comment]:
    """Let copies of another text arrive, which is like the first in nothing."""
    numbers = range(start, start + times)
    return [world.has(SECOND.format(f"http://pay{number}.example/"), thread=f"b-{number}") for number in numbers]


def two(world: World, first: int = 3, others: int = 2) -> tuple[UUID, UUID]:
    """Let two waves wait that have nothing to do with each other."""
    return wave_of(world, roll(world, first)[0]), wave_of(world, second(world, others)[0])


def merge(world: World, wave: UUID, into: UUID) -> None:
    merging.merge(world.deps, world.site.id, wave, into)


def split(world: World, wave: UUID) -> None:
    merging.split(world.deps, world.site.id, wave)


@pytest.mark.parametrize("sort", ["newest", "oldest", "worth"])
def test_what_is_merged_is_one_card_and_after_a_split_there_are_the_two_of_before(world: World, sort: str) -> None:
    wave, into = two(world)
    before = cards(world, sort=sort)

    merge(world, wave, into)
    assert cards(world, sort=sort) == [(into, 5)]
    assert waves.look(world.deps, world.site.id, wave).waiting == 5, "the card is found by either"
    assert desk.count(world.deps, [world.site.id], {"status": Status.HELD, "wave": into}) == 5

    split(world, wave)
    assert cards(world, sort=sort) == before


def test_whichever_of_them_is_merged_the_card_has_the_place_of_both(world: World) -> None:
    wave, into = two(world)
    between = world.has(OTHER, thread="elsewhere")
    late = world.has(copy(9), thread="late")

    merge(world, wave, into)

    assert late.wave == wave
    assert cards(world) == [(into, 6), (between.id, 1)]
    assert cards(world, sort="oldest") == [(into, 6), (between.id, 1)]


def test_what_comes_later_and_is_like_either_finds_the_one_card_and_a_split_takes_it_to_its_own(world: World) -> None:
    wave, into = two(world)
    merge(world, wave, into)

    world.has(copy(8), thread="like-the-one")
    second(world, 2, start=8)
    assert cards(world) == [(into, 8)]

    split(world, wave)
    assert set(cards(world)) == {(wave, 4), (into, 4)}


def test_one_decision_is_for_all_of_a_card_and_for_what_arrives_like_either(world: World, ann: Person) -> None:
    ones, others = roll(world, 3), second(world, 2)
    wave, into = wave_of(world, ones[0]), wave_of(world, others[0])
    merge(world, wave, into)

    progress = decide(world, ann, into, Action.SPAM)
    later = [world.has(copy(8), thread="later"), *second(world, 1, start=8)]

    assert progress.done == 5
    assert [world.status_of(comment) for comment in (*ones, *others, *later)] == [Status.SPAM] * 7
    undone = waves.undo(world.deps, progress.stance, ann)
    assert undone.done == 7
    assert [world.status_of(comment) for comment in (*ones, *others)] == [Status.HELD] * 5


@pytest.mark.parametrize("decided", [0, 1])
def test_what_was_decided_of_either_goes_for_both_while_they_are_one(world: World, ann: Person, decided: int) -> None:
    wave, into = two(world)
    decide(world, ann, (wave, into)[decided], Action.REJECT)

    merge(world, wave, into)
    union = [world.has(copy(7), thread="7").status, *(one.status for one in second(world, 1, start=7))]
    split(world, wave)
    apart = [world.has(copy(8), thread="8").status, *(one.status for one in second(world, 1, start=8))]

    assert union == [Status.REJECTED] * 2
    assert apart == [Status.REJECTED if one == decided else Status.HELD for one in range(2)]


def test_of_two_decisions_that_stand_the_latest_goes_for_both_and_a_new_one_ends_them(
    world: World, ann: Person
) -> None:
    wave, into = two(world)
    decide(world, ann, into, Action.SPAM)
    decide(world, ann, wave, Action.REJECT)
    foreseen = merging.foreseen(world.deps, world.site.id, wave, into)
    merge(world, wave, into)

    assert foreseen.standing is not None
    assert foreseen.standing.status is Status.REJECTED
    assert second(world, 1, start=7)[0].status is Status.REJECTED

    decide(world, ann, into, Action.APPROVE, seen=1)
    assert world.has(copy(8), thread="8").status is Status.HELD


def test_who_saw_a_card_before_it_was_merged_decides_nothing(world: World, ann: Person) -> None:
    wave, into = two(world)
    shown = world.deps.now()
    world.clock.forward(seconds=1)
    merge(world, wave, into)

    for seen in (wave, into):
        with pytest.raises(Stale):
            waves.decide(world.deps, world.site.id, Wish(seen, 0, shown, Action.SPAM), ann)
    assert cards(world) == [(into, 5)]


def test_what_workers_still_do_of_a_decision_takes_nothing_that_was_merged_since(world: World, ann: Person) -> None:
    ones, others = roll(world, 3), second(world, 2)
    wave, into = wave_of(world, ones[0]), wave_of(world, others[0])
    waves.decide(world.deps, world.site.id, Wish(into, 0, world.deps.now(), Action.SPAM), ann, at_once=0)
    world.clock.forward(seconds=1)
    merge(world, wave, into)

    while waves.carry_on(world.deps):
        pass

    assert [world.status_of(comment) for comment in others] == [Status.SPAM] * 2
    assert [world.status_of(comment) for comment in ones] == [Status.HELD] * 3


def test_it_is_told_before_what_comes_along(world: World) -> None:
    wave, into = two(world)

    foreseen = merging.foreseen(world.deps, world.site.id, wave, into)

    assert (foreseen.waiting, foreseen.published, foreseen.standing) == (3, 0, None)
    assert [row["rolls"] for row in merging.offered(world.deps, world.site.id, wave)] == [into]
    assert cards(world) == [(into, 2), (wave, 3)], "looking changes nothing"


def test_only_two_that_are_there_and_by_themselves_are_merged(world: World) -> None:
    wave, into = two(world)
    third = wave_of(world, [world.has(f"{OTHER} Number {n}, says one.", thread=f"c-{n}") for n in range(2)][1])

    for one, other in ((wave, uuid4()), (uuid4(), into)):
        with pytest.raises(NotFound):
            merge(world, one, other)
    with pytest.raises(Conflict):
        merge(world, wave, wave)
    with pytest.raises(Conflict):
        split(world, wave)
    merge(world, wave, into)
    for one, other in ((wave, into), (into, wave), (into, third), (third, wave)):
        with pytest.raises(Conflict):
            merge(world, one, other)
    merge(world, third, into)
    assert cards(world) == [(into, 7)]
    assert merging.offered(world.deps, world.site.id, into) is None


def test_a_site_merges_its_own_waves_alone(world: World) -> None:
    wave, into = two(world)
    elsewhere = world.deps.new_id()

    for ask in (merging.foreseen, merging.merge):
        with pytest.raises(NotFound):
            ask(world.deps, elsewhere, wave, into)
    merge(world, wave, into)
    with pytest.raises(NotFound):
        merging.split(world.deps, elsewhere, wave)


def test_merging_and_splitting_are_written_down(world: World) -> None:
    wave, into = two(world)
    merge(world, wave, into)
    split(world, wave)

    with world.deps.reading(None) as uow:
        rows = uow.connection.execute(  # type: ignore[attr-defined]
            select(AuditRow.act, AuditRow.subject, AuditRow.told).order_by(AuditRow.id)
        ).all()

    told = [(str(row.act), row.subject, row.told) for row in rows if str(row.act).startswith("waves")]
    assert told == [("waves-merged", wave, {"into": str(into)}), ("waves-split", wave, {"off": str(into)})]


def test_what_waits_of_a_wave_that_rested_brings_its_card_back(world: World, ann: Person) -> None:
    wave, into = two(world)
    merge(world, wave, into)
    decide(world, ann, into, Action.APPROVE)
    assert waves.ebb(world.deps) == 2
    assert cards(world) == []

    late = world.has(copy(9), thread="late")

    assert cards(world) == [(late.id, 1)]
    assert broken(world) == []
    world.has(copy(10), thread="later")
    assert cards(world) == [(into, 2)]


def broken(world: World) -> list[UUID]:
    """Name what waits in a wave and is in no queue, as `lychgate verify` finds it."""
    asked = text(verification.PROMISES["what waits in a wave is in the queue"].query)
    with world.deps.reading(None) as uow:
        bounds = {"after": UUID(int=0).hex, "upto": UUID(int=2**128 - 1).hex}
        return list(uow.connection.execute(asked, bounds).scalars())  # type: ignore[attr-defined]


def test_a_card_rests_before_it_is_forgotten_and_what_was_merged_goes_first(world: World, ann: Person) -> None:
    wave, into = two(world)
    merge(world, wave, into)
    decide(world, ann, into, Action.SPAM)
    waves.ebb(world.deps)
    assert recede(world, timedelta(hours=1)) == 0

    assert recede(world) == 3 + 1
    assert recede(world) == 2 + 1
    assert recede(world) == 0


WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def is_held_up(world: World) -> bool:
    with world.deps.reading(None) as uow:
        return bool(uow.connection.execute(text(WAITING)).scalar_one())  # type: ignore[attr-defined]


def test_who_waits_for_what_a_wave_was_merged_into_holds_none_that_comes_after_it(postgres_url: str) -> None:
    def lock() -> None:
        with world.deps.uow(None) as uow:
            uow.waves.lock([wave, last])

    with closing(World.at(postgres_url, scorers=obedient())) as world, ThreadPoolExecutor(1) as other:
        comment = world.has(OTHER)
        into, wave, last = made = [world.deps.new_id() for _ in range(3)]
        with world.deps.uow(None) as uow:
            uow.waves.add([begun(each, comment) for each in made])
            uow.commit()
        merge(world, wave, into)

        with world.deps.uow(None) as uow:
            uow.waves.lock([into])
            waits = other.submit(lock)
            while not (waits.done() or is_held_up(world)):
                pass
            uow.waves.lock([last])
        waits.result()
