"""A frontend that speaks WordPress's REST interface: what it may say and ask, in which order, and what it hears."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from api import PUBLIC_URL, Api, new_key
from fakes.scorers import obedient
from makers import ORIGIN, World
from membership import claims_at, header_of, signed
from werkzeug.test import TestResponse

from moderation.app import create_app
from moderation.domain.comment import Comment, Status
from moderation.domain.errors import TemporaryFailure
from moderation.domain.number import number_of
from moderation.domain.scope import Scope
from moderation.http.compat.submitted import LONG
from moderation.http.context import Web
from moderation.services import members, sites

PAGE = f"{ORIGIN}/2026/11/the-harvest/"
GOOD: dict[str, Any] = {
    "post": 7,
    "author_name": "Ann",
    "author_email": "ann@example.com",
    "content": "A calm remark about the harvest.",
}
FIELDS = {
    *("id", "post", "parent", "author", "author_name", "author_url", "date", "date_gmt"),
    *("content", "link", "status", "type", "meta", "_links"),
}


@dataclass
class Frontend:
    """A frontend on a page of the site."""

    world: World
    api: Api

    @property
    def path(self) -> str:
        return f"/{self.world.site.key}/wp-json/wp/v2/comments"

    def lists(self, query: str = "", **headers: str) -> TestResponse:
        return self.api.get(f"{self.path}?{query}", secret=None, headers={"Origin": ORIGIN, **headers})

    def numbers(self, query: str = "") -> list[int]:
        return [item["id"] for item in self.lists(query).get_json()]

    def sends(self, *, secret: str | None = None, **fields: Any) -> TestResponse:
        told = {"Origin": ORIGIN, "Referer": PAGE}
        return self.api.post(self.path, {**GOOD, **fields}, secret=secret, headers=told)


@pytest.fixture
def frontend(sqlite_url: str) -> Iterator[Frontend]:
    with closing(World.at(sqlite_url, scorers=obedient())) as world:
        yield Frontend(world, Api.over(world))


@pytest.fixture(scope="module")
def refusing(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Frontend]:
    """A frontend that is always refused, so that one is enough."""
    path = tmp_path_factory.mktemp("refusing") / "lychgate.db"
    path.write_bytes(migrated_file.read_bytes())
    with closing(World.at(f"sqlite:///{path}", scorers=obedient())) as world:
        yield Frontend(world, Api.over(world))


def told(answer: TestResponse) -> tuple[int, str]:
    """Give the status and the code of a refusal, which has WordPress's shape."""
    document = answer.get_json()
    assert answer.mimetype == "application/json"
    assert document["message"]
    assert document["data"]["status"] == answer.status_code
    return answer.status_code, document["code"]


WRONG = {"author_name": "", "author_email": "", "content": "", "post": 0}
BARE = {"author_name": "", "author_email": "", "content": ""}
URL = "https://x.example/" + "x" * 200
EMAIL = f"{'a' * 60}@{'b' * 40}.com"
ORDER = [
    ("a shape that is none", {**WRONG, "author_name": {}}, 400, "rest_invalid_param"),
    ("a parent that is no number", {**WRONG, "parent": "twelve"}, 400, "rest_invalid_param"),
    ("an email that is none", {**WRONG, "author_email": "ann at home", "author": 1}, 400, "rest_invalid_param"),
    ("an account", {**WRONG, "author": 3, "author_ip": "203.0.113.9"}, 401, "rest_comment_invalid_author"),
    ("an address", {**WRONG, "author_ip": "203.0.113.9", "status": "x"}, 401, "rest_comment_invalid_author_ip"),
    ("a status", {**WRONG, "status": "approve", "type": "pingback"}, 401, "rest_comment_invalid_status"),
    ("an id", {**WRONG, "id": 9}, 400, "rest_comment_exists"),
    ("a ping", {**WRONG, "type": "pingback"}, 400, "rest_invalid_comment_type"),
    ("no post", {**WRONG, "post": None}, 403, "rest_comment_invalid_post_id"),
    ("post zero", WRONG, 403, "rest_comment_invalid_post_id"),
    ("a post of no address", {**WRONG, "post": "https://ann@news.example/"}, 403, "rest_comment_invalid_post_id"),
    ("no text", {**BARE, "parent": 12}, 400, "rest_comment_content_invalid"),
    ("no text as it was typed", {**BARE, "content": {"raw": " \n "}}, 400, "rest_comment_content_invalid"),
    ("a parent of nowhere", {"author_name": "", "parent": 12}, 403, "comment_reply_to_unapproved_comment"),
    ("no name", {"author_name": " ", "author_url": URL}, 400, "rest_comment_author_data_required"),
    ("no email", {"author_email": "", "author_url": URL}, 400, "rest_comment_author_data_required"),
    ("a name of tags", {"author_name": "<b></b>"}, 400, "rest_comment_author_data_required"),
    ("a long name", {"author_name": "ä" * 123, "author_email": EMAIL}, 400, LONG["author"]),
    ("a long email", {"author_email": EMAIL, "author_url": URL}, 400, LONG["email"]),
    ("a long url", {"author_url": URL, "content": "x" * 65526}, 400, LONG["url"]),
    ("a long text", {"content": "x" * 65526}, 400, LONG["comment"]),
    ("a text beyond ours", {"content": "x" * 10_001}, 400, LONG["comment"]),
]


@pytest.mark.parametrize(("fields", "status", "code"), [row[1:] for row in ORDER], ids=[row[0] for row in ORDER])
def test_what_is_refused_is_refused_in_order(
    refusing: Frontend, fields: dict[str, Any], status: int, code: str
) -> None:
    answer = refusing.sends(**fields)

    assert told(answer) == (status, code)
    assert "ann at home" not in answer.text


def test_what_is_wrong_with_a_field_is_told_under_its_name(refusing: Frontend) -> None:
    answer = refusing.sends(author_name=3, content={"raw": 4})

    assert set(answer.get_json()["data"]["params"]) == {"author_name", "content"}


ASKED = [
    ("post=0", 401, "rest_cannot_read"),
    ("post=7,0", 401, "rest_cannot_read"),
    ("context=edit", 401, "rest_forbidden_context"),
    ("author=3", 401, "rest_forbidden_param"),
    ("author_email=ann@example.com", 401, "rest_forbidden_param"),
    ("status=hold", 401, "rest_forbidden_param"),
    ("type=pingback", 401, "rest_forbidden_param"),
    ("per_page=101", 400, "rest_invalid_param"),
    ("page=0", 400, "rest_invalid_param"),
    ("order=random", 400, "rest_invalid_param"),
    ("orderby=post", 400, "rest_invalid_param"),
    ("parent=x", 400, "rest_invalid_param"),
    ("post=https://ann@news.example/", 400, "rest_invalid_param"),
    ("search=harvest", 400, "rest_invalid_param"),
]


@pytest.mark.parametrize(("query", "status", "code"), ASKED, ids=[row[0] for row in ASKED])
def test_what_is_not_for_everybody_or_cannot_be_told_is_refused(
    refusing: Frontend, query: str, status: int, code: str
) -> None:
    assert told(refusing.lists(query)) == (status, code)


def test_what_cannot_be_read_and_what_is_not_there_is_told_in_the_same_shape(refusing: Frontend) -> None:
    client, origin = refusing.api.app.test_client(), {"Origin": ORIGIN}

    half = client.post(refusing.path, data="{", content_type="application/json", headers=origin)
    other = client.post(refusing.path, data="<a/>", content_type="text/xml", headers=origin)
    huge = client.post(refusing.path, json={"content": "x" * 129_000}, headers=origin)
    nobody = client.get("/pk_unknown/wp-json/wp/v2/comments")
    elsewhere = client.get(refusing.path, headers={"Origin": "https://evil.example"})
    numbers = [refusing.api.get(f"{refusing.path}/{number}", secret=None) for number in (0, 12, 2**80)]

    assert told(half) == (400, "rest_invalid_json")
    assert told(other) == (415, "rest_unsupported_media_type")
    assert told(huge) == (413, "rest_too_large")
    assert told(nobody) == told(elsewhere) == (404, "rest_no_route")
    assert [told(answer) for answer in numbers] == [(404, "rest_comment_invalid_id")] * 3


def test_what_is_sent_is_on_hold_under_its_number_and_told_once_it_is_approved(frontend: Frontend) -> None:
    parent = frontend.world.has(thread="7")

    answer = frontend.sends(
        author_name=" <i>Ann</i> ", author_url="ann.example", content={"raw": "A & B"}, parent=number_of(parent.id)
    )
    said = answer.get_json()
    where = answer.location.removeprefix(PUBLIC_URL)

    assert (answer.status_code, where) == (201, f"{frontend.path}/{said['id']}")
    assert set(said) == FIELDS
    assert (said["post"], said["parent"], said["author"]) == (7, number_of(parent.id), 0)
    assert (said["author_name"], said["author_url"], said["status"]) == ("Ann", "https://ann.example", "hold")
    assert said["content"] == {"rendered": "<p>A &amp; B</p>"}
    assert said["link"] == f"{PAGE}#comment-{said['id']}"
    assert frontend.api.get(where, secret=None).status_code == 404

    frontend.world.scores()
    shown = frontend.api.get(where, secret=None).get_json()
    assert shown["status"] == "approved"
    assert shown["content"] == {"rendered": "<p>A &amp; B</p>\n"}
    assert {**shown, "status": 0, "content": 0, "link": 0} == {**said, "status": 0, "content": 0, "link": 0}
    assert "example.com" not in json.dumps(shown)


def test_members_type_nothing_and_where_only_they_may_comment_others_are_told(frontend: Frontend) -> None:
    world = frontend.world
    _, secret = members.rotate(world.deps, world.site.id)
    sites.change(world.deps, world.site.id, members_only=True)
    told_of = {"Origin": ORIGIN, "Referer": PAGE}

    refused = frontend.sends()
    token = signed(claims_at(world.site.key, world.deps.now()), secret)
    bare = {name: value for name, value in GOOD.items() if name in {"post", "content"}}
    taken = frontend.api.post(frontend.path, bare, secret=None, headers={**told_of, **header_of(token)})

    assert told(refused) == (401, "rest_comment_login_required")
    assert (taken.status_code, taken.get_json()["author_name"]) == (201, "Ann")


def test_a_form_says_the_same_as_json(frontend: Frontend) -> None:
    form = {**GOOD, "post": "7", "content": "", "content[raw]": "By form.", "parent": "", "author": "0"}
    del form["content"]

    answer = frontend.api.app.test_client().post(frontend.path, data=form, headers={"Origin": ORIGIN})

    assert (answer.status_code, answer.get_json()["content"]["rendered"]) == (201, "<p>By form.</p>")


def test_what_waits_cannot_be_answered_nor_what_is_elsewhere_and_a_closed_page_takes_nothing(
    frontend: Frontend,
) -> None:
    held, elsewhere = frontend.world.has("maybe-spam", thread="7"), frontend.world.has(thread="8")
    for comment in (held, elsewhere):
        assert told(frontend.sends(parent=number_of(comment.id))) == (403, "comment_reply_to_unapproved_comment")

    sites.change(frontend.world.deps, frontend.world.site.id, close_after_days=1)
    frontend.world.clock.forward(days=2)
    frontend.api = Api.over(frontend.world)
    assert told(frontend.sends(**BARE)) == (403, "rest_comment_closed")


def test_saying_it_twice_is_409_and_haste_is_400(sqlite_url: str) -> None:
    with closing(World.at(sqlite_url, scorers=obedient(), rate_limits="on")) as world:
        frontend = Frontend(world, Api.over(world))
        assert frontend.sends().status_code == 201

        hasty = frontend.sends(content="Another remark.")

        assert told(hasty) == (400, "comment_flood")
        assert int(hasty.headers["Retry-After"]) > 0
        assert told(frontend.sends()) == (409, "comment_duplicate")


class Full:
    """An inbox on a disk with no room left."""

    def accept(self, *_: object) -> Comment:
        raise TemporaryFailure("The database cannot be used right now.")


def test_what_cannot_be_saved_says_when_to_come_back(frontend: Frontend) -> None:
    deps = replace(frontend.world.deps, inbox=Full())
    frontend.api.app = create_app(Web(deps, public_url=PUBLIC_URL, ready=dict))

    answer = frontend.sends()

    assert told(answer) == (503, "rest_comment_failed_create")
    assert "Retry-After" in answer.headers


def test_a_moderators_key_publishes_at_once(frontend: Frontend) -> None:
    secret = new_key(frontend.world, frontend.world.site, [Scope.MODERATE])

    assert frontend.sends(secret=secret, author_email="").get_json()["status"] == "approved"


def test_the_list_is_counted_paged_and_narrowed(frontend: Frontend) -> None:
    first = frontend.world.has(thread="7")
    reply = frontend.world.has("A reply to that.", thread="7", parent=first.id)
    other = frontend.world.has("Elsewhere.", thread="article-9")
    frontend.world.has("maybe-spam", thread="7")
    one, two, three = (number_of(comment.id) for comment in (first, reply, other))

    assert frontend.numbers() == [three, two, one]
    assert frontend.numbers("order=asc&orderby=id") == [one, two, three]
    assert frontend.numbers("post=7") == frontend.numbers("post[]=7") == [two, one]
    assert frontend.numbers("post=7,article-9") == frontend.numbers("post[]=7&post[]=article-9") == [three, two, one]
    assert frontend.numbers("post=nothing") == []
    assert frontend.numbers("parent=0") == [three, one]
    assert frontend.numbers(f"parent={one}") == [two]
    assert frontend.numbers(f"parent={one},0&post=7") == [two, one]
    assert frontend.numbers("parent=12") == []
    assert [item["post"] for item in frontend.lists().get_json()] == ["article-9", 7, 7]

    page = frontend.lists("per_page=2&page=1&post[]=7&post[]=article-9")
    assert (page.headers["X-WP-Total"], page.headers["X-WP-TotalPages"]) == ("3", "2")
    assert 'page=2>; rel="next"' in page.headers["Link"]
    assert "prev" not in page.headers["Link"]
    following = page.headers["Link"].partition("<")[2].partition(">")[0].removeprefix(PUBLIC_URL)
    last = frontend.api.get(following, secret=None)
    assert [item["id"] for item in last.get_json()] == [one]
    assert last.headers["Link"].endswith('page=1>; rel="prev"')
    beyond = frontend.lists("page=9")
    assert (beyond.get_json(), beyond.headers["X-WP-Total"]) == ([], "3")


def test_what_did_not_change_is_not_sent_twice(frontend: Frontend) -> None:
    frontend.world.has(thread="7")
    tag = frontend.lists("post=7").headers["ETag"]

    again = frontend.lists("post=7", **{"If-None-Match": tag})
    frontend.world.has("Another.", thread="7")

    assert (again.status_code, again.headers["X-WP-Total"]) == (304, "1")
    assert frontend.lists("post=7", **{"If-None-Match": tag}).status_code == 200


def test_what_is_no_longer_public_is_gone_and_its_public_replies_still_name_it(frontend: Frontend) -> None:
    parent = frontend.world.has(thread="7")
    reply = frontend.world.has("A reply to that.", thread="7", parent=parent.id)
    frontend.api.decide(parent, "reject")

    assert frontend.numbers("post=7") == frontend.numbers(f"parent={number_of(parent.id)}") == [number_of(reply.id)]
    assert told(frontend.api.get(f"{frontend.path}/{number_of(parent.id)}", secret=None))[0] == 404
    assert frontend.lists("post=7").get_json()[0]["parent"] == number_of(parent.id)


def test_another_sites_numbers_lead_nowhere(frontend: Frontend) -> None:
    theirs = frontend.api.elsewhere()
    parent = replace(frontend.world, site=theirs.site).has("Elsewhere.", thread="7")
    frontend.world.has(thread="7")

    assert told(frontend.api.get(f"{frontend.path}/{number_of(parent.id)}", secret=None))[0] == 404
    assert frontend.numbers(f"parent={number_of(parent.id)}") == []
    assert told(frontend.sends(parent=number_of(parent.id)))[0] == 403


@pytest.mark.parametrize("kind", ["sqlite_url", "postgres_url"])
def test_of_two_comments_with_one_number_the_older_is_found(request: pytest.FixtureRequest, kind: str) -> None:
    with closing(World.at(request.getfixturevalue(kind), scorers=obedient())) as world:
        frontend = Frontend(world, Api.over(world))
        made = [UUID(f"0192f3c4-d5e6-7{part}-8000-0abc00000000") for part in ("aaa", "bbb")]
        for index, known in enumerate(reversed(made)):
            ids = iter([known, *(world.deps.new_id() for _ in range(9))])
            seeing = replace(world, deps=replace(world.deps, new_id=lambda ids=ids: next(ids)))
            seeing.receives(f"Of two processes, number {index}.", thread="7", email=f"n{index}@example.com")
        world.scores()

        assert number_of(made[0]) == number_of(made[1])
        assert world.status_of(made[0]) is world.status_of(made[1]) is Status.APPROVED
        found = frontend.api.get(f"{frontend.path}/{number_of(made[0])}", secret=None).get_json()
        assert "number 1" in found["content"]["rendered"]
        assert len(frontend.numbers("post=7")) == 2


def test_a_page_of_the_site_may_send_and_count(frontend: Frontend) -> None:
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    preflight = frontend.api.app.test_client().options(frontend.path, headers=asked)
    listed = frontend.lists()

    assert (preflight.status_code, preflight.headers["Access-Control-Allow-Origin"]) == (204, ORIGIN)
    assert {"X-WP-Total", "X-WP-TotalPages"} <= set(listed.headers["Access-Control-Expose-Headers"].split(", "))
    assert listed.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert frontend.api.app.test_client().options(frontend.path, headers={"Origin": "null"}).status_code == 404
