"""The field that people do not see: whoever fills it is told what everybody is told, and is not published."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest
from api import Api
from fakes.scorers import obedient
from makers import World

from moderation.domain.comment import Status


@pytest.fixture
def api(database_url: str) -> Iterator[Api]:
    with closing(World.at(database_url, scorers=obedient())) as world:
        yield Api.over(world)


def sent(api: Api, **fields: str) -> Any:
    reply = {"thread": "t", "name": "Ann", "email": "ann@example.com", "text": "Lovely photos!", **fields}
    answer = api.post(f"/v1/sites/{api.site.key}/comments", reply, secret=None)
    assert answer.status_code == 202
    return answer.json


def own(api: Api, accepted: Any) -> Any:
    receipt = {"Authorization": f"Receipt {accepted['receipt']}"}
    return api.get(urlsplit(accepted["status_url"]).path, secret=None, headers=receipt).json


def test_a_program_that_fills_it_is_taken_in_like_everybody_and_ends_as_spam(api: Api) -> None:
    person, trapped = sent(api), sent(api, email="bot@example.com", subject="Cheap watches")
    assert set(trapped) == set(person)
    assert {name for name in person if trapped[name] != person[name]} <= {
        *("id", "author", "created_at", "editable_until", "status_url", "receipt")
    }

    api.world.scores()

    assert own(api, person)["status"] == Status.APPROVED
    shown = own(api, trapped)
    assert (shown["status"], shown["reason"]) == (Status.SPAM, "house-rules"), "it is not told what gave it away"
    found = api.get(f"/v1/moderation/comments/{trapped['id']}").json
    assert found["reasons"] == ["honeypot"]
    public = api.get(f"/v1/sites/{api.site.key}/comments?thread=t", secret=None).json["items"]
    assert [item["id"] for item in public] == [person["id"]]


@pytest.mark.parametrize("empty", ["", "  "])
def test_a_field_that_was_left_empty_is_nobodys_fault(api: Api, empty: str) -> None:
    accepted = sent(api, subject=empty)

    api.world.scores()

    assert own(api, accepted)["status"] == Status.APPROVED
