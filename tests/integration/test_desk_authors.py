"""Authors at the desk: their page, bans, notes and the site's lists, by form and without script."""

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from api import Api
from desk import Moderator
from fakes.scorers import obedient
from makers import World

from moderation.domain.comment import Comment, Status
from moderation.domain.person import Role
from moderation.services import authors

BO = {"name": "Bo", "email": "bo.secret@example.com", "address": "203.0.113.77"}
BAN = {"effect": "ban", "mark": "address", "days": "7", "reason": "Sells <b>handbags</b>."}
BAN_ID = re.compile(r"/console/bans/([0-9a-f-]+)/lift")
NOTE_ID = re.compile(r"/console/notes/([0-9a-f-]+)/remove")
SEEN = re.compile(r'name="seen" value="([0-9a-f-]*)"')


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    with closing(World.at(sqlite_url, scorers=obedient())) as world:
        yield world


@pytest.fixture
def sia(world: World) -> Moderator:
    return Moderator.of(world, "Sia", {world.site.id: Role.SENIOR})


@pytest.fixture
def comment(world: World) -> Comment:
    return world.has("A maybe-toxicity remark.", **BO)


def of_author(comment: Comment) -> str:
    return f"/console/comments/{comment.id}/author"


def test_an_authors_page_tells_what_is_known_and_no_address(world: World, sia: Moderator, comment: Comment) -> None:
    for number in range(21):
        world.receives(f"A calm remark, number {number}.", **{**BO, "name": "Bobby"})
    world.scores()

    text = sia.sees(of_author(comment)).text

    assert "b***@e***.com" in text
    assert "secret" not in text
    assert "Bobby" in text
    assert "<b>21</b>" in text
    onwards = re.search(r'href="(\?cursor=[^"]+)" rel="next"', text)
    assert onwards
    last = sia.sees(of_author(comment) + onwards[1]).text
    assert "maybe-toxicity" in last
    assert "maybe-toxicity" not in text


def test_a_ban_is_made_seen_and_taken_back(world: World, sia: Moderator, comment: Comment) -> None:
    led = sia.sends(f"/console/comments/{comment.id}/bans", BAN, on=of_author(comment))
    assert (led.status_code, led.headers["Location"]) == (303, of_author(comment))
    page = sia.sees(of_author(comment)).text
    assert "From now on what they send is rejected" in page
    assert "&lt;b&gt;handbags" in page
    later = world.has("Lovely photos!", **BO)
    assert later.reasons == ("banned",)
    assert "Its author is banned here" in sia.sees(f"/console/comments/{later.id}").text

    rejected = re.search(r'href="([^"]+)">What bans rejected', page)
    assert rejected
    assert str(later.id) in sia.sees(rejected[1].replace("&amp;", "&")).text

    ban = BAN_ID.search(page)
    assert ban
    undone = sia.sends(f"/console/bans/{ban[1]}/lift", {"at": str(comment.id)}, on=of_author(comment))
    assert undone.headers["Location"] == of_author(comment)
    assert "Undone." in sia.sees(of_author(comment)).text
    assert "Undone by Sia" in sia.sees("/console/bans").text
    assert world.has("Lovely harvest!", **BO).status is Status.APPROVED
    assert sia.sends(f"/console/bans/{ban[1]}/lift").status_code == 409


@pytest.mark.parametrize(
    ("typed", "status", "sentence"),
    [
        ({"reason": ""}, 422, "Say why"),
        ({"mark": "name", "name": "b*"}, 422, "at least three letters"),
        ({"mark": "domain", "domain": "co.uk"}, 422, "Write a whole domain"),
        ({"days": "99999"}, 422, "Choose 1 to 3650 days"),
        ({"mark": "shoe size"}, 400, "Choose what is to become of whom"),
        ({"effect": "applause"}, 400, "Choose what is to become of whom"),
    ],
)
def test_a_faulty_ban_is_told_with_what_was_typed(
    sia: Moderator, comment: Comment, typed: dict[str, str], status: int, sentence: str
) -> None:
    answer = sia.sends(f"/console/comments/{comment.id}/bans", {**BAN, **typed}, on=of_author(comment))

    assert answer.status_code == status
    assert sentence in answer.text


def test_the_same_ban_twice_is_told(sia: Moderator, comment: Comment) -> None:
    answers = [sia.sends(f"/console/comments/{comment.id}/bans", BAN, on=of_author(comment)) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 409]
    assert "in force here already" in answers[1].text


def test_who_may_not_ban_sees_that_somebody_is_banned_and_no_network(
    world: World, sia: Moderator, comment: Comment
) -> None:
    sia.sends(f"/console/comments/{comment.id}/bans", {**BAN, "mark": "network"}, on=of_author(comment))
    ada = Moderator.of(world, "Ada")
    page, card = (ada.sees(path).text for path in (of_author(comment), f"/console/comments/{comment.id}"))

    assert all(": the network" in text and "203.0.113" not in text for text in (page, card))
    assert not BAN_ID.search(page)
    assert "203.0.113.0/24" in sia.sees("/console/bans").text
    assert ada.sends(f"/console/comments/{comment.id}/bans", BAN).status_code == 404
    assert ada.sees("/console/bans").status_code == 404
    assert ada.sees("/console/lists").status_code == 404


def test_notes_are_written_on_the_card_and_on_the_page_and_taken_away(
    world: World, sia: Moderator, comment: Comment
) -> None:
    ada, card = Moderator.of(world, "Ada"), f"/console/comments/{comment.id}"
    led = ada.sends(f"{card}/notes", {"text": "<i>Said</i> before.", "about": "comment", "tab": "all"}, on=card)
    assert led.headers["Location"] == f"{card}?tab=all"
    ada.sends(f"{card}/notes", {"text": "Two names.", "about": "author", "from": "author"}, on=of_author(comment))

    told = sia.sees(card).text
    assert "&lt;i&gt;Said&lt;/i&gt; before." in told
    assert "Two names." in told
    other = world.has("Another maybe-toxicity remark.", **BO)
    assert "Two names." in Moderator.of(world, "Bert").sees(f"/console/comments/{other.id}").text
    assert not NOTE_ID.search(Moderator.of(world, "Carl").sees(card).text)
    for note in NOTE_ID.findall(told):
        assert sia.sends(f"/console/notes/{note}/remove").status_code == 303
    assert "Two names." not in sia.sees(card).text
    assert ada.sends(f"{card}/notes", {"text": " "}, on=card).status_code == 422


def test_where_the_text_is_gone_the_desk_offers_no_note(world: World, comment: Comment) -> None:
    ada, card = Moderator.of(world, "Ada"), f"/console/comments/{comment.id}"
    pages = [card, f"{card}/author"]
    assert all(f'action="{card}/notes"' in ada.sees(page).text for page in pages)
    authors.withdraw(world.deps, comment.id)
    with world.deps.uow(None) as uow:
        uow.comments.forget_deleted(timedelta(seconds=-5), 100)
        uow.commit()

    for page in pages:
        seen = ada.sees(page)
        assert (seen.status_code, f'action="{card}/notes"' in seen.text) == (200, False)
    assert ada.sends(f"{card}/notes", {"text": "Too late."}, on=card).status_code == 409


def test_lists_are_tried_before_they_are_saved_and_the_save_is_taken_back(world: World, sia: Moderator) -> None:
    world.has("An innocent specialist with a G4dgetron, bought at https://spam.example/x.")
    lists = sia.sees("/console/lists").headers["Location"]
    typed = {"words": "gadgetron\n*cialis*", "links": "https://www.spam.example/", "seen": ""}

    tried = sia.sends(lists, {**typed, "do": "preview"}, on=lists).text
    assert "<b>1</b> of the 1 comments" in tried
    assert "<mark>G4dgetron</mark>" in tried
    assert "“specialist”" in tried
    assert world.has("Another gadgetron.").status is Status.APPROVED, "trying changes nothing"

    assert sia.sends(lists, {**typed, "do": "save"}, on=lists).status_code == 303
    held = world.has("One more gadgetron.")
    assert held.reasons == ("word-list",)
    assert "<mark" in sia.sees(f"/console/comments/{held.id}").text
    shown = sia.sees(lists).text
    assert "Saved by <bdi>Sia</bdi>" in shown
    late = sia.sends(lists, {**typed, "words": "other", "do": "save"}, on=lists)
    assert late.status_code == 412
    assert "other</textarea>" in late.text
    seen = SEEN.search(shown)
    assert seen
    assert sia.sends(f"{lists}/undo", {"seen": seen[1]}, on=lists).status_code == 303
    assert world.has("Yet another gadgetron.").status is Status.APPROVED
    assert sia.sends(f"{lists}/undo", {"seen": seen[1]}, on=lists).status_code == 412


def test_trying_or_mistyping_lists_does_not_let_a_later_save_overwrite_a_colleagues(sia: Moderator) -> None:
    lists = sia.sees("/console/lists").headers["Location"]
    sia.sends(lists, {"words": "gadgetron", "links": "", "seen": "", "do": "save"}, on=lists)

    for words, do in (("casino", "preview"), ("fine\n*", "save")):
        shown = sia.sends(lists, {"words": words, "links": "", "seen": "", "do": do}, on=lists).text
        seen = SEEN.search(shown)
        assert seen is not None
        assert (
            sia.sends(lists, {"words": "casino", "links": "", "seen": seen[1], "do": "save"}, on=lists).status_code
            == 412
        )
    assert "gadgetron</textarea>" in sia.sees(lists).text


@pytest.mark.parametrize("do", ["preview", "save"])
def test_what_cannot_be_listed_is_told_by_its_line(sia: Moderator, do: str) -> None:
    lists = sia.sees("/console/lists").headers["Location"]

    answer = sia.sends(lists, {"words": "fine\n*", "links": "co.uk", "do": do}, on=lists)

    assert answer.status_code == 422
    assert "Line 2: Beside the *" in answer.text
    assert "Line 1: Everybody may have a domain under this" in answer.text
    assert "fine\n*</textarea>" in answer.text


def test_an_author_is_shown_by_key(world: World, sia: Moderator, comment: Comment) -> None:
    sia.sends(f"/console/comments/{comment.id}/bans", {**BAN, "mark": "network"}, on=of_author(comment))
    sia.sends(f"/console/comments/{comment.id}/notes", {"text": "Two names.", "about": "author"})
    api = Api.over(world)

    shown: dict[str, Any] = api.get(f"/v1/moderation/comments/{comment.id}/author").json

    assert (shown["email"], shown["record"]["held"], shown["seen"]["overturned"]) == ("b***@e***.com", 1, 0)
    assert [(ban["mark"], ban["pattern"]) for ban in shown["bans"]] == [("network", None)]
    assert [(note["about"], note["text"]) for note in shown["notes"]] == [("author", "Two names.")]
    assert "203.0.113" not in str(shown)
