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
