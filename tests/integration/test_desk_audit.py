"""The audit and addresses at the desk: who may look, after proving again that it is them, and what is left of it."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import closing

import pytest
from api import Api
from desk import PASSWORD, Moderator, hires
from fakes.scorers import obedient
from makers import World

from moderation.domain.audit import Act
from moderation.domain.comment import Comment
from moderation.domain.person import Role
from moderation.services import audit, keys, notes, people, pins, sites
from moderation.services.notes import About
from moderation.wiring import starting_policy

ROOM = "/console/audit"
ADDRESS = "secret.name@example.com"
FRESH = "/console/verify"


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    with closing(World.at(sqlite_url, scorers=obedient())) as world:
        yield world


@pytest.fixture
def comment(world: World) -> Comment:
    return world.has("A maybe-toxicity remark.", name="Bo", email=ADDRESS)


@pytest.fixture
def owner(world: World) -> Moderator:
    return Moderator.of(world, "Olga", {world.site.id: Role.OWNER})


def email(comment: Comment) -> str:
    return f"/console/comments/{comment.id}/email"


def acts(world: World) -> list[Act]:
    return [row["act"] for row in audit.trail(world.deps, [world.site.id], {}).rows]


def test_a_senior_sees_an_address_once_after_saying_why(world: World, comment: Comment) -> None:
    senior = Moderator.of(world, "Sue", {world.site.id: Role.SENIOR})
    assert f'href="{email(comment)}"' in senior.sees(f"/console/comments/{comment.id}").text
    asked = senior.sees(email(comment))

    assert ADDRESS not in asked.text
    assert senior.sends(email(comment), {"reason": " "}, on=email(comment)).status_code == 422
    shown = senior.sends(email(comment), {"reason": "She asked us to write."}, on=email(comment))

    assert ADDRESS in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert ADDRESS not in senior.sees(email(comment)).text
    (look,) = audit.trail(world.deps, [world.site.id], {"acts": (Act.ADDRESS_SHOWN,)}).rows
    who = people.by_name(world.deps, "Sue").id
    assert (look["actor_id"], look["subject"], look["told"]["reason"]) == (who, comment.id, "She asked us to write.")


def test_a_moderator_finds_no_address(world: World, comment: Comment) -> None:
    ada = Moderator.of(world, "Ada")

    assert "/email" not in ada.sees(f"/console/comments/{comment.id}").text
    assert ada.sees(email(comment)).status_code == 404
    assert ada.sends(email(comment), {"reason": "I am curious."}).status_code == 404
    assert Act.ADDRESS_SHOWN not in acts(world)


def test_after_ten_minutes_one_proves_again_who_one_is(world: World, comment: Comment, owner: Moderator) -> None:
    world.clock.forward(minutes=11)

    led = owner.sees(email(comment))
    refused = owner.sends(email(comment), {"reason": "She asked us to write."})
    exported = owner.sends(f"{ROOM}/export", {"format": "csv"})

    assert [answer.status_code for answer in (led, refused, exported)] == [303] * 3
    assert led.headers["Location"].startswith(FRESH)
    assert {Act.ADDRESS_SHOWN, Act.AUDIT_EXPORTED} & set(acts(world)) == set()
    world.clock.forward(minutes=-11)
    onwards = led.headers["Location"]
    proved = owner.sends(onwards, {"password": PASSWORD, "next": email(comment)}, on=onwards)
    assert (proved.status_code, proved.headers["Location"]) == (302, email(comment))
    assert owner.sees(email(comment)).status_code == 200


def test_a_person_looks_twenty_times_an_hour_and_no_more(sqlite_url: str) -> None:
    with closing(World.at(sqlite_url, scorers=obedient(), rate_limits="on")) as world:
        comment = world.has("A maybe-toxicity remark.")
        owner = Moderator.of(world, "Olga", {world.site.id: Role.OWNER})
        typed = {"reason": "She asked us to write."}

        looked = [owner.sends(email(comment), typed, on=email(comment)).status_code for _ in range(21)]

        assert looked == [200] * 20 + [429]


def test_a_line_about_a_note_or_a_pin_leads_to_its_comment(world: World, comment: Comment, owner: Moderator) -> None:
    public = world.has("A calm remark.")
    note = notes.put(world.deps, world.site.id, comment.id, "Seen before.", about=About.COMMENT)
    notes.take(world.deps, world.site.id, note.id)
    pins.pin(world.deps, world.site.id, public.id, pinned=True)
    pins.pin(world.deps, world.site.id, public.id, pinned=False)

    done = [
        (Act.NOTED, comment),
        (Act.NOTE_REMOVED, comment),
        (Act.COMMENT_PINNED, public),
        (Act.COMMENT_UNPINNED, public),
    ]
    for act, subject in done:
        assert f'<a href="/console/comments/{subject.id}">' in owner.sees(f"{ROOM}?act={act}").text, act


def test_owners_see_who_did_what_at_their_own_sites(world: World, comment: Comment, owner: Moderator) -> None:
    other = sites.create(world.deps, name="Elsewhere", origins=[], policy=starting_policy("default"))
    ada, eve = Moderator.of(world, "Ada"), Moderator.of(world, "Eve", {other.id: Role.OWNER})
    ada.decides(comment.id, "reject", comment.version)

    page = owner.sees(ROOM)

    assert "held to rejected" in page.text
    assert f"/console/comments/{comment.id}" in page.text
    assert "Elsewhere" not in page.text
    assert f"/console/comments/{comment.id}" not in eve.sees(ROOM).text
    assert [eve.sees(f"{ROOM}?site={world.site.id}").status_code, ada.sees(ROOM).status_code] == [404, 404]
    assert eve.sends(f"{ROOM}/export", {"site": str(world.site.id)}).status_code == 404
    hers = owner.sees(f"{ROOM}?who={people.by_name(world.deps, 'Ada').id}&act=signed-in").text
    assert '<th scope="row"><bdi>Ada</bdi>' in hers
    assert "held to rejected" not in hers
    assert "Nothing of that kind was done." in owner.sees(f"{ROOM}?until=2000-01-01").text


def test_it_is_read_page_by_page(world: World, owner: Moderator) -> None:
    olga = people.by_name(world.deps, "Olga")
    for _ in range(50):
        people.sign_in(world.deps, olga, "Firefox/150.0")
    first = owner.sees(ROOM)
    onwards = first.text.partition('" rel="next"')[0].rpartition('href="')[2].replace("&amp;", "&")

    second = owner.sees(onwards)

    assert ("Added a site" in first.text.partition("<table>")[2], first.text.count('<th scope="row">')) == (False, 50)
    assert ("Added a site" in second.text.partition("<table>")[2], second.text.count('<th scope="row">')) == (True, 3)


def test_it_is_taken_along_without_formulas(world: World, comment: Comment, owner: Moderator) -> None:
    hires(world, "=HYPERLINK(1)", {world.site.id: Role.MODERATOR})
    Api.over(world).decide(comment, "approve")

    table = owner.sends(f"{ROOM}/export", {"format": "csv"}, on=ROOM).text
    lines = owner.sends(f"{ROOM}/export", {"format": "jsonl"}, on=ROOM).text

    rows = list(csv.DictReader(io.StringIO(table)))
    assert rows[0]["did"] == "Took the audit along"
    assert "'=HYPERLINK(1)" in {row["about"] for row in rows}
    assert {row["kind"] for row in rows} == {"person", "key", "operator"}
    told = [json.loads(line) for line in lines.splitlines()]
    assert len(told) == len(rows) + 1
    assert {"approved", "held"} <= {word for one in told if one["act"] == "decided" for word in one["what"].split()}
    assert acts(world)[:2] == [Act.AUDIT_EXPORTED] * 2


def test_what_a_key_does_is_told_as_the_keys(world: World, owner: Moderator) -> None:
    api = Api.over(world)
    made = api.post("/v1/keys", {"name": "cache", "scopes": ["read"]}).json

    (row,) = audit.trail(world.deps, [world.site.id], {"acts": (Act.KEY_ADDED,)}, limit=1).rows
    assert row["subject"] == keys.listed(world.deps, world.site.id)[-1].id
    assert str(row["subject"]) == made["id"]
    assert row["actor_id"] == keys.listed(world.deps, world.site.id)[0].id
    assert "cache" in owner.sees(ROOM).text
