"""Webhooks changed at the desk: where they lead, what they hear, with which headers; and removed for good."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest
from desk import Moderator
from fakes.scorers import obedient
from makers import World
from publisher import House, Receiver

from moderation.domain.endpoint import Format
from moderation.domain.event import EventType
from moderation.domain.person import Role
from moderation.services import webhooks

ROOM = "/console/webhooks"
MARKED = re.compile(r'\saria-invalid="true"')


@pytest.fixture
def house(sqlite_url: str) -> Iterator[House]:
    with ExitStack() as parts:
        world = World.at(sqlite_url, scorers=obedient(), outbound_allow="127.0.0.0/8")
        yield House(parts.enter_context(closing(world)), parts)


@pytest.fixture
def owner(house: House) -> Moderator:
    return Moderator.of(house.world, "Ada", {house.world.site.id: Role.OWNER})


def place(receiver: Receiver, what: str = "") -> str:
    return f"{ROOM}/{receiver.endpoint.id}{what}"


def saves(owner: Moderator, receiver: Receiver, **typed: Any) -> Any:
    """Send the form as it stands there, but for what somebody typed."""
    form = {"url": receiver.endpoint.url, "description": "", "thread_prefix": "", "language": "", "headers": ""}
    form |= {"format": "standard"}
    return owner.sends(place(receiver, "/settings"), {**form, **typed}, on=place(receiver, "/settings"))


def test_an_owner_changes_what_an_endpoint_hears_and_the_audit_says_what(house: House, owner: Moderator) -> None:
    receiver = house.listens(events=(EventType.SPAM,), description="The cache")
    shown = owner.sees(place(receiver, "/settings")).text
    assert f'value="{receiver.endpoint.url}"' in shown
    assert 'value="The cache"' in shown
    assert shown.count(" checked") == 1

    saved = saves(owner, receiver, description="The new cache", events=["comment.received"], language="EN")

    assert saved.status_code == 303
    assert "Saved." in owner.sees(saved.headers["Location"]).text
    changed = house.endpoint(receiver)
    assert (changed.url, changed.description, changed.language) == (receiver.endpoint.url, "The new cache", "en")
    assert (changed.events, changed.format) == ((EventType.RECEIVED,), Format.STANDARD)
    assert "changed: description events language" in owner.sees("/console/audit").text


def test_what_is_not_touched_is_not_changed(house: House, owner: Moderator) -> None:
    receiver = house.listens(headers={"X-Desk": "sports"})
    before = house.endpoint(receiver)

    assert "Nothing was changed." in owner.sees(saves(owner, receiver).headers["Location"]).text

    assert house.endpoint(receiver) == before


def test_headers_are_added_replaced_and_taken_away_and_never_shown(house: House, owner: Moderator) -> None:
    receiver = house.listens()

    saves(owner, receiver, headers="X-Desk: sports\r\nAuthorization: Bearer of-the-newsroom\r\n")
    house.world.receives()
    house.tells()
    sent = receiver.server.asked[-1][0]
    assert (sent["x-desk"], sent["authorization"]) == ("sports", "Bearer of-the-newsroom")
    shown = owner.sees(place(receiver, "/settings")).text
    assert "X-Desk, Authorization" in shown
    assert "of-the-newsroom" not in shown

    saves(owner, receiver, headers="X-Desk: culture")
    assert house.endpoint(receiver).header_names == ("X-Desk",)
    saves(owner, receiver, no_headers="yes")
    assert house.endpoint(receiver).headers is None


def test_what_none_can_have_is_said_beside_the_field_and_nothing_is_changed(house: House, owner: Moderator) -> None:
    receiver = house.listens()

    shown = saves(owner, receiver, url="http://10.0.0.1/", language="english", headers="Host: elsewhere.example")

    assert shown.status_code == 422
    assert len(MARKED.findall(shown.text)) == 3
    assert "Host: elsewhere.example" in shown.text
    assert house.endpoint(receiver) == receiver.endpoint


def test_a_name_that_nobody_knows_is_saved_and_warned_of(house: House, owner: Moderator) -> None:
    receiver = house.listens()

    saved = saves(owner, receiver, url="https://nobody.invalid/hooks")

    assert "Saved. It is kept, but no server of this name" in owner.sees(saved.headers["Location"]).text
    assert house.endpoint(receiver).url == "https://nobody.invalid/hooks"


def test_the_page_says_how_long_the_secret_before_signs(house: House, owner: Moderator) -> None:
    receiver = house.listens()
    assert "signs too until" not in owner.sees(place(receiver)).text

    owner.sends(place(receiver, "/rotate"), on=place(receiver))

    assert "signs too until" in owner.sees(place(receiver)).text


def test_one_is_removed_with_all_that_waited_after_somebody_said_so_twice(house: House, owner: Moderator) -> None:
    receiver, other = house.listens(), house.listens()
    house.world.receives()
    house.world.events()

    assert "Remove this webhook?" in owner.sees(place(receiver, "/remove")).text
    assert house.endpoint(receiver).enabled
    gone = owner.sends(place(receiver, "/remove"), on=place(receiver, "/remove"))
    house.tells()

    assert (gone.status_code, gone.headers["Location"]) == (303, ROOM)
    assert f"{receiver.endpoint.url} is removed" in owner.sees(ROOM).text
    assert [each.id for each in webhooks.listed(house.world.deps, house.world.site.id)] == [other.endpoint.id]
    assert (receiver.ids, len(other.ids)) == ([], 1)
    noted = owner.sees("/console/audit").text
    assert "Removed a webhook" in noted
    assert "server: 127.0.0.1" in noted
    assert owner.sees(place(receiver)).status_code == 404


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.SENIOR])
def test_whoever_is_no_owner_changes_and_removes_nothing(house: House, role: Role) -> None:
    receiver = house.listens()
    somebody = Moderator.of(house.world, "Eve", {house.world.site.id: role})

    tried = [somebody.sees(place(receiver, what)).status_code for what in ("/settings", "/remove")]
    tried += [
        somebody.sends(place(receiver, what), {"url": "https://www.example.com/"}).status_code
        for what in ("/settings", "/remove")
    ]

    assert tried == [404] * 4
    assert house.endpoint(receiver) == receiver.endpoint
