"""A rush: whoever finds no place is told at once when to come back, and whoever only reads needs none."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from api import Api
from makers import World

from moderation.http.context import PLACES, Web


@pytest.fixture
def api(sqlite_url: str) -> Iterator[Api]:
    with closing(World.at(sqlite_url, rate_limits="off")) as world:
        yield Api.over(world)


@contextmanager
def all_places_taken(api: Api) -> Iterator[None]:
    web: Web = api.app.extensions["lychgate"]
    for _ in range(PLACES):
        web.places.acquire()
    yield
    for _ in range(PLACES):
        web.places.release()


def reply(number: int = 1) -> dict[str, str]:
    text = f"Number {number} is about the harvest."
    return {"thread": "t", "name": "Ann", "email": f"ann{number}@example.com", "text": text}


def test_whoever_finds_no_place_is_told_when_to_come_back(api: Api) -> None:
    path = f"/v1/sites/{api.site.key}/comments"
    with all_places_taken(api):
        refused = api.post(path, reply(), secret=None)
        read = api.get(f"{path}?thread=t", secret=None)

    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert read.status_code == 200
    assert api.post(path, reply(), secret=None).status_code == 202


def test_whoever_sends_a_form_then_gets_their_words_back_or_a_page_that_says_so(api: Api) -> None:
    with all_places_taken(api):
        refused = api.app.test_client().post(f"/v1/sites/{api.site.key}/comments", data=reply())

    assert refused.status_code == 503
    assert refused.mimetype == "text/html"


def test_every_place_is_free_again_however_a_request_ended(api: Api) -> None:
    path = f"/v1/sites/{api.site.key}/comments"
    for number in range(PLACES + 1):
        bodies = (json.dumps(reply(number)), "{", json.dumps({"thread": "t"}), "[" * 100)
        for body in bodies:
            api.app.test_client().post(path, data=body, content_type="application/json")
        api.app.test_client().post("/v1/nowhere", data="{}")
        api.app.test_client().delete(path)

    assert api.post(path, reply(PLACES + 2), secret=None).status_code == 202
