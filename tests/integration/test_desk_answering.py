"""Answering from a card: a reply of the staff, a pin, a closed page; each by a form without script, and taken back."""

import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from api import Api
from desk import Moderator
from fakes.scorers import obedient
from makers import World

from moderation.domain.audit import Act
from moderation.domain.comment import Comment, Status
from moderation.domain.person import Role
from moderation.services import audit, authors

JSON = {"Accept": "application/json"}
DECISION = re.compile(r'name="decision"\s+value="([0-9a-f-]+)"')
SAID = {"text": "Thank you; we *looked* into it.", "name": "The editors"}


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with closing(World.at(database_url, scorers=obedient())) as world:
        yield world


@pytest.fixture
def ada(world: World) -> Moderator:
    return Moderator.of(world, "Ada")


@pytest.fixture
def api(world: World) -> Api:
    return Api.over(world)


def at(comment: Comment, what: str) -> str:
    return f"/console/comments/{comment.id}/{what}"


def read(api: Api, query: str = "") -> dict[str, Any]:
    answer = api.get(f"/v1/sites/{api.site.key}/comments?thread=article-1{query}", secret=None)
    page: dict[str, Any] = answer.json
    return page


def counted(api: Api) -> int:
    counts: dict[str, int] = api.get(f"/v1/sites/{api.site.key}/counts?thread=article-1", secret=None).json
    return counts["article-1"]


def test_a_reply_is_published_at_once_with_a_badge_everywhere_and_taken_back(
    world: World, ada: Moderator, api: Api
) -> None:
    asked = world.has("When is the harvest?")

    told = ada.sends(at(asked, "replies"), {**SAID, "version": asked.version})
    world.scores()

    assert "Your reply is published." in told.text
    question, answer = read(api)["items"]
    assert question["id"] == str(asked.id)
    assert (answer["parent"], answer["author"]) == (
        str(asked.id),
        {"name": "The editors", "url": None, "staff": True},
    )
    assert answer["html"] == "<p>Thank you; we <em>looked</em> into it.</p>\n"
    assert counted(api) == 2
    assert [(event["type"], event["by"]) for event in world.events()][-2:] == [
        ("comment.received", "person"),
        ("comment.approved", "person"),
    ]
    page = api.get(f"/embed/{api.site.key}/thread?thread=article-1", secret=None).text
    assert page.count('<span class="badge">Staff</span>') == 1
    feed = fromstring(api.get(f"/embed/{api.site.key}/feed.atom?thread=article-1", secret=None).data)  # noqa: S314 (our own)
    badges = [item.get("label") for item in feed.iter("{http://www.w3.org/2005/Atom}category")]
    assert badges == ["Staff"]
    rest = api.get(f"/{api.site.key}/wp-json/wp/v2/comments", secret=None).json
    assert (rest[0]["author_name"], rest[0].get("staff")) == ("The editors", True)
    assert "staff" not in rest[1]

    (undo,) = DECISION.findall(told.text)
    again = ada.sends("/console/undo", {"decision": undo, "at": str(asked.id)})
    assert "Undone." in again.text
    assert f'data-id="{asked.id}"' in again.text, "one stays at the comment"
    assert [item["id"] for item in read(api)["items"]] == [str(asked.id)]
    assert _latest(world).status is Status.DELETED
    assert ada.sends(at(asked, "replies"), SAID).status_code == 200, "the same may be said again"


def _latest(world: World) -> Comment:
    """Give the latest comment that the site has."""
    with world.deps.views(world.site.id) as views:
        (row,) = views.queue(world.site.id, {"status": None}, after=None, limit=1)
    found: Comment = world.look(row["id"])
    return found


def test_under_what_nobody_sees_a_reply_stands_with_its_approval_or_not_at_all(
    world: World, ada: Moderator, api: Api
) -> None:
    held = world.has("A maybe-toxicity remark.")

    alone = ada.sends(at(held, "replies"), SAID)
    assert alone.status_code == 409
    assert "approve it with your reply" in alone.text
    assert "Thank you; we *looked* into it." in alone.text, "what was typed is there still"
    assert read(api)["items"] == []

    stale = ada.sends(at(held, "replies"), {**SAID, "approve": "yes", "version": held.version - 1}, headers=JSON)
    assert stale.status_code == 412
    assert (read(api)["items"], world.status_of(held)) == ([], Status.HELD)

    made = ada.sends(at(held, "replies"), {**SAID, "approve": "yes", "version": held.version}, headers=JSON)
    assert made.status_code == 200, made.text
    facts = made.get_json()["items"]
    assert [fact["status"] for fact in facts] == ["approved", "approved"]
    assert facts[1]["comment"] == str(held.id)
    assert [item["parent"] for item in read(api)["items"]] == [None, str(held.id)]
    assert counted(api) == 2

    ada.sends("/console/undo", {"decision": [fact["decision"] for fact in facts]})
    assert (read(api)["items"], counted(api)) == ([], 0)
    assert world.status_of(held) is Status.HELD


@pytest.mark.parametrize("typed", [{"text": " "}, {"name": ""}, {"text": "x" * 10_001}])
def test_what_cannot_be_a_reply_is_told(world: World, ada: Moderator, typed: dict[str, str]) -> None:
    asked = world.has("When is the harvest?")

    refused = ada.sends(at(asked, "replies"), {**SAID, **typed}, headers=JSON)

    assert refused.status_code == 422
    assert refused.get_json(force=True)["detail"].startswith(("Write your reply", "Use at most"))


def test_staff_answer_on_closed_pages_and_the_page_is_opened_again(world: World, ada: Moderator, api: Api) -> None:
    asked = world.has("When is the harvest?")

    assert "takes no more comments" in ada.sends(at(asked, "thread"), {"closed": "yes"}).text
    assert "Open its page" in ada.sees(f"/console/comments/{asked.id}").text
    refused = api.post(
        f"/v1/sites/{api.site.key}/comments",
        {"thread": "article-1", "name": "Bo", "email": "bo@example.com", "text": "Late."},
        secret=None,
    )
    assert refused.json["type"].endswith("#thread-closed")
    assert ada.sends(at(asked, "replies"), SAID).status_code == 200
    assert ada.sends(at(asked, "thread"), {"closed": "no"}, headers=JSON).get_json()["items"] == [
        {"comment": str(asked.id), "told": "Its page takes comments again."}
    ]
    assert world.receives("In time.").status is Status.PENDING


def test_what_is_pinned_comes_first_and_stands_at_its_place_again(world: World, ada: Moderator, api: Api) -> None:
    first, second, third = (world.has(f"Lovely photos, number {number}!") for number in range(3))
    reply = world.has("I think so, too.", parent=third.id)
    before = api.get(f"/v1/sites/{api.site.key}/comments?thread=article-1", secret=None)
    assert "pinned" not in before.json

    assert "comes first on its page" in ada.sends(at(second, "pin"), {"pinned": "yes"}).text
    assert api.call("PUT", f"/v1/moderation/comments/{third.id}/pin").json == {
        "comment": str(third.id),
        "thread": "article-1",
        "pinned": True,
    }
    assert "Unpin" in ada.sees(f"/console/comments/{second.id}").text

    page = api.get(f"/v1/sites/{api.site.key}/comments?thread=article-1", secret=None)
    assert page.headers["ETag"] != before.headers["ETag"]
    assert [item["id"] for item in page.json["pinned"]] == [str(third.id), str(second.id)]
    assert [item["id"] for item in page.json["items"]] == [str(each.id) for each in (first, second, third, reply)]
    cut = read(api, "&limit=1")
    assert [item["id"] for item in cut["pinned"]] == [str(third.id), str(second.id)]
    assert "pinned" not in read(api, f"&limit=1&cursor={cut['next']}")
    shown = api.get(f"/embed/{api.site.key}/thread?thread=article-1", secret=None).text
    places = re.findall(r'id="comment-([0-9a-f-]+)"', shown)
    assert places == [str(each.id) for each in (third, reply, second, first)]
    assert shown.count('<span class="badge">Pinned</span>') == 2

    assert ada.sends(at(third, "pin"), {"pinned": "no"}).status_code == 200
    assert api.call("DELETE", f"/v1/moderation/comments/{second.id}/pin").json["pinned"] is False
    assert api.call("DELETE", f"/v1/moderation/comments/{second.id}/pin").status_code == 200, "twice is as once"
    assert "pinned" not in read(api)
    entries = audit.trail(world.deps, [world.site.id], {}, cursor=None, limit=50).rows
    acts = [row["act"] for row in entries if row["act"] in {Act.COMMENT_PINNED, Act.COMMENT_UNPINNED}]
    assert sorted(acts) == ["comment-pinned"] * 2 + ["comment-unpinned"] * 2


def test_only_what_is_public_and_answers_nobody_is_pinned_and_five_at_most(
    world: World, ada: Moderator, api: Api
) -> None:
    held, top = world.has("A maybe-toxicity remark."), world.has("Lovely photos!")
    reply = world.has("I think so, too.", parent=top.id)
    for comment in (held, reply):
        refused = api.call("PUT", f"/v1/moderation/comments/{comment.id}/pin")
        assert refused.json["type"].endswith("#not-pinnable")
    assert ada.sends(at(held, "pin"), {"pinned": "yes"}).status_code == 409

    pinned = [world.has(f"Lovely photos, number {number}!") for number in range(6)]
    answers = [api.call("PUT", f"/v1/moderation/comments/{comment.id}/pin").status_code for comment in pinned]
    assert answers == [200] * 5 + [409]

    api.decide(pinned[0], "reject")
    assert str(pinned[0].id) not in [item["id"] for item in read(api)["pinned"]], "nobody sees what is not public"
    assert api.call("PUT", f"/v1/moderation/comments/{pinned[5].id}/pin").status_code == 200, "it made room"
    authors.edit(world.deps, pinned[5].id, "Something else altogether.")
    world.scores()
    assert str(pinned[5].id) not in [item["id"] for item in read(api)["pinned"]], "another text was pinned"


def test_other_sites_are_answered_by_nobody_of_ours(world: World, api: Api) -> None:
    asked, elsewhere = world.has("When is the harvest?"), api.elsewhere()
    stranger = Moderator.of(world, "Eve", {elsewhere.site.id: Role.OWNER})

    for what in ("replies", "pin", "thread"):
        assert stranger.sends(at(asked, what), {**SAID, "pinned": "yes", "closed": "yes"}).status_code == 404
    assert elsewhere.call("PUT", f"/v1/moderation/comments/{asked.id}/pin").status_code == 404
    assert len(read(api)["items"]) == 1
