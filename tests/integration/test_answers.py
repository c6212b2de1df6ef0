"""Answers as they travel: what their bytes are, and what their headers promise."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from api import Api
from fakes.scorers import obedient
from makers import World

from moderation.domain.event import MOST_BYTES


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    with closing(World.at(sqlite_url, scorers=obedient())) as world:
        yield world


@pytest.fixture
def api(world: World) -> Api:
    return Api.over(world)


def test_an_event_that_keeps_its_text_is_no_longer_on_the_wire_than_it_was_measured(world: World, api: Api) -> None:
    text = ("é " * 5000).strip()
    world.has(text)
    world.events()

    answer = api.get("/v1/events?limit=1")

    assert [item["data"]["comment"]["text"] for item in answer.json["items"]] == [text]
    assert len(answer.data) < MOST_BYTES + len('{"items":[],"next":""}\n') + 200


def test_a_problem_writes_its_sentence_as_it_is_read(api: Api) -> None:
    assert "…" in api.get("/v1/keys", secret=None).data.decode()


def test_a_sites_recent_comments_are_sent_again_only_when_they_changed(world: World, api: Api) -> None:
    path = f"/v1/sites/{api.site.key}/comments?limit=2"
    for number in range(3):
        world.has(f"Lovely photos, number {number}!", thread=f"article-{number}")
    first = api.get(path, secret=None)
    tag = {"If-None-Match": first.headers["ETag"]}

    again = api.get(path, secret=None, headers=tag)
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])

    world.has("Lovely words!", thread="article-3")
    assert api.get(path, secret=None, headers=tag).status_code == 200


@pytest.mark.parametrize(("sort", "numbers"), [("", "210"), ("&sort=newest", "210"), ("&sort=oldest", "012")])
def test_a_sites_recent_comments_come_in_the_order_that_is_asked_for(
    world: World, api: Api, sort: str, numbers: str
) -> None:
    for number in range(3):
        world.has(f"Lovely photos, number {number}!", thread=f"article-{number}")
    path = f"/v1/sites/{api.site.key}/comments?limit=2{sort}"

    first = api.get(path, secret=None).json
    rest = api.get(f"{path}&cursor={first['next']}", secret=None).json

    assert "".join(item["text"][-2] for item in first["items"] + rest["items"]) == numbers


def test_a_part_of_a_tag_names_nothing(world: World, api: Api) -> None:
    world.has("Lovely photos!")
    path = f"/v1/sites/{api.site.key}/comments?thread=article-1"
    tag = api.get(path, secret=None).headers["ETag"]

    assert api.get(path, secret=None, headers={"If-None-Match": f"W/{tag}"}).status_code == 304
    assert api.get(path, secret=None, headers={"If-None-Match": f'{tag[:-1]}x"'}).status_code == 200
