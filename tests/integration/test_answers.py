"""Answers as they travel: what their bytes are, and what their headers promise."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from api import Api
from fakes.scorers import obedient
from makers import World

from moderation.domain.event import MOST_BYTES
from moderation.services import sites


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


ADDED = ["_=123", "status=held", "%00=1", "utm_source=a&utm_source=b", "&".join(f"x{n}=1" for n in range(1000))]


@pytest.mark.parametrize("added", ADDED, ids=range(len(ADDED)))
def test_what_a_cache_or_a_counter_adds_to_a_public_address_is_passed_over(world: World, api: Api, added: str) -> None:
    world.has("Lovely photos!")
    world.has("Lovely words!")
    path = f"/v1/sites/{api.site.key}"

    one = api.get(f"{path}/comments?thread=article-1&limit=1", secret=None)
    same = api.get(f"{path}/comments?thread=article-1&limit=1&{added}", secret=None)

    assert (same.json, same.headers["ETag"], same.headers["Link"]) == (
        one.json,
        one.headers["ETag"],
        one.headers["Link"],
    )
    assert api.get(f"{path}/counts?thread=article-1&{added}", secret=None).json == {"article-1": 2}


@pytest.mark.parametrize("path", ["/v1/moderation/comments", "/v1/events", "/v1/sites/{id}/threads"])
def test_what_a_server_asks_for_is_meant_or_it_is_a_fault(api: Api, path: str) -> None:
    answer = api.get(f"{path.format(id=api.site.id)}?limit=1&limit=2&_=123")

    assert answer.status_code == 422
    assert {(fault["pointer"], fault["code"]) for fault in answer.json["errors"]} == {
        ("/limit", "repeated"),
        ("/_", "unknown-field"),
    }


def test_two_pages_at_once_are_a_fault_that_says_so(api: Api) -> None:
    answer = api.get(f"/v1/sites/{api.site.key}/comments?thread=a&thread=b", secret=None)

    assert [(fault["pointer"], fault["code"]) for fault in answer.json["errors"]] == [("/thread", "repeated")]


def test_a_flag_needs_no_words(world: World, api: Api) -> None:
    comment = world.has("Lovely photos!")

    answer = api.app.test_client().post(f"/v1/comments/{comment.id}/flags")

    assert answer.status_code == 202
    assert [list(event["reasons"]) for event in world.events() if event["type"] == "comment.flagged"] == [["other"]]


def test_a_flag_with_words_is_read_strictly(world: World, api: Api) -> None:
    path, client = f"/v1/comments/{world.has('Lovely photos!').id}/flags", api.app.test_client()

    assert client.post(path, data="spam", content_type="text/plain").status_code == 415
    assert client.post(path, json={"reason": "ugly"}).status_code == 422


@pytest.mark.parametrize("reason", ["Off topic", "off_topic", "", "a" * 65, "off-topic\n", "éé"])
def test_a_reason_that_is_no_code_is_told_which_letters_make_one(world: World, api: Api, reason: str) -> None:
    answer = api.decide(world.has("Lovely photos!"), "reject", reason=reason)

    (fault,) = answer.json["errors"]
    assert (fault["pointer"], fault["code"]) == ("/reason", "reason-invalid")
    assert fault["detail"] == "Use 1 to 64 small letters (a to z), digits and hyphens."


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://u:p@e.example/", "a\0b"])
def test_a_page_whose_address_is_none_is_told_so_once_and_there(api: Api, url: str) -> None:
    reply = {"thread_url": url, "name": "Ann", "email": "ann@example.com", "text": "A calm remark."}
    path = f"/v1/sites/{api.site.key}/comments"

    sent, read = api.post(path, reply), api.get(path, query_string={"thread_url": url})

    assert [fault["pointer"] for fault in sent.json["errors"]] == ["/thread_url"]
    assert [fault["pointer"] for fault in read.json["errors"]] == ["/thread_url"]


def test_a_page_that_was_merged_lists_its_comments_under_the_name_they_have_now(world: World, api: Api) -> None:
    old, new = world.has("Lovely photos!", thread="old"), world.has("Lovely words!", thread="new")
    sites.merge_threads(world.deps, world.site.id, old.thread_id, new.thread_id)

    items = api.get(f"/v1/sites/{api.site.key}/comments?thread=old", secret=None).json["items"]

    assert [item["thread"] for item in items] == ["new", "new"]


@pytest.mark.parametrize("query", ["", "?thread=article-1", "?thread=silent"])
def test_whoever_has_anything_at_all_is_told_that_there_is_nothing_to_send(world: World, api: Api, query: str) -> None:
    world.has("Lovely photos!")

    answer = api.get(f"/v1/sites/{api.site.key}/comments{query}", secret=None, headers={"If-None-Match": "*"})

    assert (answer.status_code, answer.data) == (304, b"")


def test_an_author_sees_the_same_object_wherever_they_look(api: Api) -> None:
    reply = {"thread": "t", "name": "Ann", "email": "ann@example.com", "text": "A calm remark."}
    sent = api.post(f"/v1/sites/{api.site.key}/comments", reply, secret=None).json
    receipt = {"Authorization": f"Receipt {sent['receipt']}"}
    path = f"/v1/comments/{sent['id']}"

    assert api.get(path, secret=None, headers=receipt).json == sent
    assert api.call("PATCH", path, json={"text": "Calmer."}, secret=None, headers=receipt).json["receipt"]
    assert set(api.call("DELETE", path, secret=None, headers=receipt).json) == set(sent)


def test_counts_are_asked_for_anew_each_time(api: Api) -> None:
    assert api.get(f"/v1/sites/{api.site.key}/counts?thread=t", secret=None).headers["Cache-Control"] == "no-cache"


def test_a_page_in_the_browsers_language_says_so_to_caches(api: Api) -> None:
    path = f"/v1/sites/{api.site.key}/comments"
    pages = [
        api.get(f"/embed/{api.site.key}/received", secret=None),
        api.post(path, data={"text": ""}, secret=None),
        api.post("/v1/sites/pk_unknown/comments", data={"text": ""}, secret=None),
    ]

    assert all("Accept-Language" in page.headers["Vary"] for page in pages)
    assert "Accept-Language" not in api.get("/docs", secret=None).headers.get("Vary", "")


def test_what_was_said_before_names_the_comment_that_says_it(api: Api) -> None:
    path = f"/v1/sites/{api.site.key}/comments"
    reply = {"thread": "t", "name": "Ann", "email": "ann@example.com", "text": "A calm remark."}
    first = api.post(path, reply, secret=None).json

    again = api.post(path, reply, secret=None)

    assert (again.status_code, again.json["type"]) == (409, "/docs/problems#duplicate")
    assert again.json["comment"] == first["id"]
