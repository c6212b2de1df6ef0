"""Endpoints by key: added, changed, tried, and never another site's."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any
from uuid import UUID

import pytest
from api import Api
from fakes.scorers import obedient
from makers import World
from servers.scorer import outsider, says

from moderation.services.rounds import Rounds


@pytest.fixture
def api(sqlite_url: str) -> Iterator[Api]:
    with closing(World.at(sqlite_url, scorers=obedient())) as world:
        yield Api.over(world)


def place(api: Api, *more: str) -> str:
    return "/".join([f"/v1/sites/{api.site.id}/webhooks", *more])


def add(api: Api, **choices: Any) -> Any:
    return api.post(place(api), {"url": "https://www.example.com/hooks", **choices})


def test_a_secret_is_shown_once(api: Api) -> None:
    made = add(api, description="Purges the cache", headers={"X-Desk": "a secret of theirs"})

    assert made.status_code == 201
    assert made.json["secret"].startswith("whsec_")
    shown = api.get(place(api, made.json["id"]))
    assert shown.json == {name: value for name, value in made.json.items() if name not in {"secret", "warnings"}}
    assert made.json["warnings"] == []
    assert shown.json["headers"] == ["X-Desk"]
    assert "a secret of theirs" not in shown.text + api.get(place(api)).text
    rotated = api.post(place(api, made.json["id"], "rotate"))
    assert rotated.json["secret"] != made.json["secret"]
    assert rotated.json["old_secret_until"]


def test_headers_do_not_follow_to_another_server(api: Api) -> None:
    made = add(api, headers={"X-Desk": "a secret of theirs"}).json["id"]

    beside = api.call("PATCH", place(api, made), json={"url": "https://www.example.com/other"})
    assert beside.json["headers"] == ["X-Desk"]
    moved = api.call("PATCH", place(api, made), json={"url": "https://www.example.org/hooks"})
    assert moved.json["headers"] == []


def test_a_name_that_nobody_knows_is_kept_and_warned_of(api: Api) -> None:
    made = add(api, url="https://nobody.invalid/hooks")
    changed = api.call("PATCH", place(api, made.json["id"]), json={"url": "https://noone.invalid/hooks"})
    known = api.call("PATCH", place(api, made.json["id"]), json={"url": "https://www.example.com/hooks"})

    assert [made.status_code, changed.status_code, known.status_code] == [201, 200, 200]
    for answer in (made, changed):
        assert [(each["pointer"], each["code"]) for each in answer.json["warnings"]] == [("/url", "name-unknown")]
    assert known.json["warnings"] == []


@pytest.mark.parametrize(
    ("choices", "pointer"),
    [
        ({"url": "http://www.example.com/"}, "/url"),
        ({"url": "https://www.example.com:22/"}, "/url"),
        ({"url": "https://ann:secret@www.example.com/"}, "/url"),
        ({"url": "ftp://www.example.com/"}, "/url"),
        ({"events": ["comment.unheard-of"]}, "/events/0"),
        ({"language": "english"}, "/language"),
        ({"headers": {"Host": "elsewhere.example"}}, "/headers"),
        ({"headers": {"webhook-id": "evt_1"}}, "/headers"),
        ({"headers": {"X-Desk": "one\r\nX-More: two"}}, "/headers"),
        ({"headers": {"X-Desk": "a", "x-desk": "b"}}, "/headers"),
        ({"secret": "whsec_of-my-own"}, "/secret"),
    ],
)
def test_what_none_can_have_is_refused_by_field(api: Api, choices: dict[str, Any], pointer: str) -> None:
    refused = add(api, **choices)

    assert refused.status_code == 422
    assert [fault["pointer"] for fault in refused.json["errors"]] == [pointer]


def work(api: Api, endpoint_id: str) -> None:
    Rounds(api.world.deps, tried=False).go(UUID(endpoint_id))


def test_a_ping_is_on_its_way_and_its_delivery_says_what_became_of_it(sqlite_url: str) -> None:
    with (
        closing(World.at(sqlite_url, scorers=obedient(), outbound_allow="127.0.0.0/8")) as world,
        outsider(says(202, b"Thank you.")) as server,
    ):
        api = Api.over(world)
        made = add(api, url=server.url).json["id"]
        planned = api.post(place(api, made, "test"))
        assert planned.status_code == 202
        work(api, made)

        (delivery,) = api.get(place(api, made, "deliveries")).json["items"]
        assert (delivery["id"], delivery["type"], delivery["state"]) == (planned.json["delivery"], "ping", "delivered")
        (attempt,) = delivery["attempts"]
        assert (attempt["status"], attempt["answer"]) == (202, "Thank you.")
        assert api.get(place(api, made, "deliveries?state=dead")).json["items"] == []
        again = api.post(place(api, made, "replay"), {"deliveries": [delivery["id"]]})
        assert (again.status_code, again.json) == (202, {"planned": 1, "next": None})


def test_one_that_is_disabled_hears_nothing_until_it_is_enabled(api: Api) -> None:
    made = add(api).json["id"]

    changed = api.call("PATCH", place(api, made), json={"enabled": False})
    assert (changed.json["enabled"], changed.json["ended"]) == (False, "owner")
    assert api.post(place(api, made, "test")).status_code == 409
    assert api.post(place(api, made, "replay"), {}).status_code == 409
    assert api.call("PATCH", place(api, made), json={"enabled": True}).json["ended"] is None
    assert api.post(place(api, made, "test")).status_code == 202
    assert api.call("DELETE", place(api, made)).status_code == 204
    assert api.get(place(api, made)).status_code == 404


def test_metrics_say_what_is_due_and_for_how_long(api: Api) -> None:
    made = add(api).json["id"]
    api.post(place(api, made, "test"))

    shown = api.app.test_client().get("/metrics", environ_base={"REMOTE_ADDR": "127.0.0.1"}).text

    assert "lychgate_deliveries_due 1.0" in shown
    assert "lychgate_deliveries_lag_seconds" in shown


def test_a_site_has_so_many_endpoints_and_no_more(api: Api) -> None:
    for _ in range(20):
        assert add(api).status_code == 201

    assert add(api).status_code == 409
