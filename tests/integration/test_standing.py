"""Answers that are sent again past Flask: they are what Flask would have said, and never what it said before."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from api import Api
from fakes.scorers import obedient
from makers import World
from werkzeug.test import TestResponse

from moderation.http.measure import ANSWERED
from moderation.http.standing import ROUTE
from moderation.services import keys, sites

PAGE = "https://news.example"
READERS = {
    "nobody": {},
    "a-page": {"Origin": PAGE},
    "a-browser": {"Origin": PAGE, "Accept-Encoding": "gzip, br", "Accept-Language": "de"},
}


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with closing(World.at(database_url, scorers=obedient())) as world:
        sites.change(world.deps, world.site.id, origins=(PAGE,))
        yield world


@pytest.fixture
def api(world: World) -> Api:
    return Api.over(world)


@pytest.fixture
def path(api: Api) -> str:
    return f"/v1/sites/{api.site.key}/comments?thread=article-1&limit=1"


def said(answer: TestResponse) -> tuple[int, dict[str, str], bytes]:
    """Give an answer without what is new in each."""
    headers = {name: value for name, value in answer.headers.items() if name != "X-Request-Id"}
    return answer.status_code, headers, answer.data


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("thread", ["article-1", "nothing-here-yet"])
def test_an_answer_that_stands_is_the_one_that_was_given(world: World, api: Api, reader: str, thread: str) -> None:
    for number in range(3):
        world.has(f"Lovely photos, number {number}!")
    path = f"/v1/sites/{api.site.key}/comments?thread={thread}&limit=2"
    first, again = (api.get(path, secret=None, headers=READERS[reader]) for _ in range(2))

    assert said(again) == said(first)
    assert again.headers["X-Request-Id"] != first.headers["X-Request-Id"]

    has_it = {**READERS[reader], "If-None-Match": first.headers["ETag"]}
    fresh = Api.over(world)
    same = [each.get(path, secret=None, headers=has_it) for each in (fresh, fresh, api)]
    assert [answer.status_code for answer in same] == [304, 304, 304]
    assert said(same[0]) == said(same[1]) == said(same[2])
    assert said(fresh.get(path, secret=None, headers=READERS[reader])) == said(first), "though it was not read before"


def test_what_stands_is_counted_like_all_else(world: World, api: Api, path: str) -> None:
    world.has("Lovely photos!")

    def counted() -> list[float]:
        return [ANSWERED.labels(ROUTE, "GET", status)._value.get() for status in (200, 304)]

    before = counted()
    (tag,) = {api.get(path, secret=None).headers["ETag"] for _ in range(3)}
    api.get(path, secret=None, headers={"If-None-Match": f'W/"other", {tag}'})

    assert [now - then for now, then in zip(counted(), before, strict=True)] == [3, 1]


def test_it_does_not_stand_for_those_who_may_not_read(world: World, api: Api, path: str) -> None:
    world.has("Lovely photos!")
    for headers in ({}, {"Origin": PAGE}):
        assert api.get(path, secret=None, headers=headers).status_code == 200

    for origin in ("*", "None", "null", "https://news.example.evil.example", f"{PAGE}:8443"):
        answer = api.get(path, secret=None, headers={"Origin": origin})
        assert answer.status_code == 404, origin
    assert api.get(path, secret="sk_nobodys").status_code == 401
    (key,) = keys.listed(world.deps, world.site.id)
    assert api.get(path).status_code == 200
    keys.revoke(world.deps, world.site.id, key.id)
    assert api.get(path).status_code == 401


def test_what_went_wrong_does_not_stand(world: World, api: Api, path: str) -> None:
    world.has("Lovely photos!")

    statuses = [api.get(f"{path}&cursor=nonsense", secret=None).status_code for _ in range(2)]

    assert statuses == [422, 422]


def test_it_does_not_stand_once_the_site_chose_otherwise(world: World, api: Api, path: str) -> None:
    world.has("Lovely photos!")
    assert api.get(path, secret=None, headers={"Origin": PAGE}).headers["Access-Control-Allow-Origin"] == PAGE

    api.call("PATCH", f"/v1/sites/{world.site.id}", json={"origins": []})

    assert api.get(path, secret=None, headers={"Origin": PAGE}).status_code == 404
