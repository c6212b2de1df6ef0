"""Webhooks at the desk: owners add them, try them, see what became of each event, and send it once more."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, closing
from uuid import UUID, uuid4

import pytest
from desk import Moderator
from fakes.scorers import obedient
from makers import World
from publisher import House, Receiver
from servers.scorer import says
from standardwebhooks import Webhook

from moderation.domain.person import Role
from moderation.domain.site import Site
from moderation.services import sites, webhooks
from moderation.wiring import starting_policy

SECRET = re.compile(r'<code class="secret">(whsec_[^<]+)</code>')
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


def place(receiver: Receiver, *more: str) -> str:
    return "/".join([ROOM, str(receiver.endpoint.id), *more])


def does(owner: Moderator, receiver: Receiver, what: str, **typed: str) -> str:
    """Press a button of an endpoint's page, and give the page that comes back."""
    answer = owner.sends(place(receiver, what), typed, on=place(receiver))
    assert answer.status_code == 303
    return owner.sees(answer.headers["Location"]).text


def test_an_owner_adds_an_endpoint_and_sees_its_secret_once(house: House, owner: Moderator) -> None:
    typed = {
        "site": str(house.world.site.id),
        "url": "http://127.0.0.1:9/hooks",
        "description": "The page cache",
        "events": ["comment.approved", "comment.deleted"],
    }
    assert 'href="/console/webhooks"' in owner.sees().text

    shown = owner.sends(ROOM, typed, on=ROOM)

    (made,) = webhooks.listed(house.world.deps, house.world.site.id)
    assert (made.url, made.description, len(made.events)) == (typed["url"], "The page cache", 2)
    secret = SECRET.search(shown.text)
    assert secret
    assert secret[1] not in owner.sees(ROOM).text + owner.sees(f"{ROOM}/{made.id}").text


def test_what_none_can_have_is_said_beside_the_field_and_what_was_typed_stays(house: House, owner: Moderator) -> None:
    typed = {"site": str(house.world.site.id), "url": "http://10.0.0.1/hooks", "description": "The cache"}

    shown = owner.sends(ROOM, {**typed, "language": "english", "events": ["comment.spam"]}, on=ROOM)

    assert shown.status_code == 422
    assert len(MARKED.findall(shown.text)) == 2
    assert "code, such as en." in shown.text
    again = owner.sends(ROOM, typed, on=ROOM)
    assert "a server that is public" in again.text
    assert 'value="The cache"' in again.text
    assert webhooks.listed(house.world.deps, house.world.site.id) == []


def test_a_name_that_nobody_knows_is_kept_and_the_owner_told(house: House, owner: Moderator) -> None:
    typed = {"site": str(house.world.site.id), "url": "https://nobody.invalid/hooks"}

    shown = owner.sends(ROOM, typed, on=ROOM)

    assert "no server of this name was found" in shown.text
    assert len(webhooks.listed(house.world.deps, house.world.site.id)) == 1


def test_a_ping_goes_the_way_of_every_event_and_its_answer_is_shown_as_text(house: House, owner: Moderator) -> None:
    receiver = house.listens(says(202, b"<script>alert(1)</script> Thank you."))

    assert "A ping is on its way" in does(owner, receiver, "test")
    house.tells()

    shown = owner.sees(place(receiver)).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; Thank you." in shown
    assert "202" in shown
    assert "delivered" in shown


def test_a_secret_is_rotated_and_the_new_one_signs(house: House, owner: Moderator) -> None:
    receiver = house.listens()

    shown = owner.sends(place(receiver, "rotate"), on=place(receiver))
    secret = SECRET.search(shown.text)
    assert secret
    house.world.receives()
    house.tells()

    headers, body = receiver.server.asked[0]
    assert Webhook(secret[1]).verify(body, headers)


def test_one_is_disabled_enabled_and_told_once_more_what_is_dead(house: House, owner: Moderator) -> None:
    receiver = house.listens()
    house.world.receives()
    house.world.events()

    assert "It is disabled. An owner disabled it." in does(owner, receiver, "enabled", enabled="no")
    assert house.states(receiver) == ["dead"]
    assert "hears of events again" in does(owner, receiver, "enabled", enabled="yes")
    assert "Sent once more: 1." in does(owner, receiver, "replay")
    house.tells()
    assert receiver.types == ["comment.received"]

    (row,) = house.log(receiver)
    assert "Sent once more: 1." in does(owner, receiver, "replay", delivery=str(row["id"]))
    house.tells()
    assert len(receiver.ids) == 2


def test_deliveries_are_narrowed_and_paged(house: House, owner: Moderator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moderation.http.console.webhooks.SHOWN", 2)
    receiver = house.listens(says(410))
    for _ in range(3):
        house.world.receives()
    house.tells()

    first = owner.sees(place(receiver) + "?state=dead").text
    assert first.count("comment.received") == 2
    onwards = re.search(r'href="(\?[^"]+)" rel="next"', first)
    assert onwards
    assert owner.sees(place(receiver) + onwards[1].replace("&amp;", "&")).text.count("comment.received") == 1
    assert "nothing of the kind" in owner.sees(place(receiver) + "?state=delivered").text


@pytest.fixture
def elsewhere(house: House) -> Site:
    return sites.create(house.world.deps, name="Elsewhere", origins=[], policy=starting_policy("default"))


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.SENIOR, None])
def test_whoever_is_no_owner_of_the_site_finds_nothing(house: House, elsewhere: Site, role: Role | None) -> None:
    receiver = house.listens()
    at = {house.world.site.id: role} if role else {elsewhere.id: Role.OWNER}
    somebody = Moderator.of(house.world, "Eve", at)
    typed = {"site": str(house.world.site.id), "url": "https://www.example.com/hooks", "enabled": "no"}

    tried = [somebody.sees(place(receiver)).status_code, somebody.sends(ROOM, typed).status_code]
    tried += [
        somebody.sends(place(receiver, what), typed).status_code for what in ("test", "rotate", "enabled", "replay")
    ]

    assert tried == [404] * 6
    assert (ROOM in somebody.sees().text) is (role is None)
    assert (somebody.sees(ROOM).status_code, receiver.endpoint.url in somebody.sees(ROOM).text) == (
        200 if role is None else 404,
        False,
    )
    (kept,) = webhooks.listed(house.world.deps, house.world.site.id)
    assert (kept.enabled, house.log(receiver)) == (True, [])


def test_what_is_not_there_is_not_found(house: House, owner: Moderator) -> None:
    receiver = house.listens()

    assert owner.sees(f"{ROOM}/{uuid4()}").status_code == 404
    assert owner.sends(place(receiver, "replay"), {"delivery": "nonsense"}).status_code == 404
    assert owner.sends(place(receiver, "replay"), {"delivery": str(UUID(int=0))}).status_code == 303
