"""Webhooks at the desk: owners add them, try them, see what became of each event, and send it once more."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlencode
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from desk import Moderator
from fakes.scorers import obedient
from makers import World
from publisher import House, Receiver
from servers.scorer import says
from standardwebhooks import Webhook

from moderation.domain.audit import Act, Doer
from moderation.domain.person import Role
from moderation.domain.site import Site
from moderation.services import audit, sites, webhooks
from moderation.services.ports import Replay
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


def counted(owner: Moderator, receiver: Receiver, **typed: str) -> str:
    """Ask how much would be sent again, and give the page."""
    shown = owner.sees(f"{place(receiver, 'since')}?{urlencode(typed)}")
    assert shown.status_code == 200
    return " ".join(shown.text.split())


def clock(house: House, zone: str = "UTC", **ago: float) -> str:
    """Read a clock of a zone as it was some time ago, as a field for day and time has it."""
    then = house.world.deps.now().astimezone(ZoneInfo(zone)) - timedelta(**ago)
    return then.strftime("%Y-%m-%dT%H:%M")


def test_everything_since_a_moment_is_counted_and_then_sent_again(house: House, owner: Moderator) -> None:
    house.world.receives("Before anybody listened.")
    house.world.events()
    receiver = house.listens()
    house.world.receives()
    house.tells()
    since = clock(house, "Asia/Kathmandu", minutes=5)
    assert "Send everything again since a moment" in owner.sees(place(receiver)).text

    asked = counted(owner, receiver, since=since, zone="Asia/Kathmandu")
    assert "2 events would be sent again" in asked
    assert f'name="since" type="datetime-local" value="{since}"' in asked
    assert len(receiver.ids) == 1, "counting sends nothing"
    elsewhere = owner.sees(f"{place(receiver, 'since')}?{urlencode({'since': since, 'zone': 'UTC'})}")
    assert "Choose a moment that is past" in elsewhere.text, "it is the clock of the zone that is meant"

    told = does(owner, receiver, "since", since=since, zone="Asia/Kathmandu")
    assert "Sent once more: 2." in told
    house.tells()
    assert len(receiver.ids) == 3
    assert len(set(receiver.ids)) == 2
    (entry,) = audit.trail(house.world.deps, [house.world.site.id], {"acts": (Act.EVENTS_REPLAYED,)}).rows
    assert (entry["by"], entry["told"]["planned"], entry["subject"]) == (Doer.PERSON, 2, receiver.endpoint.id)
    kept = datetime.fromisoformat(entry["told"]["since"]).astimezone(ZoneInfo("Asia/Kathmandu"))
    assert kept.strftime("%Y-%m-%dT%H:%M") == since


def test_what_is_too_much_for_once_is_gone_on_with(
    house: House, owner: Moderator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("moderation.http.console.webhook_since.Replay", partial(Replay, most=1))
    monkeypatch.setattr("moderation.http.console.webhook_since.PAGES", 2)
    for _ in range(3):
        house.world.receives()
    house.world.events()
    receiver = house.listens()
    since = clock(house, hours=1)

    assert "2 events would be sent again, and then there are more" in counted(owner, receiver, since=since)
    answer = owner.sends(place(receiver, "since"), {"since": since}, on=place(receiver))
    onwards = owner.sees(answer.headers["Location"]).text
    assert "There are more; send again." in onwards
    assert "1 more is left." in onwards
    cursor = re.search(r'name="cursor" value="([^"]+)"', onwards)
    assert cursor
    assert "Sent once more: 1." in does(owner, receiver, "since", since=since, cursor=cursor[1])
    house.tells()
    assert len(set(receiver.ids)) == len(receiver.ids) == 3


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"since": "yesterday"}, "Write a day and a time"),
        ({"since": "<script>alert(1)</script>"}, "Write a day and a time"),
        ({"since": "0001-01-01T00:00", "zone": "Asia/Tokyo"}, "Write a day and a time"),
        ({"since": "2026-11-23T09:30+01:00"}, "Write a day and a time"),
        ({"since": "9999-12-31T23:59"}, "Choose a moment that is past"),
        ({"since": "2026-01-01T00:00", "zone": "Mars/<b>Olympus"}, "Name a time zone"),
        ({"since": "2026-01-01T00:00", "cursor": "forged"}, "Begin again without a cursor"),
        ({"since": "1" * 5000, "zone": "Z" * 5000, "cursor": "c" * 5000}, "Write a day and a time"),
    ],
)
def test_a_moment_that_none_can_have_is_said_beside_the_field(
    house: House, owner: Moderator, typed: dict[str, str], sentence: str
) -> None:
    receiver = house.listens()
    there = place(receiver, "since")
    answers = [owner.sees(f"{there}?{urlencode(typed)}"), owner.sends(there, typed, on=place(receiver))]

    for shown in answers:
        assert (shown.status_code, sentence in shown.text) == (422, True)
        assert "<script>alert" not in shown.text
        assert "<b>Olympus" not in shown.text
    assert house.log(receiver) == []


def test_one_that_is_disabled_is_sent_nothing_since_a_moment(house: House, owner: Moderator) -> None:
    receiver, since = house.listens(), clock(house, hours=1)
    does(owner, receiver, "enabled", enabled="no")

    assert "Send everything again" not in owner.sees(place(receiver)).text
    assert owner.sees(f"{place(receiver, 'since')}?since={since}").status_code == 409
    assert owner.sends(place(receiver, "since"), {"since": since}, on=place(receiver)).status_code == 409


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.SENIOR])
def test_sending_again_since_a_moment_is_for_its_owner(house: House, owner: Moderator, role: Role) -> None:
    receiver, since = house.listens(), clock(house, hours=1)
    other = sites.create(house.world.deps, name="Elsewhere", origins=[], policy=starting_policy("default"))
    for roles in ({house.world.site.id: role}, {other.id: Role.OWNER}):
        somebody = Moderator.of(house.world, f"Bo {len(roles)} {next(iter(roles.values()))}", roles)
        assert somebody.sees(f"{place(receiver, 'since')}?since={since}").status_code == 404
        assert somebody.sends(place(receiver, "since"), {"since": since}, on="/console/account").status_code == 404
    assert owner.sees(place(receiver, "since")).status_code == 200
