"""Whoever is erased leaves nothing: of what they wrote, of what was written about them, or that they were there."""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

import leaks
import pytest
from leaks import Canaries
from makers import World, remember
from publisher import House
from servers.scorer import Handler
from test_races import together

from moderation.adapters.db import chains, verification
from moderation.domain.ban import Effect, Mark
from moderation.domain.comment import Comment, Status
from moderation.domain.decision import Action, Actor
from moderation.domain.erasure import Erasure, Kept
from moderation.domain.event import EventType
from moderation.domain.mailbox import Notify
from moderation.domain.member import Member
from moderation.domain.person import Person, Role
from moderation.domain.privacy import SecretEmail
from moderation.services import authors, bans, erasing, flags, notes, people, review, sites
from moderation.services.bans import BanWish
from moderation.services.identities import prints_at
from moderation.services.ports import Bell
from moderation.services.review import Moderator, Wish
from moderation.services.sweep import due
from moderation.wiring import starting_policy

ADDRESS: Final = "canary.particular@example.com"
NAME: Final = "Canaria Particular"
SECRETS: Final = (ADDRESS, NAME, "warbling", "canary-site.example", "198.51.100")
CANARY: Final = {"email": ADDRESS, "name": NAME, "website": "https://canary-site.example", "address": "198.51.100.77"}
SAID: Final = "A calm warbling about the harvest, long enough to be found again by what it is like, number"


def echoing(handler: Handler) -> None:
    """Answer with what was told."""
    handler.say(200, handler.body)


@dataclass
class Scene:
    """An installation in which somebody left every trace that there is, beside somebody else who did too."""

    house: House
    ada: Person

    @property
    def world(self) -> World:
        return self.house.world

    @property
    def moderator(self) -> Moderator:
        return Moderator(self.world.site.id, self.ada.id, Actor.PERSON)

    def decides(self, comment: Comment, action: Action, note: str = "") -> None:
        seen = self.world.look(comment).version
        review.decide(self.world.deps, self.moderator, Wish(comment.id, seen, action, "read-twice", note))

    def writes(self, number: object, **others: Any) -> Comment:
        return self.world.has(f"{SAID} {number}.", **{**CANARY, "thread": f"article-{number}", **others})

    def fingerprint(self, site_id: Any = None) -> bytes:
        return self.world.deps.seals.fingerprint(site_id or self.world.site.id, SecretEmail.parse(ADDRESS))

    def asks(self, **choices: Any) -> list[Erasure]:
        site_id = self.world.site.id
        prints = prints_at(self.world.deps, site_id, SecretEmail.parse(ADDRESS))
        return erasing.ask(self.world.deps, site_id, prints, **choices)

    def kept(self, site_id: Any = None) -> Kept:
        where = site_id or self.world.site.id
        return erasing.count(self.world.deps, where, self.fingerprint(where))

    def dump(self) -> bytes:
        return leaks.rows(self.world.settings.database_url, without=("erasure",))

    def found(self) -> set[str]:
        """Name what is left of the author in any row of any table, the fingerprint too."""
        held, whose = self.dump(), self.fingerprint()
        prints = {"fingerprint"} if whose in held or whose.hex().encode() in held else set[str]()
        return Canaries(SECRETS).in_(held) | prints

    def broken(self) -> dict[str, list[str]]:
        database = self.world.deps.uow.__self__  # type: ignore[attr-defined]
        found = verification.broken(database) | chains.broken(database)
        return {promise: ids for promise, ids in found.items() if ids}


@pytest.fixture
def scene(house: House) -> Scene:
    ada, _ = people.create(house.world.deps, name="Ada", roles={house.world.site.id: Role.OWNER})
    return Scene(house, ada)


@pytest.fixture
def traces(scene: Scene) -> list[Comment]:
    """Let the author leave every trace that there is."""
    world = scene.world
    scene.house.listens(echoing)
    told = {"replies": Notify.EACH, "decision": True, "idempotency_key": "a-key"}
    comments = [scene.writes(number, **(told if number == 1 else {})) for number in range(1, 7)]
    public, held, undone, withdrawn, pending, noted = comments
    scene.decides(held, Action.HOLD, "The warbling of Canaria Particular.")
    scene.decides(undone, Action.DELETE, "More warbling.")
    authors.withdraw(world.deps, withdrawn.id)
    authors.edit(world.deps, pending.id, f"{SAID} edited.")
    review.reveal(world.deps, scene.moderator, public.id, f"Asked {ADDRESS}.")
    notes.write(world.deps, scene.ada, world.site.id, noted.id, f"{NAME} again.", about_author=True)
    notes.write(world.deps, scene.ada, world.site.id, noted.id, f"{NAME} here.", about_author=False)
    for mark, typed in ((Mark.ADDRESS, ""), (Mark.NETWORK, ""), (Mark.NAME, NAME)):
        wish = BanWish(Effect.PREMODERATE, mark, f"Of {NAME}.", typed)
        bans.ban(world.deps, scene.ada, world.site.id, public.id, wish)
    flags.flag(world.deps, world.site.id, public.id, reason="spam", address="203.0.113.77")
    world.follows(scene.writes("followed"))
    remember(world, world.look(public))
    world.words()
    scene.house.tells()
    return [world.look(comment) for comment in comments]


def finish(scene: Scene, **choices: Any) -> None:
    for erasure in scene.asks(**choices):
        while erasing.erase(scene.world.deps, erasure):
            pass


def test_nothing_is_left_of_whoever_is_erased_in_any_table(scene: Scene, traces: list[Comment]) -> None:
    assert scene.found() == {*SECRETS, "fingerprint"}, "there is something to be erased"
    assert scene.kept() == Kept(comments=7, public=2, decisions=12, reveals=1, notes=2, bans=3, mailboxes=1, mails=1)

    finish(scene)

    assert scene.found() == set()
    assert scene.kept() == Kept()
    assert scene.broken() == {}
    assert {scene.world.status_of(comment) for comment in traces} == {Status.DELETED}
    scene.world.close()  # With its last connection gone, SQLite has written everything to its one file.
    assert Canaries(SECRETS).in_(leaks.database(scene.world.settings.database_url)) == set()


def test_publishers_hear_of_what_they_may_have_and_are_told_none_of_it(scene: Scene, traces: list[Comment]) -> None:
    receiver = scene.house.listens()
    late = scene.writes("late")

    finish(scene)
    scene.house.tells()

    erased = [told for told in receiver.heard if told["type"] == EventType.ERASED]
    gone = [comment for comment in [*traces, late] if comment.status is not Status.DELETED]
    assert {told["data"]["comment"]["id"] for told in erased} >= {str(comment.id) for comment in gone}
    assert {told["data"]["by"] for told in erased} == {"erasure"}
    assert Canaries(SECRETS).in_(b"\n".join(body for _, body in receiver.server.asked)) == set()
    assert scene.found() == set(), "not even in what they answered"


@pytest.mark.usefixtures("traces")
def test_whoever_else_wrote_there_and_whatever_was_written_elsewhere_stays(scene: Scene) -> None:
    world = scene.world
    other = world.has("An answer by somebody else, which stays.", email="ben@example.com", name="Ben")
    wish = BanWish(Effect.PREMODERATE, Mark.ADDRESS, "Of Ben.")
    bans.ban(world.deps, scene.ada, world.site.id, other.id, wish)
    elsewhere = sites.create(world.deps, name="Elsewhere", origins=[], policy=starting_policy("default"))
    there = replace(world, site=elsewhere).has("The same person elsewhere.", **CANARY)
    before = world.look(other), world.look(there)

    finish(scene)

    assert (world.look(other), world.look(there)) == before
    assert scene.kept(elsewhere.id).comments == 1
    assert erasing.count(world.deps, world.site.id, other.fingerprint or b"").bans == 1
    assert scene.broken() == {}


@pytest.mark.usefixtures("traces")
def test_bans_are_kept_where_the_operator_says_so(scene: Scene) -> None:
    finish(scene, keep_bans=True)

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


def test_a_wish_is_done_by_workers_to_the_end_and_no_piece_twice(
    scene: Scene, traces: list[Comment], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "PIECE", 2)
    assert Bell.HOUSEKEEPING not in due(scene.world.deps)
    (asked,) = scene.asks()
    assert erasing.erase(scene.world.deps, asked) == 2, "and whoever does it dies here"
    assert Bell.HOUSEKEEPING in due(scene.world.deps)

    rounds = 0
    while erasing.carry_on(scene.world.deps):
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
    finish(scene)
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
    finish(scene)
    scene.asks()
    assert erasing.purge(scene.world.deps) == 0
    finish(scene)
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

    finish(scene)

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
