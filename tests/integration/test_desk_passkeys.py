"""Passkeys at the desk: added, answered with alone, after a password and once more; refused where anything is wrong."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import pytest
from api import app_over
from authenticator import Authenticator
from desk import PASSWORD, Moderator, hires
from fakes.scorers import obedient
from makers import World
from werkzeug.test import TestResponse

from moderation.domain.audit import Act, Doer
from moderation.domain.person import Role
from moderation.services import audit, passkeys, people, sweep

ORIGIN = "https://desk.example"
NEW = "/console/passkeys/new"
HOME = "/console/account"
CODE = re.compile(r"<code>([^<]+)</code>")


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with closing(World.at(database_url, scorers=obedient(), public_url=ORIGIN)) as world:
        yield world


@dataclass
class Holder:
    """Somebody with a passkey, and a browser."""

    world: World
    name: str
    browser: Moderator
    key: Authenticator
    codes: list[str] = field(default_factory=list)

    def elsewhere(self) -> "Holder":
        """Open another browser, in which nobody is signed in."""
        return Holder(self.world, self.name, Moderator(app_over(self.world)), self.key, self.codes)

    def asks(self, on: str, path: str = "/console/passkey/challenge") -> dict[str, Any]:
        """Ask for a challenge from a page."""
        given = self.browser.sends(path, on=on)
        assert given.status_code == 200, given.text
        return dict(json.loads(given.text))

    def adds(self, name: str = "my phone") -> TestResponse:
        made = self.key.makes(self.asks(NEW, "/console/passkeys/challenge"))
        return self.browser.sends("/console/passkeys", {"name": name, "credential": made}, on=NEW)

    def brings(self, answer: str, on: str = "/console/login", **typed: str) -> TestResponse:
        return self.browser.sends("/console/passkey", {"credential": answer, **typed}, on=on)

    def shows(self, on: str = "/console/login", **others: Any) -> TestResponse:
        """Answer a challenge; wrongly where a test says so."""
        return self.brings(self.key.answers(self.asks(on), **others), on)

    def is_in(self) -> bool:
        return self.browser.sees().status_code == 200


def holder(world: World, name: str, **others: Any) -> Holder:
    """Let somebody sign in, write down recovery codes and add a passkey."""
    browser = Moderator.of(world, name, {world.site.id: Role.OWNER})
    shown = browser.sends("/console/mf-recovery-codes", {"generate_new_codes": "1"}, on="/console/mf-recovery-codes")
    one = Holder(world, name, browser, Authenticator(ORIGIN, **others), CODE.findall(shown.text))
    assert one.adds().status_code == 303
    return one


@pytest.fixture
def ada(world: World) -> Holder:
    return holder(world, "Ada")


def noted(world: World, *acts: Act) -> list[tuple[Act, Doer, Any]]:
    rows = audit.trail(world.deps, [world.site.id], {"acts": acts}).rows
    return [(row["act"], row["by"], row["told"].get("way")) for row in reversed(rows)]


def test_a_passkey_lets_in_by_itself_and_leads_on(world: World, ada: Holder) -> None:
    other = ada.elsewhere()
    led = other.browser.sees("/console/audit").headers["Location"]

    came = other.brings(ada.key.answers(other.asks(led)), led, next="/console/audit")

    assert (came.status_code, came.headers["Location"]) == (303, "/console/audit")
    assert other.browser.sees("/console/audit").status_code == 200
    assert noted(world, Act.PASSKEY_ADDED, Act.SIGNED_IN) == [
        (Act.SIGNED_IN, Doer.PERSON, None),
        (Act.PASSKEY_ADDED, Doer.PERSON, None),
        (Act.SIGNED_IN, Doer.PERSON, "passkey"),
    ]
    account = other.browser.sees(HOME).text
    assert "my phone" in account
    assert "last used" in account
    (kept,) = passkeys.of(world.deps, people.by_name(world.deps, "Ada"))
    assert kept.used_at is not None
    assert people.by_name(world.deps, "Ada").second_factor


def test_nobody_is_led_out_of_the_desk(ada: Holder) -> None:
    for there in ("//evil.example", "https://evil.example", "/demo/", "/console\\evil", "/console/\n"):
        other = ada.elsewhere()
        came = other.brings(ada.key.answers(other.asks("/console/login")), next=there)
        assert (there, came.headers["Location"]) == (there, "/console/")


def test_after_the_password_a_passkey_is_asked_for_and_a_recovery_code_does_as_well(ada: Holder) -> None:
    other = ada.elsewhere()
    led = other.browser.signs_in("Ada")
    assert led.headers["Location"].startswith("/console/passkey")
    assert not other.is_in(), "a password alone lets nobody in"
    assert "Use a passkey" in other.browser.sees("/console/passkey").text
    assert other.shows("/console/passkey").headers["Location"] == "/console/"
    assert other.is_in()

    lost = ada.elsewhere()
    lost.browser.signs_in("Ada")
    came = lost.browser.sends("/console/mf-recovery", {"code": ada.codes[0]}, on="/console/mf-recovery")
    assert came.status_code == 302
    assert lost.is_in()


def test_recovery_codes_come_before_the_first_passkey(world: World) -> None:
    browser = Moderator.of(world, "Bert")

    assert "make recovery codes" in browser.sees(NEW).text
    assert browser.sends("/console/passkeys/challenge", on=HOME).status_code == 409
    assert browser.sends("/console/passkeys", {"name": "phone", "credential": "{}"}, on=HOME).status_code == 422


def test_what_opens_doors_asks_once_more_and_a_passkey_is_enough(world: World, ada: Holder) -> None:
    world.clock.forward(minutes=11)
    for path in (NEW, HOME):
        assert ada.browser.sees(path).status_code == (303 if path == NEW else 200)
    (kept,) = passkeys.of(world.deps, people.by_name(world.deps, "Ada"))
    removed = ada.browser.sends(f"/console/passkeys/{kept.id}/remove", on=HOME)
    assert (removed.status_code, removed.headers["Location"]) == (303, "/console/verify?next=%2Fconsole%2Faccount")
    assert ada.browser.sends("/console/passkeys/challenge", on=HOME).status_code == 303
    exported = ada.browser.sends("/console/audit/export", {"format": "csv"}, on=HOME)
    assert exported.status_code == 303
    world.clock.forward(minutes=-11)
    again = exported.headers["Location"]
    assert "Use a passkey" in ada.browser.sees(again).text

    assert ada.shows("/console/verify").headers["Location"] == HOME
    assert ada.browser.sends(f"/console/passkeys/{kept.id}/remove", on=HOME).status_code == 303
    assert passkeys.of(world.deps, people.by_name(world.deps, "Ada")) == []
    assert noted(world, Act.PASSKEY_REMOVED) == [(Act.PASSKEY_REMOVED, Doer.PERSON, None)]
    gone = ada.elsewhere()
    gone.shows()
    assert not gone.is_in()
    assert ada.elsewhere().browser.signs_in("Ada").headers["Location"] == "/console/", "as before there was one"


@pytest.mark.parametrize(
    ("changed", "others"),
    [
        pytest.param({"origin": "https://desk.example.evil.example"}, {}, id="another-address"),
        pytest.param({"origin": "http://desk.example"}, {}, id="in-the-clear"),
        pytest.param({"origin": "https://desk.example:8443"}, {}, id="another-port"),
        pytest.param({"verifies": False}, {}, id="nobody-verified"),
        pytest.param({}, {"challenge": "YSBjaGFsbGVuZ2Ugb2YgbXkgb3du"}, id="another-challenge"),
        pytest.param({}, {"handle": b"0123456789abcdef"}, id="another-handle"),
        pytest.param({}, {"handle": b""}, id="no-handle"),
        pytest.param({"id": b"somebody else's key, or nobody's"}, {}, id="unknown"),
    ],
)
def test_what_is_wrong_lets_nobody_in(world: World, ada: Holder, changed: Any, others: Any) -> None:
    other = ada.elsewhere()
    for name, value in changed.items():
        setattr(ada.key, name, value)

    came = other.shows(**others)

    assert came.headers["Location"] == "/console/login"
    assert "was not recognised" in other.browser.sees("/console/login").text
    assert not other.is_in()
    expected = [] if "id" in changed else [(Act.SIGN_IN_FAILED, Doer.STRANGER, "passkey")]
    assert noted(world, Act.SIGN_IN_FAILED) == expected


def test_a_key_that_signs_with_another_lets_nobody_in(ada: Holder, world: World) -> None:
    eve, other = holder(world, "Eve"), ada.elsewhere()
    eve.key.id, eve.key.handle = ada.key.id, ada.key.handle
    other.key = eve.key

    other.shows()

    assert not other.is_in()


@pytest.mark.parametrize("sent", ["", "{}", "[]", "null", '{"id": 5}', "x" * 30_000, "[" * 5000, '{"id": "\\ud800"}'])
def test_nonsense_is_no_passkey(ada: Holder, sent: str) -> None:
    other = ada.elsewhere()
    other.asks("/console/login")

    assert other.brings(sent).status_code == 303
    assert not other.is_in()
    ada.asks(NEW, "/console/passkeys/challenge")
    refused = ada.browser.sends("/console/passkeys", {"name": "x", "credential": sent}, on=NEW)
    assert refused.status_code == 422


def test_after_anothers_password_ones_own_passkey_lets_nobody_in(world: World, ada: Holder) -> None:
    eve = holder(world, "Eve")
    half = ada.elsewhere()
    half.browser.signs_in("Ada")
    half.key = eve.key

    assert half.shows("/console/passkey").headers["Location"] == "/console/passkey"
    assert not half.is_in()
    assert noted(world, Act.SIGN_IN_FAILED) == [(Act.SIGN_IN_FAILED, Doer.STRANGER, "passkey")]


def test_a_challenge_is_good_once_for_one_purpose_in_one_browser_and_soon(world: World, ada: Holder) -> None:
    other = ada.elsewhere()
    answer = ada.key.answers(other.asks("/console/login"))
    cookie = other.browser.client.get_cookie("lychgate", path="/console")
    assert cookie
    assert not ada.elsewhere().brings(answer).headers["Location"].endswith("/console/"), "of another browser"
    assert other.brings(answer).headers["Location"] == "/console/"

    thief = ada.elsewhere()
    thief.browser.client.set_cookie("lychgate", cookie.value, path="/console")
    token = re.search(r'name="csrf_token" value="([^"]+)"', thief.browser.sees("/console/login").text)
    assert token
    again = {"csrf_token": token[1], "credential": answer}
    assert thief.browser.client.post("/console/passkey", data=again).headers["Location"] == "/console/login"
    assert not thief.is_in(), "an old cookie makes nothing good again"

    half = ada.elsewhere()
    early = ada.key.answers(half.asks("/console/login"))
    half.browser.signs_in("Ada")
    half.brings(early, "/console/passkey")
    assert not half.is_in(), "it was for signing in alone"

    late = ada.elsewhere()
    answer = ada.key.answers(late.asks("/console/login"))
    world.clock.forward(minutes=5)
    late.brings(answer)
    assert "took too long" in late.browser.sees("/console/login").text
    assert not late.is_in()
    assert noted(world, Act.SIGN_IN_FAILED) == [], "who was late proved nothing"
    assert sweep.purge_spent(world.deps) > 0


def test_a_key_that_counts_backwards_is_refused_and_the_owner_hears_of_it(world: World) -> None:
    ada = holder(world, "Ada", count=1)
    counted = []
    for count in (5, 5, 3, 0, 6):
        ada.key.count, other = count, ada.elsewhere()
        other.shows()
        counted.append(other.is_in())

    assert counted == [True, False, False, False, True]
    assert noted(world, Act.PASSKEY_REFUSED) == [(Act.PASSKEY_REFUSED, Doer.STRANGER, None)] * 3


def test_who_was_let_in_no_more_is_not_let_in_by_a_passkey(world: World, ada: Holder) -> None:
    people.disable(world.deps, people.by_name(world.deps, "Ada"))
    other = ada.elsewhere()

    other.shows()

    assert not other.is_in()


def test_a_passkey_is_added_once_and_by_its_own_person_alone(world: World, ada: Holder) -> None:
    made = ada.key.makes(ada.asks(NEW, "/console/passkeys/challenge"))
    sent = {"name": "twice", "credential": made}
    assert ada.browser.sends("/console/passkeys", sent, on=NEW).status_code == 409
    assert ada.browser.sends("/console/passkeys", sent, on=NEW).status_code == 422, "its challenge was answered"
    ada.key = Authenticator("https://evil.example")
    assert ada.adds().status_code == 422
    ada.key = Authenticator(ORIGIN, verifies=False)
    assert ada.adds().status_code == 422
    ada.key = Authenticator(ORIGIN)
    assert ada.adds(" ").status_code == 422
    assert ada.adds("<b>another</b>").status_code == 303
    assert "&lt;b&gt;another" in ada.browser.sees(HOME).text

    eve = holder(world, "Eve")
    (kept, _) = passkeys.of(world.deps, people.by_name(world.deps, "Ada"))
    assert eve.browser.sends(f"/console/passkeys/{kept.id}/remove", on=HOME).status_code == 404
    assert len(passkeys.of(world.deps, people.by_name(world.deps, "Ada"))) == 2


def test_where_browsers_make_no_passkeys_the_desk_says_so(database_url: str) -> None:
    with closing(World.at(database_url, public_url="http://10.0.0.7:8080")) as world:
        browser = Moderator.of(world, "Ada")

        assert "http://10.0.0.7:8080" in browser.sees(NEW).text
        assert "passkey/challenge" not in Moderator(app_over(world)).sees("/console/login").text
        assert Moderator(app_over(world)).sends("/console/passkey/challenge", on="/console/login").status_code == 404


def test_failures_are_written_down_a_few_times_and_without_a_network(database_url: str) -> None:
    with closing(World.at(database_url, rate_limits="on")) as world:
        hires(world, "Ada", {world.site.id: Role.OWNER})
        for name in ("Ada", "Nobody"):
            somebody = Moderator(app_over(world))
            for _ in range(9):
                assert somebody.signs_in(name, "not the password").status_code == 200

        rows = audit.trail(world.deps, [world.site.id], {"acts": (Act.SIGN_IN_FAILED,)}).rows
        assert [row["by"] for row in rows] == [Doer.STRANGER] * 3
        assert all(row["told"] == {"way": "password"} and row["actor_id"] is None for row in rows)
        owner = Moderator(app_over(world))
        owner.signs_in("Ada", PASSWORD)
        page = owner.sees("/console/audit").text
        assert "somebody unknown" in page
        assert "127.0.0.1" not in page


def test_answers_with_passkeys_are_counted_for_a_network(sqlite_url: str) -> None:
    with closing(World.at(sqlite_url, rate_limits="on", public_url=ORIGIN)) as world:
        stranger = Moderator(app_over(world))

        tried = [stranger.sends("/console/passkey", on="/console/login").status_code for _ in range(51)]

        assert tried == [303] * 50 + [429]
