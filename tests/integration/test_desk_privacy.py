"""What an author asked for, at the desk: for owners who proved again that it is them, and erased by no slip."""

import json
from collections.abc import Iterator
from contextlib import closing

import pytest
from desk import Moderator
from fakes.scorers import obedient
from makers import World

from moderation.domain.audit import Act, Doer
from moderation.domain.comment import Comment, Status
from moderation.domain.person import Role
from moderation.services import audit, erasing

BO = {"name": "Bo", "email": "bo.secret@example.com"}
WORD = {"word": " ERASE "}


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    with closing(World.at(sqlite_url, scorers=obedient())) as world:
        yield world


@pytest.fixture
def olga(world: World) -> Moderator:
    return Moderator.of(world, "Olga", {world.site.id: Role.OWNER})


@pytest.fixture
def comment(world: World) -> Comment:
    return world.has("A calm remark.", **BO)


def page(comment: Comment, what: str = "") -> str:
    return f"/console/comments/{comment.id}/author{what}"


def done(world: World) -> list[tuple[Act, Doer]]:
    asked = {"acts": (Act.AUTHOR_EXPORTED, Act.AUTHOR_ERASED)}
    return [(row["act"], row["by"]) for row in audit.trail(world.deps, [world.site.id], asked).rows]


def finish(world: World) -> None:
    while erasing.carry_on(world.deps):
        pass


def test_an_owner_takes_along_what_is_kept(world: World, olga: Moderator, comment: Comment) -> None:
    world.has("Another calm remark.", **BO)
    assert "bo.secret" not in olga.sees(page(comment)).text

    taken = olga.sends(page(comment, "/export"), on=page(comment))

    assert taken.headers["Content-Disposition"] == 'attachment; filename="author.json"'
    assert "no-store" in taken.headers["Cache-Control"]
    (site,) = json.loads(taken.data)["sites"]
    assert [one["email"] for one in site["comments"]] == [BO["email"]] * 2
    assert done(world) == [(Act.AUTHOR_EXPORTED, Doer.PERSON)]


def test_an_owner_erases_an_author_once_the_word_is_typed(world: World, olga: Moderator, comment: Comment) -> None:
    other = world.has("Something by somebody else.")
    way = page(comment, "/erase")
    assert f'href="{way}"' in olga.sees(page(comment)).text
    assert "Comments: 1" in olga.sees(way).text
    for typed in ({}, {"word": "yes"}, {"word": "erase!", "keep_bans": "yes"}):
        refused = olga.sends(way, typed, on=way)
        assert (refused.status_code, "by a slip" in refused.text) == (422, True)
        assert ("checked" in refused.text) == ("keep_bans" in typed)
    finish(world)
    assert world.look(comment) == comment

    led = olga.sends(way, WORD, on=way)

    assert (led.status_code, led.headers["Location"]) == (303, page(comment))
    assert "They are being erased" in olga.sees(page(comment)).text
    finish(world)
    gone = world.look(comment)
    assert (gone.status, gone.text, gone.name, gone.email) == (Status.DELETED, "", "", None)
    assert world.look(other) == other
    assert done(world) == [(Act.AUTHOR_ERASED, Doer.PERSON)]
    assert olga.sees(page(comment)).status_code == 200
    assert olga.sees(way).status_code == 404, "nobody is known by it any more"
    assert "Erased an author" in olga.sees("/console/audit").text


def test_whoever_is_banned_stays_so_where_the_owner_says_it(world: World, olga: Moderator, comment: Comment) -> None:
    ban = {"effect": "ban", "mark": "address", "days": "7", "reason": "Sells handbags."}
    olga.sends(f"/console/comments/{comment.id}/bans", ban, on=page(comment))
    way = page(comment, "/erase")

    olga.sends(way, {**WORD, "keep_bans": "yes"}, on=way)
    finish(world)

    assert world.has("A later remark.", **BO).reasons == ("banned",)


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.SENIOR])
def test_nobody_but_owners_finds_the_door(world: World, comment: Comment, role: Role) -> None:
    somebody = Moderator.of(world, "Sia", {world.site.id: role})

    assert "What they may ask for" not in somebody.sees(page(comment)).text
    assert somebody.sees(page(comment, "/erase")).status_code == 404
    assert somebody.sends(page(comment, "/erase"), WORD).status_code == 404
    assert somebody.sends(page(comment, "/export")).status_code == 404
    assert done(world) == []


def test_after_ten_minutes_one_proves_again_who_one_is(world: World, olga: Moderator, comment: Comment) -> None:
    world.clock.forward(minutes=11)

    for what, back in (("/export", ""), ("/erase", "/erase")):
        led = olga.sends(page(comment, what), WORD, on=page(comment))
        assert (led.status_code, page(comment, back) in led.headers["Location"].replace("%2F", "/")) == (303, True)
    finish(world)
    assert world.look(comment) == comment
    assert done(world) == []


def test_whoever_came_without_an_address_is_known_by_nothing(world: World, olga: Moderator) -> None:
    nobody = world.has("A calm remark.", email=None)

    assert "What they may ask for" not in olga.sees(page(nobody)).text
    assert olga.sees(page(nobody, "/erase")).status_code == 404
