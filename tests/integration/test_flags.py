"""Flags: readers bring a comment before a person; they neither count twice nor overrule that person."""

from collections.abc import Iterator
from contextlib import closing
from uuid import uuid4

import pytest
from api import Api
from fakes.scorers import obedient
from makers import World
from werkzeug.test import TestResponse

from moderation.domain.comment import Comment, Status
from moderation.domain.decision import Actor

NETWORKS = ["203.0.113.7", "198.51.100.7", "2001:db8:0:1::1", "192.0.2.7"]


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with closing(World.at(database_url, scorers=obedient())) as world:
        yield world


@pytest.fixture
def api(world: World) -> Api:
    return Api.over(world)


def flags(api: Api, comment: Comment, place: str, reason: str = "offensive") -> TestResponse:
    """Flag a comment from a network address, as anybody may."""
    api.world.clock.forward(seconds=1)
    path = f"/v1/comments/{comment.id}/flags"
    return api.post(path, {"reason": reason}, secret=None, environ_base={"REMOTE_ADDR": place})


def shown(api: Api) -> set[str]:
    answer = api.get(f"/v1/sites/{api.site.key}/comments?thread=article-1", secret=None)
    return {item["id"] for item in answer.json["items"]}


def test_the_third_network_brings_a_public_comment_before_a_person(world: World, api: Api) -> None:
    comment = world.has("Lovely photos!")
    for place in NETWORKS[:2]:
        assert flags(api, comment, place).status_code == 202
        assert world.status_of(comment) is Status.APPROVED
    assert shown(api) == {str(comment.id)}

    assert flags(api, comment, NETWORKS[2]).status_code == 202

    held = world.look(comment)
    assert (held.status, held.reasons) == (Status.HELD, ("flagged",))
    assert (world.log_of(comment)[-1].by, world.log_of(comment)[-1].previous) == (Actor.READER, Status.APPROVED)
    assert shown(api) == set()
    assert [event["type"] for event in world.events()][-4:] == ["comment.flagged"] * 3 + ["comment.held"]
    assert api.get(f"/v1/moderation/comments/{comment.id}").json["flags"] == 3


@pytest.mark.parametrize(
    ("one", "same"), [("203.0.113.7", "203.0.113.7"), ("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff")]
)
def test_a_network_counts_once_and_is_told_the_same_each_time(world: World, api: Api, one: str, same: str) -> None:
    comment = world.has("Lovely photos!")

    answers = [flags(api, comment, place) for place in (one, same, one, same)]

    assert {(answer.status_code, answer.data) for answer in answers} == {(202, answers[0].data)}
    assert world.status_of(comment) is Status.APPROVED
    assert [event["type"] for event in world.events()].count("comment.flagged") == 1
    assert api.get(f"/v1/moderation/comments/{comment.id}").json["flags"] == 1


def test_networks_are_counted_for_each_comment_by_itself(world: World, api: Api) -> None:
    comments = [world.has(f"Lovely photos, number {number}!") for number in range(3)]

    for comment, place in zip(comments, NETWORKS, strict=False):
        flags(api, comment, place)
        flags(api, comment, NETWORKS[-1])

    assert {world.status_of(comment) for comment in comments} == {Status.APPROVED}


def test_readers_do_not_overrule_a_person_who_knew_of_their_flags(world: World, api: Api) -> None:
    comment = world.has("Lovely photos!")
    flags(api, comment, NETWORKS[0])
    world.clock.forward(seconds=1)
    api.decide(comment, "approve")

    for place in NETWORKS[1:]:
        assert flags(api, comment, place).status_code == 202

    assert world.status_of(comment) is Status.APPROVED
    assert [event["type"] for event in world.events()].count("comment.flagged") == 4


def test_a_person_who_approved_before_anybody_flagged_is_asked_again(world: World, api: Api) -> None:
    comment = world.has("maybe-spam")
    api.decide(comment, "approve")

    for place in NETWORKS[:3]:
        flags(api, comment, place)

    assert world.status_of(comment) is Status.HELD


def test_what_a_person_approved_after_readers_had_it_held_stays_public(world: World, api: Api) -> None:
    comment = world.has("Lovely photos!")
    for place in NETWORKS[:3]:
        flags(api, comment, place)
    world.clock.forward(seconds=1)
    api.decide(comment, "approve")

    flags(api, comment, NETWORKS[3])

    assert world.status_of(comment) is Status.APPROVED


@pytest.mark.parametrize("text", ["maybe-spam", "SPAM", "TOXICITY"])
def test_what_is_not_public_cannot_be_flagged(world: World, api: Api, text: str) -> None:
    answer = flags(api, world.has(text), NETWORKS[0])

    assert (answer.status_code, answer.json["type"]) == (404, "/docs/problems#not-found")


def test_what_waits_and_what_never_was_are_told_alike(world: World, api: Api) -> None:
    waiting = flags(api, world.receives(), NETWORKS[0])
    unknown = api.post(f"/v1/comments/{uuid4()}/flags", {"reason": "spam"}, secret=None)

    ours = ("type", "title", "status", "detail")
    assert waiting.status_code == 404
    assert {name: waiting.json[name] for name in ours} == {name: unknown.json[name] for name in ours}
    assert "comment.flagged" not in {event["type"] for event in world.events()}
