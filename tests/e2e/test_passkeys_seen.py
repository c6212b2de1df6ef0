"""Passkeys in a real browser, with an authenticator that it emulates: made, used alone, after a password and again."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from desk import PASSWORD, hires
from fakes.scorers import obedient
from makers import World
from newspaper import Paper, Reader
from playwright.sync_api import CDPSession, Page, expect
from servers.web import served

from moderation.app import create_app
from moderation.domain.person import Role
from moderation.http.context import Web
from moderation.services import passkeys, people

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Paper]:
    """An installation that is known as localhost, since browsers make no passkeys for a number."""
    world = World.at(sqlite_url, scorers=obedient())

    def made(url: str) -> object:
        named = url.replace("127.0.0.1", "localhost")
        world.deps = replace(world.deps, public_url=named)
        return create_app(Web(world.deps, public_url=named, ready=dict))

    with served(made) as url:
        yield Paper(world, url.replace("127.0.0.1", "localhost"))
    world.close()


def phone_of(reader: Reader) -> tuple[CDPSession, str]:
    """Give somebody a phone that says yes."""
    session = reader.page.context.new_cdp_session(reader.page)
    session.send("WebAuthn.enable")
    added = session.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})
    return session, added["authenticatorId"]


def signs_in(page: Page, office: Paper) -> None:
    page.goto(f"{office.url}/console/account")
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")


def looks(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [f"{fault['id']}: {node['html']}" for fault in found for node in fault["nodes"]] == []
    width = page.viewport_size
    assert width
    assert page.evaluate("document.documentElement.scrollWidth") == width["width"]


def test_a_passkey_is_made_and_lets_in_alone_after_a_password_and_again(
    office: Paper, opens: Callable[..., Reader]
) -> None:
    hires(office.world, "Ada", {office.world.site.id: Role.OWNER})
    reader = opens(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    page, (phone, authenticator) = reader.page, phone_of(reader)
    signs_in(page, office)
    page.get_by_role("link", name="Add a passkey").click()
    looks(page)
    page.get_by_role("link", name="make recovery codes").click()
    page.get_by_role("button", name="Make new codes").click()
    page.goto(f"{office.url}/console/passkeys/new")
    looks(page)
    page.get_by_label("What you call it").fill("my phone")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your passkey is kept.")).to_be_visible()
    expect(page.get_by_text("not used yet")).to_be_visible()
    looks(page)

    page.get_by_role("button", name="Sign out here").click()
    looks(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Nobody waits")).to_be_visible()
    page.goto(f"{office.url}/console/account")
    expect(page.get_by_text("not used yet")).to_be_hidden()

    page.get_by_role("button", name="Sign out here").click()
    signs_in(page, office)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    looks(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Ada")).to_be_visible()

    page.goto(f"{office.url}/console/verify?next=/console/audit")
    looks(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Audit")).to_be_visible()
    (kept,) = passkeys.of(office.world.deps, people.by_name(office.world.deps, "Ada"))
    assert kept.count > 1

    page.goto(f"{office.url}/console/account")
    page.get_by_role("button", name="Remove the passkey my phone").click()
    expect(page.get_by_text("lets nobody in any more")).to_be_visible()
    phone.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": authenticator})
    assert passkeys.of(office.world.deps, people.by_name(office.world.deps, "Ada")) == []
    assert reader.complaints == []


def test_who_says_no_is_told_so_and_may_try_again(office: Paper, opens: Callable[..., Reader]) -> None:
    reader = opens()
    page, (phone, authenticator) = reader.page, phone_of(reader)
    phone.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    page.goto(f"{office.url}/console/login")
    button = page.get_by_role("button", name="Sign in with a passkey")

    button.click()

    expect(page.get_by_role("alert").filter(has_text=re.compile("No passkey was used"))).to_be_visible()
    expect(button).to_be_enabled()
    assert reader.complaints == []
