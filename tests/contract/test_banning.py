"""Bans, notes and lists keep their promises on every database: judged with the scores, apart by site, gone in time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from api import Api
from hearing import hear
from makers import World

from moderation.domain.ban import Ban, Effect, Mark
from moderation.domain.comment import Comment, Status
from moderation.domain.decision import Action, Actor
from moderation.domain.errors import Conflict, Invalid, NotFound, Stale
from moderation.domain.person import Person, Role
from moderation.services import authors, bans, listings, notes, portraits, rescoring, review, sweep
from moderation.services.bans import BanWish
from moderation.services.ports import Period
from moderation.services.review import Moderator, Wish

BO = {"name": "Bo", "email": "bo@mail.example.com", "address": "203.0.113.77"}


@pytest.fixture
def senior(world: World) -> Person:
    return somebody(world, Role.SENIOR)


def somebody(world: World, role: Role | None) -> Person:
    """Give somebody of this role at the site; none of this asks who signed in."""
    roles = ((world.site.id, role),) if role else ()
    return Person(uuid4(), "Somebody", "", "", world.deps.now(), roles)


def banned(world: World, senior: Person, comment: Comment, mark: Mark = Mark.ADDRESS, **others: Any) -> Ban:
    wish = BanWish(**{"effect": Effect.BAN, "mark": mark, "reason": "Sells handbags.", **others})
    return bans.ban(world.deps, senior, world.site.id, comment.id, wish)


def now_has(world: World, text: str = "Lovely photos!", **others: Any) -> tuple[Status, tuple[str, ...]]:
    comment = world.has(text, **{**BO, "thread": f"article-{uuid4()}", **others})
    return comment.status, comment.reasons


def test_what_a_banned_author_sends_is_taken_and_rejected_and_a_person_may_still_approve_it(
    world: World, senior: Person
) -> None:
    first = world.has("Lovely photos!", **BO)
    banned(world, senior, first)

    later = world.has("Lovely harvest!", **BO)
    assert (later.status, later.reasons) == (Status.REJECTED, ("banned",))
    assert world.log_of(later)[-1].by is Actor.POLICY
    assert world.status_of(first) is Status.APPROVED, "what was decided stays decided"
    assert now_has(world, email="di@example.com")[0] is Status.APPROVED

    person = Moderator(world.site.id, senior.id, Actor.PERSON)
    review.decide(world.deps, person, Wish(later.id, later.version, Action.APPROVE))
    assert world.status_of(later) is Status.APPROVED


def test_nobody_outside_is_told_of_a_ban(world: World, senior: Person) -> None:
    banned(world, senior, world.has("Lovely photos!", **BO))
    api = Api.over(world)
    sent = api.post(
        f"/v1/sites/{world.site.key}/comments",
        {"thread": "t", "name": "Bo", "email": BO["email"], "text": "Hello."},
        secret=None,
    )
    world.scores()
    own = api.get(
        f"/v1/comments/{sent.json['id']}", secret=None, headers={"Authorization": f"Receipt {sent.json['receipt']}"}
    )

    assert (sent.status_code, sent.json["status"]) == (202, "pending")
    assert (own.json["status"], own.json["reason"]) == ("rejected", "house-rules")


def test_every_reason_is_kept_beside_a_ban(world: World, senior: Person) -> None:
    banned(world, senior, world.has("Lovely photos!", **BO))

    assert now_has(world, "SPAM for everyone") == (Status.REJECTED, ("spam", "banned"))


def test_who_is_read_first_is_held_however_well_it_scores(world: World, senior: Person) -> None:
    banned(world, senior, world.has("Lovely photos!", **BO), effect=Effect.PREMODERATE)

    assert now_has(world) == (Status.HELD, ("premoderated",))
    assert now_has(world, "SPAM for everyone") == (Status.SPAM, ("spam", "premoderated"))


@pytest.mark.parametrize(
    ("mark", "typed", "same", "other"),
    [
        (Mark.NETWORK, "", {"email": "di@example.com", "address": "203.0.113.9"}, {"address": "203.0.114.9"}),
        (Mark.NAME, "bob*", {"email": "di@example.com", "name": "B0bby", "address": None}, {"name": "Rambo"}),
        (Mark.DOMAIN, "example.com", {"email": "di@example.com", "address": None}, {"email": "bo@notexample.com"}),
    ],
)
def test_bans_by_other_marks_meet_others_too(
    world: World, senior: Person, mark: Mark, typed: str, same: dict[str, Any], other: dict[str, Any]
) -> None:
    banned(world, senior, world.has("Lovely photos!", **BO), mark, typed=typed)

    assert now_has(world, **same) == (Status.REJECTED, ("banned",))
    assert now_has(world, **other) == (Status.APPROVED, ())


def test_a_ban_ends_by_itself_or_is_lifted_by_somebody_who_is_remembered(world: World, senior: Person) -> None:
    comment = world.has("Lovely photos!", **BO)
    banned(world, senior, comment, days=2)
    endless = banned(world, senior, comment, effect=Effect.PREMODERATE)
    world.clock.forward(days=2)
    assert now_has(world) == (Status.HELD, ("premoderated",))

    lifted = bans.lift(world.deps, senior, world.site.id, endless.id)

    assert (lifted.lifted_by, lifted.undone) == (senior.id, False)
    assert now_has(world)[0] is Status.APPROVED
    with pytest.raises(Conflict):
        bans.lift(world.deps, senior, world.site.id, endless.id)
    again = bans.lift(world.deps, senior, world.site.id, banned(world, senior, comment).id)
    assert again.undone
    assert sweep.purge_bans(world.deps) == 0
    page = bans.listed(world.deps, [world.site.id], cursor=None, limit=2)
    rest = bans.listed(world.deps, [world.site.id], cursor=page.next, limit=2)
    assert [len(page.rows), len(rest.rows), rest.next] == [2, 1, None]
    world.clock.forward(days=366)
    assert sweep.purge_bans(world.deps) == 3


def test_only_seniors_and_owners_of_the_site_ban_and_lift(world: World, senior: Person) -> None:
    comment = world.has("Lovely photos!", **BO)
    ban = banned(world, senior, comment)
    for other in (somebody(world, Role.MODERATOR), somebody(world, None)):
        with pytest.raises(NotFound):
            banned(world, other, comment)
        with pytest.raises(NotFound):
            bans.lift(world.deps, other, world.site.id, ban.id)


def test_the_same_ban_twice_and_a_ban_of_nothing_are_refused(world: World, senior: Person) -> None:
    comment, nobody = world.has("Lovely photos!", **BO), world.has("Hello.", name="Di", email=None)
    banned(world, senior, comment)

    with pytest.raises(Conflict):
        banned(world, senior, comment)
    for mark in Mark:
        with pytest.raises(Invalid) as refused:
            banned(world, senior, nobody, mark, reason=" ", days=9999)
        assert len(refused.value.faults) == 3


def test_a_ban_of_one_site_is_none_of_another(world: World, senior: Person) -> None:
    banned(world, senior, world.has("Lovely photos!", **BO))
    elsewhere = replace(world, site=Api.over(world).elsewhere().site)

    assert now_has(elsewhere)[0] is Status.APPROVED


def test_an_edit_of_a_banned_author_is_judged_anew(world: World, senior: Person) -> None:
    comment = world.has("Lovely photos!", **BO)
    banned(world, senior, comment)

    authors.edit(world.deps, comment.id, "Lovely harvest!")
    world.scores()

    assert world.look(comment).reasons == ("banned",)


def test_a_batch_asks_once_for_bans_and_once_for_lists(world: World, senior: Person) -> None:
    banned(world, senior, world.has("Lovely photos!", **BO))
    for number in range(5):
        world.receives(f"A calm remark about harvest {number}.")

    heard = [said for said, _ in hear(world, lambda: world.scores("spam", "toxicity", "render"))]

    assert sum("FROM ban" in said for said in heard) == 1
    assert sum("FROM listing" in said for said in heard) == 1


def test_who_is_read_first_stays_so_when_scorers_look_again(world: World, senior: Person) -> None:
    banned(world, senior, world.has("Lovely photos!", **BO), effect=Effect.PREMODERATE)
    held = world.has("Lovely harvest!", **BO)
    period = Period(world.deps.now() - timedelta(days=1), world.deps.now() + timedelta(days=1))

    rescoring.rescore(world.deps, world.site, period, dry_run=False)

    assert world.look(held).reasons == ("premoderated",)


def test_an_author_is_known_by_what_they_sent(world: World, senior: Person) -> None:
    first = world.has("Lovely photos!", **BO)
    world.clock.forward(hours=1)
    spam = world.has("SPAM for everyone", **{**BO, "name": "Bob"})
    world.has("SPAM for all", **BO)
    world.has("Not theirs.")
    person = Moderator(world.site.id, senior.id, Actor.PERSON)
    review.decide(world.deps, person, Wish(spam.id, spam.version, Action.APPROVE))
    back = review.decide(world.deps, person, Wish(first.id, first.version, Action.SPAM))
    review.undo(world.deps, person, back.id)

    found = portraits.portrait(world.deps, world.site.id, spam.id)

    assert found.seen
    assert found.seen.last - found.seen.first == timedelta(hours=1)
    assert found.seen.names == (("Bo", 2), ("Bob", 1))
    assert (found.seen.decided, found.seen.overturned) == (3, 1)
    assert found.record == {"approved": 2, "spam": 1}
    page = portraits.comments(world.deps, found.comment, cursor=None, limit=2)
    rest = portraits.comments(world.deps, found.comment, cursor=page.next, limit=2)
    assert [len(page.rows), len(rest.rows), rest.next] == [2, 1, None]


def test_without_an_address_nobody_is_known(world: World) -> None:
    nobody = world.has("Hello.", name="Di", email=None)
    world.has("Hello again.", name="Di", email=None)

    found = portraits.portrait(world.deps, world.site.id, nobody.id)

    assert (found.seen, found.record) == (None, {})
    assert portraits.comments(world.deps, nobody, cursor=None, limit=9).rows == []


def test_notes_stand_with_a_comment_or_with_all_of_its_author_and_go_when_the_text_goes(
    world: World, senior: Person
) -> None:
    one, other = (world.has(f"Lovely photos {number}!", **BO) for number in (1, 2))
    write = _writing(world, senior)
    write(one, "Said before.", about_author=False)
    write(one, "Writes under pseudonyms.", about_author=True)

    assert [note.text for note in portraits.beside(world.deps, other).notes] == ["Writes under pseudonyms."]
    assert [note.text for note in portraits.beside(world.deps, one).notes] == [
        "Writes under pseudonyms.",
        "Said before.",
    ]
    assert "pseudonym" not in str(world.events())

    authors.withdraw(world.deps, one.id)
    forget(world)
    assert [note.text for note in portraits.beside(world.deps, other).notes] == ["Writes under pseudonyms."]
    assert portraits.beside(world.deps, world.look(one)).notes == []
    authors.withdraw(world.deps, other.id)
    forget(world)
    with world.deps.reading(None) as uow:
        left = uow.connection.exec_driver_sql("SELECT count(*) FROM note").scalar_one()  # type: ignore[attr-defined]
    assert left == 0


def test_no_note_is_written_where_the_text_is_gone(world: World, senior: Person) -> None:
    withdrawn = world.has("Lovely photos!", **BO)
    authors.withdraw(world.deps, withdrawn.id)
    forget(world)

    for about_author in (False, True):
        with pytest.raises(Conflict, match="gone"):
            _writing(world, senior)(withdrawn, "Too late.", about_author=about_author)
    assert portraits.beside(world.deps, world.look(withdrawn)).notes == []


def _writing(world: World, person: Person) -> Callable[..., object]:
    return lambda comment, text, **about: notes.write(world.deps, person, world.site.id, comment.id, text, **about)


def forget(world: World) -> None:
    with world.deps.uow(None) as uow:
        assert uow.comments.forget_deleted(timedelta(seconds=-5), 100) == 1
        uow.commit()


def test_a_note_is_taken_away_by_its_writer_or_a_senior(world: World, senior: Person) -> None:
    comment = world.has("Lovely photos!", **BO)
    ada, bert = somebody(world, Role.MODERATOR), somebody(world, Role.MODERATOR)
    first, second = (
        notes.write(world.deps, ada, world.site.id, comment.id, text, about_author=False) for text in ("One.", "Two.")
    )

    with pytest.raises(NotFound):
        notes.remove(world.deps, bert, world.site.id, first.id)
    notes.remove(world.deps, ada, world.site.id, first.id)
    notes.remove(world.deps, senior, world.site.id, second.id)
    assert list(portraits.beside(world.deps, comment).notes) == []
    for text, about_author in ((" ", False), ("x" * 1001, False), ("Hi.", True)):
        nobody = world.has(f"Hello {len(text)}.", name="Di", email=None)
        with pytest.raises(Invalid):
            notes.write(world.deps, ada, world.site.id, nobody.id, text, about_author=about_author)


def test_saved_lists_hold_from_the_next_comment_on_and_the_last_save_is_taken_back(
    world: World, senior: Person
) -> None:
    site_id = world.site.id
    with pytest.raises(Conflict):
        listings.undo(world.deps, senior, site_id, seen=None)
    assert now_has(world, "My gadgetron is here.")[0] is Status.APPROVED
    saved = listings.save(world.deps, senior, site_id, ["gadgetron*"], ["spam.example"], seen=None)

    assert now_has(world, "My g4dgetrons are here.") == (Status.HELD, ("word-list",))
    assert now_has(world, "See shop.spam.example for more.") == (Status.HELD, ("word-list",))
    assert now_has(world, "Nothing in it.", website="https://spam.example/") == (Status.HELD, ("word-list",))

    with pytest.raises(Stale):
        listings.save(world.deps, senior, site_id, ["other"], [], seen=None)
    other = listings.save(world.deps, senior, site_id, ["other"], [], seen=saved.id)
    assert now_has(world, "My gadgetron is there.")[0] is Status.APPROVED
    for seen in (saved.id, None):
        with pytest.raises(Stale):
            listings.undo(world.deps, senior, site_id, seen=seen)
    back = listings.undo(world.deps, senior, site_id, seen=other.id)
    assert (back.words, back.links) == (saved.words, saved.links)
    assert now_has(world, "My gadgetron is where?")[0] is Status.HELD


def test_a_preview_says_what_lists_would_have_caught_and_where_it_was_cut_off(world: World, senior: Person) -> None:
    world.has("A gadgetron that policy let through.")
    spoken = world.has("A maybe-toxicity gadgetron.", website="https://spam.example")
    world.has("Nothing in it.")
    person = Moderator(world.site.id, senior.id, Actor.PERSON)
    review.decide(world.deps, person, Wish(spoken.id, spoken.version, Action.APPROVE))
    listings.save(world.deps, senior, world.site.id, [], ["spam.example"], seen=None)

    found = listings.preview(world.deps, world.site.id, ["gadgetron", "*ass*"], [])

    assert (found.read, found.caught, found.public, found.approved, found.known) == (3, 2, 2, 1, 1)
    assert next(each.row["id"] for each in found.sample) == spoken.id
    assert not found.cut
    assert [hint.entry for hint in found.hints] == ["*ass*"]


def test_a_preview_ends_in_time_and_says_so(world: World) -> None:
    for number in range(3):
        world.has(f"A gadgetron, number {number}.")
    ticks = iter((0.0, 1.0, 99.0))

    found = listings.preview(world.deps, world.site.id, ["gadgetron"], [], batch=1, clock=lambda: next(ticks))

    assert (found.read, found.cut) == (2, True)


def test_lists_are_for_seniors_and_owners(world: World) -> None:
    ada = somebody(world, Role.MODERATOR)

    with pytest.raises(NotFound):
        listings.show(world.deps, ada, world.site.id)
    with pytest.raises(NotFound):
        listings.save(world.deps, ada, world.site.id, ["word"], [], seen=None)
