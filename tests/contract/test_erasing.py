"""Whoever is erased leaves nothing: of what they wrote, of what was written about them, or that they were there."""

from contextlib import suppress
from dataclasses import replace

import leaks
import pytest
from leaks import Canaries
from test_races import together
from traces import ADDRESS, CANARY, NAME, SECRETS, Scene

from moderation.domain.ban import Effect, Mark
from moderation.domain.comment import Comment, Status
from moderation.domain.decision import Actor
from moderation.domain.erasure import Kept
from moderation.domain.event import EventType
from moderation.domain.member import Member
from moderation.domain.privacy import SecretEmail
from moderation.services import bans, erasing, sites
from moderation.services.bans import BanWish
from moderation.services.ports import Bell
from moderation.services.sweep import due
from moderation.wiring import starting_policy


def test_nothing_is_left_of_whoever_is_erased_in_any_table(scene: Scene, traces: list[Comment]) -> None:
    assert scene.found() == {*SECRETS, "fingerprint"}, "there is something to be erased"
    assert scene.kept() == Kept(comments=7, public=2, decisions=12, reveals=1, notes=2, bans=3, mailboxes=1, mails=1)

    scene.finishes()

    assert scene.found() == set()
    assert scene.kept() == Kept()
    assert scene.broken() == {}
    assert {scene.world.status_of(comment) for comment in traces} == {Status.DELETED}
    scene.world.close()  # With its last connection gone, SQLite has written everything to its one file.
    assert Canaries(SECRETS).in_(leaks.database(scene.world.settings.database_url)) == set()


def test_what_somebody_appealed_with_and_was_told_is_gone_with_them(scene: Scene) -> None:
    appealed = scene.appeals()
    assert scene.found() >= {NAME, "warbling"}

    scene.finishes()

    assert scene.found() == set()
    assert scene.broken() == {}
    with scene.world.deps.reading(None) as uow:
        assert uow.appeals.of([appealed.id]) == {}


def test_publishers_hear_of_what_they_may_have_and_are_told_none_of_it(scene: Scene, traces: list[Comment]) -> None:
    receiver = scene.house.listens()
    careful, other = (scene.house.listens(events=(kind,)) for kind in (EventType.DELETED, EventType.APPROVED))
    late = scene.writes("late")

    scene.finishes()
    scene.house.tells()

    erased = [told for told in receiver.heard if told["type"] == EventType.ERASED]
    gone = [comment for comment in [*traces, late] if comment.status is not Status.DELETED]
    assert {told["data"]["comment"]["id"] for told in erased} >= {str(comment.id) for comment in gone}
    assert {told["data"]["by"] for told in erased} == {"erasure"}
    assert Canaries(SECRETS).in_(b"\n".join(body for _, body in receiver.server.asked)) == set()
    assert scene.found() == set(), "not even in what they answered"
    assert EventType.ERASED in careful.types, "whoever takes out what is deleted hears of it"
    assert EventType.ERASED not in other.types


@pytest.mark.usefixtures("traces")
def test_whoever_else_wrote_there_and_whatever_was_written_elsewhere_stays(scene: Scene) -> None:
    world = scene.world
    other = world.has("An answer by somebody else, which stays.", email="ben@example.com", name="Ben")
    wish = BanWish(Effect.PREMODERATE, Mark.ADDRESS, "Of Ben.")
    bans.ban(world.deps, scene.ada, world.site.id, other.id, wish)
    elsewhere = sites.create(world.deps, name="Elsewhere", origins=[], policy=starting_policy("default"))
    there = replace(world, site=elsewhere).has("The same person elsewhere.", **CANARY)
    before = world.look(other), world.look(there)

    scene.finishes()

    assert (world.look(other), world.look(there)) == before
    assert scene.kept(elsewhere.id).comments == 1
    assert erasing.count(world.deps, world.site.id, other.fingerprint or b"").bans == 1
    assert scene.broken() == {}


@pytest.mark.usefixtures("traces")
def test_bans_are_kept_where_the_operator_says_so(scene: Scene) -> None:
    scene.finishes(keep_bans=True)

    assert scene.kept() == Kept(bans=1), "by the fingerprint; the others' comments are nobody's now"
    assert scene.found() >= {"fingerprint"}
    later = scene.writes("later", address="192.0.2.1", name="Somebody", website=None)
    assert (later.status, later.reasons) == (Status.HELD, ("premoderated",))


@pytest.mark.usefixtures("traces")
def test_what_is_written_after_the_wish_is_not_meant(scene: Scene) -> None:
    (asked,) = scene.asks()
    scene.world.clock.forward(seconds=1)
    later = scene.writes("afterwards")

    while erasing.erase(scene.world.deps, asked):
        pass

    assert scene.world.look(later) == later
    assert scene.kept().comments == 1
    assert scene.broken() == {}


def test_a_wish_is_done_by_workers_to_the_end_and_no_piece_twice(scene: Scene, traces: list[Comment]) -> None:
    assert Bell.HOUSEKEEPING not in due(scene.world.deps)
    (asked,) = scene.asks()
    assert erasing.erase(scene.world.deps, asked, most=2) == 2, "and whoever does it dies here"
    assert Bell.HOUSEKEEPING in due(scene.world.deps)

    rounds = 0
    while erasing.carry_on(scene.world.deps, most=2):
        rounds += 1

    assert rounds == 4, "three pieces, and what is left when there are none"
    assert Bell.HOUSEKEEPING not in due(scene.world.deps)
    assert scene.found() == set()
    assert scene.broken() == {}
    decided = [scene.world.log_of(comment)[-1].by for comment in traces]
    assert decided.count(Actor.ERASURE) == len([one for one in traces if one.status is not Status.DELETED])


@pytest.mark.usefixtures("traces")
def test_a_piece_that_fails_leaves_all_of_it_to_the_next_try(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    (asked,) = scene.asks()
    before = scene.dump()
    with monkeypatch.context() as broken, suppress(ZeroDivisionError):
        broken.setattr(erasing, "_empty", lambda *_: 1 / 0)
        erasing.erase(scene.world.deps, asked)
    assert scene.dump() == before

    while erasing.carry_on(scene.world.deps):
        pass

    assert scene.found() == set()


def test_what_a_backup_brings_back_is_erased_again_by_the_list(scene: Scene) -> None:
    scene.writes("before")
    scene.finishes()
    kept = erasing.listed(scene.world.deps)
    scene.house.alters("DELETE FROM erasure")  # As a backup from before knows nothing of it.
    scene.world.clock.forward(days=-2)
    scene.writes("brought back")
    scene.world.clock.forward(days=4)
    since = scene.writes("since")

    for erasure in erasing.again(scene.world.deps, kept):
        while erasing.erase(scene.world.deps, erasure):
            pass

    assert scene.kept().comments == 1
    assert scene.world.look(since).text == since.text
    assert [each.asked_at for each in erasing.listed(scene.world.deps)] == [each.asked_at for each in kept]


def test_a_list_may_name_a_site_that_is_not_here_and_go_back_behind_no_later_wish(scene: Scene) -> None:
    (first,) = scene.asks()
    scene.world.clock.forward(days=1)
    (second,) = scene.asks()
    stranger = replace(first, id=scene.world.deps.new_id(), site_id=scene.world.deps.new_id())

    assert [each.asked_at for each in erasing.again(scene.world.deps, [first, stranger])] == [second.asked_at]


def test_whom_no_backup_can_bring_back_is_forgotten(scene: Scene) -> None:
    scene.writes("once")
    scene.finishes()
    scene.asks()
    assert erasing.purge(scene.world.deps) == 0
    scene.finishes()
    scene.house.alters("UPDATE erasure SET finished_at = '2020-01-01 00:00:00'")

    assert erasing.purge(scene.world.deps) == 1
    assert erasing.listed(scene.world.deps) == []


def test_a_member_is_found_by_the_address_that_the_site_vouched_for(scene: Scene) -> None:
    member = Member("42", NAME, SecretEmail.parse(ADDRESS.upper()))
    moved = replace(member, email=SecretEmail.parse("moved@example.com"))
    other = Member("43", "Ben", SecretEmail.parse("ben@example.com"))
    first, second, stays = (
        scene.world.has(f"A member's {said} remark.", member=one, name=one.name, email=one.email)
        for said, one in (("first", member), ("second", moved), ("other", other))
    )

    scene.finishes()

    assert [scene.world.status_of(one) for one in (first, second, stays)] == [
        *[Status.DELETED] * 2,
        Status.APPROVED,
    ]


def test_two_who_erase_at_once_do_no_more_than_one(scene: Scene, traces: list[Comment]) -> None:
    (asked,) = scene.asks()

    def work() -> None:
        while erasing.erase(scene.world.deps, asked):
            pass

    assert together(work, work) == [None, None]

    assert scene.found() == set()
    assert scene.broken() == {}
    erased = [decision for one in traces for decision in scene.world.log_of(one) if decision.by is Actor.ERASURE]
    assert len(erased) == len([one for one in traces if one.status is not Status.DELETED])
