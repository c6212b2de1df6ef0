"""Running a site by key: its choices, its policy, its threads and its keys."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from api import PUBLIC_URL, Api, new_key
from fakes.scorers import obedient
from makers import World

from moderation.domain.comment import Status
from moderation.domain.scope import Scope
from moderation.http.catalogue import PROBLEMS


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with closing(World.at(database_url, scorers=obedient())) as world:
        yield world


@pytest.fixture
def api(world: World) -> Api:
    return Api.over(world)


def thread_of(api: Api, thread: str) -> dict[str, Any]:
    items = api.get(f"/v1/sites/{api.site.id}/threads").json["items"]
    return next(item for item in items if item["thread"] == thread)


def test_a_key_sees_its_own_site_and_no_other(api: Api) -> None:
    other = api.elsewhere()

    assert [site["site_key"] for site in api.get("/v1/sites").json["items"]] == [api.site.key]
    assert api.get(f"/v1/sites/{api.site.id}").json["name"] == "News"
    assert api.get(f"/v1/sites/{other.site.id}").status_code == 404


def test_what_is_left_out_of_a_change_stays(api: Api) -> None:
    path = f"/v1/sites/{api.site.id}"
    before = api.get(path).json

    changed = api.call("PATCH", path, json={"close_after_days": 30, "required": ["text"]})

    assert changed.json == {**before, "close_after_days": 30, "required": ["text"], "warnings": []}
    assert api.call("PATCH", path, json={"close_after_days": None}).json["close_after_days"] is None


@pytest.mark.parametrize(
    ("choices", "pointers"),
    [
        ({"origins": ["https://news.example/path"]}, {"/origins/0"}),
        ({"origins": ["null"]}, {"/origins/0"}),
        ({"origins": ["https://a.example", "https://a.example; script-src-elem *"]}, {"/origins/1"}),
        ({"required": ["name"]}, {"/required"}),
        ({"close_after_days": 0, "name": "n" * 101}, {"/close_after_days", "/name"}),
        ({"close_after_days": "30"}, {"/close_after_days"}),
        ({"name": " "}, {"/name"}),
        ({"key": "pk_mine", "policy": ""}, {"/key", "/policy"}),
        ({"scorer_url": "scorer.example", "scorer_secret": "secret"}, {"/scorer_url", "/scorer_secret"}),
        ({"scorer_url": "https://ann:secret@scorer.example/"}, {"/scorer_url"}),
        ({"scorer_secret": f"whsec_{'A' * 44}"}, {"/scorer_secret"}),
    ],
)
def test_a_choice_that_no_site_can_have_is_named(api: Api, choices: dict[str, Any], pointers: set[str]) -> None:
    refused = api.call("PATCH", f"/v1/sites/{api.site.id}", json=choices)

    assert refused.status_code == 422
    assert {fault["pointer"] for fault in refused.json["errors"]} == pointers


def test_the_secret_of_a_scorer_is_shown_once_where_it_is_made(api: Api) -> None:
    path, address = f"/v1/sites/{api.site.id}", {"scorer_url": "https://scorer.example/score"}
    assert api.get(path).json["scorer_url"] is None

    made = api.call("PATCH", path, json=address).json

    assert made["scorer_secret"].startswith("whsec_")
    assert made["scorer_url"] == address["scorer_url"]
    assert {**api.get(path).json, "scorer_secret": made["scorer_secret"], "warnings": []} == made
    for other in ({"name": "Own"}, address, {"scorer_secret": f"whsec_{'A' * 44}"}):
        assert "scorer_secret" not in api.call("PATCH", path, json=other).json
    renewed = api.call("PATCH", path, json={"scorer_secret": None}).json["scorer_secret"]
    assert renewed not in {made["scorer_secret"], ""}


def test_where_a_scorer_is_leads_outside_or_is_refused(api: Api) -> None:
    path = f"/v1/sites/{api.site.id}"
    for host in ("10.0.0.1", "[::1]", "0177.1", "localhost", "scorer.example:8080"):
        refused = api.call("PATCH", path, json={"scorer_url": f"https://{host}/score", "close_after_days": 0})
        codes = {(fault["pointer"], fault["code"]) for fault in refused.json["errors"]}
        assert ("/close_after_days", "out-of-range") in codes
        refused = api.call("PATCH", path, json={"scorer_url": f"https://{host}/score"})
        assert [(each["pointer"], each["code"]) for each in refused.json["errors"]] == [("/scorer_url", "url-refused")]
    assert api.get(path).json["scorer_url"] is None


def test_a_scorer_whose_name_nobody_knows_is_kept_and_warned_of(api: Api) -> None:
    path, address = f"/v1/sites/{api.site.id}", {"scorer_url": "https://nobody.invalid/score"}

    kept = api.call("PATCH", path, json=address).json

    assert kept["scorer_url"] == address["scorer_url"]
    assert [(each["pointer"], each["code"]) for each in kept["warnings"]] == [("/scorer_url", "name-unknown")]
    assert api.call("PATCH", path, json={**address, "name": "Own"}).json["warnings"] == [], "it was looked up before"


def test_a_scorer_goes_with_its_secret(api: Api) -> None:
    path, address = f"/v1/sites/{api.site.id}", {"scorer_url": "https://scorer.example/score"}
    first = api.call("PATCH", path, json=address).json["scorer_secret"]

    assert api.call("PATCH", path, json={"scorer_url": None}).json["scorer_url"] is None
    assert "scorer_secret" not in api.call("PATCH", path, json={"scorer_secret": None}).json
    assert api.call("PATCH", path, json=address).json["scorer_secret"] != first


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (["HTTPS://News.Example:443"], ["https://news.example"]),
        (["http://news.example:80", "http://news.example"], ["http://news.example"]),
        (["https://news.example:80"], ["https://news.example:80"]),
        (["https://[::1]:443"], ["https://[::1]"]),
        (["https://[2001:DB8::7]"], ["https://[2001:db8::7]"]),
    ],
)
def test_an_origin_is_kept_as_browsers_write_it(api: Api, sent: list[str], kept: list[str]) -> None:
    assert api.call("PATCH", f"/v1/sites/{api.site.id}", json={"origins": sent}).json["origins"] == kept


def test_a_title_is_removed_by_null_and_stays_where_it_is_not_named(world: World, api: Api) -> None:
    world.has("Lovely photos!")
    path = f"/v1/sites/{api.site.id}/threads/{thread_of(api, 'article-1')['id']}"
    api.call("PATCH", path, json={"title": "The harvest"})

    assert api.call("PATCH", path, json={"closed": True}).json["title"] == "The harvest"
    assert api.call("PATCH", path, json={"title": None}).json["title"] is None
    assert api.get(path).json["title"] is None


def test_a_host_in_another_script_is_asked_for_as_browsers_write_it(api: Api) -> None:
    refused = api.call("PATCH", f"/v1/sites/{api.site.id}", json={"origins": ["https://b\u00fccher.example"]})

    assert "https://xn--bcher-kva.example" in refused.json["errors"][0]["detail"]


def test_the_name_of_another_site_is_taken(api: Api) -> None:
    api.elsewhere("Gazette")

    refused = api.call("PATCH", f"/v1/sites/{api.site.id}", json={"name": "Gazette"})

    assert (refused.status_code, refused.json["type"]) == (409, "/docs/problems#name-taken")


def test_a_new_policy_judges_what_comes_after_it(world: World, api: Api) -> None:
    path = f"/v1/sites/{api.site.id}/policy"
    policy = 'name = "everything"\notherwise = "held"\n'
    before = world.has("Lovely photos!")

    assert api.call("PUT", path, json={"policy": policy}).json == {"policy": policy}

    assert api.get(path).json == {"policy": policy}
    assert world.status_of(before) is Status.APPROVED
    assert world.status_of(world.has("More lovely photos!")) is Status.HELD


@pytest.mark.parametrize("policy", ["otherwise =", 'otherwise = "gone"', "limit = " + "9" * 5000, "a = " + "[" * 5000])
def test_a_policy_that_cannot_be_used_changes_nothing(api: Api, policy: str) -> None:
    path = f"/v1/sites/{api.site.id}/policy"
    before = api.get(path).json

    refused = api.call("PUT", path, json={"policy": policy})

    assert refused.status_code == 422
    assert all(fault["pointer"].startswith("/policy") for fault in refused.json["errors"])
    assert api.get(path).json == before


def test_threads_are_listed_titled_closed_and_opened(world: World, api: Api) -> None:
    for number in range(3):
        world.has(f"Lovely photos, number {number}!", thread=f"article-{number}")
    base = f"/v1/sites/{api.site.id}/threads"

    first = api.get(f"{base}?limit=2").json
    rest = api.get(f"{base}?limit=2&cursor={first['next']}").json
    assert [item["thread"] for item in first["items"] + rest["items"]] == ["article-2", "article-1", "article-0"]
    assert {item["comments"] for item in first["items"]} == {1}

    path = f"{base}/{first['items'][0]['id']}"
    shown = api.call("PATCH", path, json={"title": "  The harvest ", "closed": True}).json
    assert (shown["title"], shown["closed"]) == ("The harvest", True)
    assert api.post(f"{path}/open").json["closed"] is False
    assert api.post(f"{path}/close").json["closed"] is True
    assert api.get(path).json["title"] == "The harvest"


OURS = "https://news.example/harvest"
OF_A_PAGE = {"Origin": "https://news.example"}


@pytest.mark.parametrize(
    ("url", "headers", "keyed", "kept"),
    [
        ("http://NEWS.example:80/harvest/?utm_source=x", OF_A_PAGE, False, (OURS, "The harvest")),
        (OURS, {}, False, (OURS, None)),
        ("https://evil.example/", OF_A_PAGE, False, (None, "The harvest")),
        ("https://news.example.evil.example/harvest", {}, False, (None, None)),
        ("https://news.example:8443/harvest", {"Origin": PUBLIC_URL}, False, (None, "The harvest")),
        ("https://old.example/harvest", {}, True, ("https://old.example/harvest", "The harvest")),
    ],
)
def test_a_readers_comment_leads_moderators_to_the_sites_own_pages_only(
    api: Api, url: str, headers: dict[str, str], kept: tuple[str | None, str | None], *, keyed: bool
) -> None:
    reply = {"thread": "harvest", "name": "Bo", "email": "bo@example.com", "text": "May I add something here?"}
    page = {"thread_url": url, "thread_title": "The harvest"}

    sent = api.post(f"/v1/sites/{api.site.key}/comments", reply | page, headers=headers, secret="" if keyed else None)

    assert sent.status_code == 202
    thread = thread_of(api, "harvest")
    assert (thread["url"], thread["title"]) == kept


def test_a_closed_thread_takes_no_comment_until_it_is_opened(world: World, api: Api) -> None:
    world.has("Lovely photos!")
    path = f"/v1/sites/{api.site.id}/threads/{thread_of(api, 'article-1')['id']}"
    reply = {"thread": "article-1", "name": "Bo", "email": "bo@example.com", "text": "May I add something here?"}
    send = f"/v1/sites/{api.site.key}/comments"
    api.post(f"{path}/close")

    refused = api.post(send, reply, secret=None)
    assert (refused.status_code, refused.json["type"]) == (409, "/docs/problems#thread-closed")

    api.post(f"{path}/open")
    assert api.post(send, reply, secret=None).status_code == 202


def test_a_merged_thread_leads_to_the_other_and_its_comments_are_there(world: World, api: Api) -> None:
    world.has("Lovely photos!", thread="old")
    world.has("Lovely words!", thread="new")
    old, new = thread_of(api, "old"), thread_of(api, "new")
    base = f"/v1/sites/{api.site.id}/threads"

    merged = api.post(f"{base}/{old['id']}/merge", {"into": new["id"]})

    assert (merged.json["id"], merged.json["comments"]) == (new["id"], 2)
    assert api.get(f"{base}/{old['id']}").json["merged_into"] == new["id"]
    assert [item["thread"] for item in api.get(base).json["items"]] == ["new"]
    read = api.get(f"/v1/sites/{api.site.key}/comments?thread=old", secret=None).json["items"]
    assert [item["text"] for item in read] == ["Lovely photos!", "Lovely words!"]
    assert api.post(f"{base}/{old['id']}/merge", {"into": new["id"]}).status_code == 409
    assert api.post(f"{base}/{new['id']}/merge", {"into": new["id"]}).status_code == 422


def test_a_key_shows_its_secret_once_and_works_until_it_is_revoked(api: Api) -> None:
    made = api.post("/v1/keys", {"name": "newsroom", "scopes": ["moderate"]})
    secret = made.json["secret"]

    assert made.status_code == 201
    assert made.headers["Cache-Control"] == "no-store"
    assert secret not in api.get("/v1/keys").text
    assert api.get("/v1/moderation/comments", secret=secret).status_code == 200
    assert api.get("/v1/keys", secret=secret).status_code == 404

    assert api.call("DELETE", f"/v1/keys/{made.json['id']}").status_code == 204
    assert api.get("/v1/moderation/comments", secret=secret).status_code == 401
    assert api.call("DELETE", f"/v1/keys/{made.json['id']}").status_code == 404


def test_no_key_gives_more_sight_of_addresses_than_it_has(world: World, api: Api) -> None:
    admin = new_key(world, api.site, [Scope.ADMIN])

    refused = api.post("/v1/keys", {"name": "more", "scopes": ["moderate", "email:reveal"]}, secret=admin)

    assert [fault["pointer"] for fault in refused.json["errors"]] == ["/scopes/1"]
    assert api.post("/v1/keys", {"name": "more", "scopes": []}).status_code == 422
    assert api.post("/v1/keys", {"name": "more", "scopes": ["moderate"]}, secret=admin).status_code == 201


def test_the_reference_is_a_page_without_script_and_names_every_problem(api: Api) -> None:
    reference, problems = api.get("/docs", secret=None), api.get("/docs/problems", secret=None)

    assert (reference.mimetype, problems.mimetype) == ("text/html", "text/html")
    assert "<script" not in reference.text + problems.text
    assert "default-src 'none'" in reference.headers["Content-Security-Policy"]
    assert [code for code in PROBLEMS if f'id="{code}"' not in problems.text] == []
    for path in api.get("/openapi.json", secret=None).json["paths"]:
        assert path in reference.text
