"""Limits: who may send how much, what they are told, and what happens while the shared counter is away."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import pytest
from api import PUBLIC_URL, new_key
from faults.waiting import until
from flask import Flask
from makers import Seconds, World, settings_for
from servers.valkey import OwnBroker
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from moderation.adapters.broker import redis_url
from moderation.adapters.limits import ALONE, MovingLimits
from moderation.app import create_app
from moderation.domain.errors import TooMany
from moderation.domain.privacy import SecretEmail
from moderation.domain.scope import Scope
from moderation.http.context import Web
from moderation.services.intake import Staff
from moderation.services.ports import Limit
from moderation.wiring import limits

HERE: Final = "203.0.113.7"


class Senders:
    """Readers of one site, each with an address of their own."""

    def __init__(self, world: World, app: Flask) -> None:
        self.world, self.app, self.count = world, app, 0

    @property
    def path(self) -> str:
        return f"/v1/sites/{self.world.site.key}/comments"

    def post(self, place: str = HERE, *, door: str = "json", headers: Any = None, **fields: str) -> TestResponse:
        """Send a new reply from a network address."""
        self.count += 1
        reply = {"thread": "t", "name": "Ann", "email": f"ann{self.count}@example.com", "text": f"Number {self.count}."}
        options: dict[str, Any] = {door: reply | fields, "headers": headers}
        return self.app.test_client().post(self.path, environ_base={"REMOTE_ADDR": place}, **options)

    def use_up(self, place: str = HERE, **options: Any) -> None:
        """Send as much from one network as it may."""
        assert {self.post(place, **options).status_code for _ in range(20)} == {202}


@pytest.fixture
def senders_with(sqlite_url: str) -> Iterator[Callable[..., Senders]]:
    with ExitStack() as worlds:

        def make(url: str = sqlite_url, *, trusted_proxies: int = 0, broker_url: str | None = None) -> Senders:
            """While the senders are at it, no time passes for limits."""
            world = worlds.enter_context(closing(World.at(url)))
            world.deps = replace(world.deps, limits=MovingLimits(broker_url, clock=Seconds()))
            web = Web(world.deps, public_url=PUBLIC_URL, ready=dict)
            return Senders(world, create_app(web, trusted_proxies=trusted_proxies))

        yield make


@pytest.fixture
def senders(senders_with: Callable[..., Senders]) -> Senders:
    return senders_with()


def refused(answer: TestResponse, *, at_most: int) -> None:
    """See that an answer says too many, and when to come back."""
    assert answer.status_code == 429, answer.text
    assert answer.json
    assert answer.json["type"] == "/docs/problems#rate-limited"
    assert 0 < int(answer.headers["Retry-After"]) <= at_most


def test_a_network_may_send_twenty_in_ten_minutes_and_then_is_told_when_to_come_back(senders: Senders) -> None:
    senders.use_up()

    refused(senders.post(), at_most=600)
    assert senders.post("203.0.113.8").status_code == 202


@pytest.mark.parametrize(
    ("one", "same", "other"),
    [
        ("203.0.113.7", "::ffff:203.0.113.7", "203.0.113.6"),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff", "2001:db8:0:2::1"),
    ],
)
def test_a_network_is_an_address_or_the_sixty_four_bits_of_a_household(
    senders: Senders, one: str, same: str, other: str
) -> None:
    senders.use_up(one)

    refused(senders.post(same), at_most=600)
    assert senders.post(other).status_code == 202


def test_an_address_may_send_once_in_three_seconds(senders: Senders) -> None:
    assert senders.post(email="ann@example.com").status_code == 202

    refused(senders.post("203.0.113.8", email="ANN@example.com"), at_most=3)
    assert senders.post(email="bob@example.com").status_code == 202


def test_an_address_may_send_ten_in_ten_minutes(senders: Senders) -> None:
    mine = senders.world.deps.seals.fingerprint(senders.world.site.id, SecretEmail("ann@example.com"))
    own = Limit("email", 10, timedelta(minutes=10), f"{senders.world.site.id}:{mine.hex()}")
    for _ in range(10):
        senders.world.deps.limits.admit([own])

    refused(senders.post(email="ann@example.com"), at_most=600)


def test_a_site_may_be_sent_a_hundred_in_a_second(senders: Senders) -> None:
    senders.post()
    site = Limit("site", 100, timedelta(seconds=1), str(senders.world.site.id))
    for _ in range(99):
        senders.world.deps.limits.admit([site])

    refused(senders.post(), at_most=1)


def test_a_sender_in_haste_closes_the_site_to_nobody_else(senders: Senders) -> None:
    answers = [senders.post(email="ann@example.com") for _ in range(130)]

    assert {answer.status_code for answer in answers[1:]} == {429}
    left = senders.post("203.0.113.8").headers["RateLimit"].partition('"site";r=')[2]
    assert int(left.partition(";")[0]) == 98, "two of hundred are used: the first of each sender"


def test_an_answer_says_how_far_each_limit_is(senders: Senders) -> None:
    senders.post()
    headers = senders.post().headers

    assert headers["RateLimit-Policy"] == '"network";q=20;w=600, "burst";q=1;w=3, "email";q=10;w=600, "site";q=100;w=1'
    left = dict(item.split(";r=") for item in headers["RateLimit"].split(", "))
    assert {name: int(rest.partition(";t=")[0]) for name, rest in left.items()} == {
        '"network"': 18,
        '"burst"': 0,
        '"email"': 9,
        '"site"': 98,
    }


@pytest.mark.parametrize("door", ["json", "data"])
def test_a_refusal_says_which_limit_was_reached(senders: Senders, door: str) -> None:
    senders.post(email="ann@example.com")

    headers = senders.post(door=door, email="ann@example.com").headers

    assert headers["RateLimit-Policy"] == '"burst";q=1;w=3'
    assert headers["RateLimit"] == f'"burst";r=0;t={headers["Retry-After"]}'


def test_readers_who_flag_in_haste_are_told_which_limit_they_reached(senders: Senders) -> None:
    path, client = f"/v1/comments/{senders.world.receives(staff=Staff(uuid4())).id}/flags", senders.app.test_client()
    answers = [client.post(path, json={}, environ_base={"REMOTE_ADDR": HERE}) for _ in range(21)]

    assert [answer.status_code for answer in answers] == [202] * 20 + [429]
    assert answers[-1].headers["RateLimit-Policy"] == '"flags";q=20;w=600'
    assert answers[-1].headers["RateLimit"] == f'"flags";r=0;t={answers[-1].headers["Retry-After"]}'


def test_a_form_that_was_too_fast_is_shown_again_with_what_was_typed(senders: Senders) -> None:
    senders.post(email="ann@example.com")

    answer = senders.post(door="data", email="ann@example.com", text="Do not lose this, please.")

    assert (answer.status_code, answer.mimetype) == (429, "text/html")
    assert "Do not lose this, please." in answer.text
    assert int(answer.headers["Retry-After"]) <= 3


def test_what_was_refused_for_haste_is_stored_nowhere(senders: Senders) -> None:
    senders.post(email="ann@example.com", text="First.")
    senders.post(email="ann@example.com", text="Second.")

    key = new_key(senders.world, senders.world.site, [Scope.MODERATE])
    headers = {"Authorization": f"Bearer {key}"}
    listed = senders.app.test_client().get("/v1/moderation/comments", headers=headers).json
    assert listed
    assert [item["text"] for item in listed["items"]] == ["First."]


def test_reading_is_never_limited(senders: Senders) -> None:
    senders.use_up()
    refused(senders.post(), at_most=600)

    client = senders.app.test_client()
    pages = [senders.path, f"{senders.path}?thread=t", senders.path.replace("comments", "counts?thread=t")]
    found = {client.get(page, environ_base={"REMOTE_ADDR": HERE}).status_code for page in pages * 50}
    assert found == {200}


def test_a_server_speaks_for_many_people_and_their_networks_are_not_its_own(senders: Senders) -> None:
    bearer = {"Authorization": f"Bearer {new_key(senders.world, senders.world.site, [Scope.SUBMIT])}"}

    assert {senders.post(headers=bearer).status_code for _ in range(30)} == {202}

    senders.post(headers=bearer, email="ann@example.com")
    refused(senders.post(headers=bearer, email="ann@example.com"), at_most=3)


def edit(senders: Senders, posted: TestResponse, text: str, *, place: str = HERE) -> TestResponse:
    assert posted.json
    headers = {"Authorization": f"Receipt {posted.json['receipt']}"}
    client = senders.app.test_client()
    return client.patch(
        posted.json["status_url"], json={"text": text}, headers=headers, environ_base={"REMOTE_ADDR": place}
    )


def test_a_comment_may_be_changed_ten_times_in_ten_minutes_from_wherever(senders: Senders) -> None:
    posted = senders.post()
    places = [f"198.51.100.{number}" for number in range(10)]
    assert {edit(senders, posted, f"Better, {place}.", place=place).status_code for place in places} == {200}

    refused(edit(senders, posted, "Best.", place="198.51.100.99"), at_most=600)
    assert edit(senders, senders.post(), "Another one.").status_code == 200


def test_what_is_changed_counts_for_a_network_like_what_is_sent(senders: Senders) -> None:
    posted = [senders.post() for _ in range(10)]
    assert {edit(senders, one, "Better.").status_code for one in posted} == {200}

    refused(edit(senders, posted[0], "Best."), at_most=600)
    refused(senders.post(), at_most=600)


def test_an_edit_that_was_too_fast_tells_nobody(senders: Senders) -> None:
    posted = senders.post()
    for number in range(12):
        edit(senders, posted, f"Number {number}.", place=f"198.51.100.{number}")

    assert [item["type"] for item in senders.world.events()].count("comment.edited") == 10


def test_a_sites_own_people_are_under_no_limit(senders: Senders) -> None:
    scopes = [Scope.SUBMIT, Scope.MODERATE]
    bearer = {"Authorization": f"Bearer {new_key(senders.world, senders.world.site, scopes)}"}

    answers = [senders.post(headers=bearer, email="editor@example.com") for _ in range(30)]

    assert {answer.status_code for answer in answers} == {202}
    assert not any("RateLimit" in answer.headers for answer in answers)


FORGED: Final = ["198.51.100.{}", "198.51.100.{}, 203.0.113.9", "2001:db8::{}", "nonsense {}"]


@pytest.mark.parametrize("forwarded", FORGED)
def test_nobody_names_an_address_for_themselves(senders: Senders, forwarded: str) -> None:
    for number in range(20):
        senders.post(headers={"X-Forwarded-For": forwarded.format(number), "X-Real-IP": forwarded.format(number)})

    refused(senders.post(headers={"X-Forwarded-For": forwarded.format(99)}), at_most=600)


def test_a_trusted_proxy_names_the_address_and_nobody_before_it_does(senders_with: Callable[..., Senders]) -> None:
    senders = senders_with(trusted_proxies=1)
    for number in range(20):
        forwarded = {"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.9"}
        assert senders.post("127.0.0.1", headers=forwarded).status_code == 202

    refused(senders.post("127.0.0.1", headers={"X-Forwarded-For": "198.51.100.99, 203.0.113.9"}), at_most=600)
    assert senders.post("127.0.0.1", headers={"X-Forwarded-For": "203.0.113.10"}).status_code == 202


@pytest.mark.parametrize("forwarded", ["", "unknown", "_hidden", "203.0.113.9:80", "\0", "999.1.1.1", "fe80::1%eth0"])
def test_an_address_that_is_none_costs_nobody_a_reply(senders_with: Callable[..., Senders], forwarded: str) -> None:
    answer = senders_with(trusted_proxies=1).post("127.0.0.1", headers={"X-Forwarded-For": forwarded})

    assert answer.status_code == 202, answer.text


@pytest.fixture
def broker() -> Iterator[OwnBroker]:
    with closing(OwnBroker.started()) as broker:
        yield broker


def test_a_fresh_installation_counts_and_one_that_is_told_not_to_does_not(sqlite_url: str) -> None:
    once = Limit("site", 1, timedelta(hours=1), "anybody")
    counting, off = (limits(settings_for(sqlite_url, rate_limits=said)) for said in ("on", "off"))

    counting.admit([once])
    with pytest.raises(TooMany):
        counting.admit([once])
    assert off.admit([once]) == off.admit([once]) == []


def test_web_processes_share_their_counts_through_the_broker(postgres_url: str, broker: OwnBroker) -> None:
    one, other = (limits(settings_for(postgres_url, rate_limits="on", broker_url=broker.url)) for _ in "ab")
    site = Limit("site", 100, timedelta(hours=1), "shared")
    one.admit([site])

    (standing,) = other.admit([site])
    looked = one.look([site, site])

    assert standing.remaining == 98
    assert [each.remaining for each in looked] == [98, 98]


def test_the_broker_is_told_no_address(
    senders_with: Callable[..., Senders], postgres_url: str, broker: OwnBroker
) -> None:
    senders_with(postgres_url, broker_url=redis_url(broker.url)).post(email="canary@example.com")

    with broker.client() as client:
        names = list(client.scan_iter())
        held = b"\n".join([*names, *(client.dump(name) or b"" for name in names)])
    assert names
    assert b"canary" not in held
    assert HERE.encode() not in held


@pytest.mark.parametrize("fault", ["kill", "freeze"])
def test_while_the_broker_is_away_each_process_counts_for_itself(
    senders_with: Callable[..., Senders], postgres_url: str, broker: OwnBroker, fault: str
) -> None:
    senders = senders_with(postgres_url, broker_url=redis_url(broker.url))
    assert senders.post(email="before@example.com").status_code == 202
    getattr(broker, fault)()

    assert senders.post(email="ann@example.com").status_code == 202
    refused(senders.post(email="ann@example.com"), at_most=3)


@pytest.mark.parametrize("fault", ["kill", "freeze"])
def test_a_broker_that_did_not_answer_is_let_alone_for_a_while_and_then_shared_again(
    broker: OwnBroker, fault: str
) -> None:
    clock = Seconds()
    counted = MovingLimits(redis_url(broker.url), clock=clock)
    many = Limit("site", 1_000_000, timedelta(minutes=1), "shared")
    counted.admit([many])
    getattr(broker, fault)()
    counted.admit([many])
    broker.restart()

    def in_the_broker() -> int:
        counted.admit([many])
        with broker.client() as client:
            return int(client.dbsize())

    clock.now += ALONE - 0.001
    assert not in_the_broker(), "whoever did not answer is not waited for again at once"

    def later() -> int:
        clock.now += ALONE
        return in_the_broker()

    until(later, "a count in the broker", within=30)


def test_of_many_who_come_after_that_while_one_waits_for_a_broker_that_hangs(broker: OwnBroker) -> None:
    clock, together = Seconds(), threading.Barrier(8)
    counted = MovingLimits(redis_url(broker.url), clock=clock)
    many = Limit("site", 1_000_000, timedelta(minutes=1), "shared")
    broker.freeze()
    counted.admit([many])
    clock.now += ALONE

    def post(_: int) -> None:
        together.wait()
        counted.admit([many])

    with capture_logs() as said, ThreadPoolExecutor(8) as people:
        list(people.map(post, range(8)))

    assert [line["event"] for line in said] == ["limits-alone"]
    assert counted.admit([many])[0].remaining == 1_000_000 - 10, "all were counted here"
