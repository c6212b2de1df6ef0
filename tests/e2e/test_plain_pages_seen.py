"""The pages that need no script, in a browser: a member in a frame, and axe on every one of them, in every light."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from urllib.parse import urlencode

import pytest
from fakes.scorers import obedient
from flask import Flask
from makers import World
from membership import claims_at, signed
from newspaper import LOOKS, TEXT, Paper, Reader, axe_finds_nothing
from playwright.sync_api import Page, expect
from servers.mail import Mailbox, mailbox
from servers.web import served

from moderation.app import create_app
from moderation.http.context import Web
from moderation.services import members, sites

Opens = Callable[..., Reader]
FRAMED = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>The Harvest</title><main><h1>The Harvest</h1>
<form action="{frame}" method="post" target="comments"><input type="hidden" name="member" value="{token}">
<button>Comment as Ann</button></form>
<iframe name="comments" src="{frame}" title="Comments" width="600" height="900"></iframe></main></html>"""
SUBMIT = """(action) => {
  const form = Object.assign(document.createElement("form"), { action, method: "post" });
  document.body.append(form);
  form.submit();
}"""
"""Sends a form that holds nothing to a site that is not there."""
LINK = re.compile(r"(/embed/pk_[\w-]+/mail/\S+)")


def test_a_member_led_into_the_frame_is_still_there_after_sending_and_a_reload_sends_nothing_twice(
    paper: Paper, reader: Reader
) -> None:
    world, publisher = paper.world, Flask("publisher")
    _, secret = members.rotate(world.deps, world.site.id)
    frame = f"{paper.url}/embed/{world.site.key}/thread?thread=harvest"

    @publisher.get("/")
    def article() -> str:
        claims = claims_at(world.site.key, world.clock(), name="Ann of the house")
        return FRAMED.format(frame=frame, token=signed(claims, secret))

    publisher.add_url_rule("/favicon.ico", "icon", lambda: ("", 204))
    page = reader.page
    with served(lambda _: publisher) as url:
        sites.change(world.deps, world.site.id, origins=[url])
        page.goto(url)
        page.get_by_role("button", name="Comment as Ann").click()
        framed = page.frame_locator("iframe")
        for text in (TEXT, "And another thing, about the hives."):
            expect(framed.get_by_text("You write as Ann of the house.")).to_be_visible()
            expect(framed.locator("#email")).to_have_count(0)
            framed.locator("#text").fill(text)
            world.clock.forward(seconds=10)
            framed.get_by_role("button", name="Post Comment").click()
            expect(framed.get_by_role("status").filter(has_text="waiting to be read")).to_be_visible()
        page.frame("comments").evaluate("location.reload()")  # type: ignore[union-attr]
        expect(framed.get_by_text("You write as Ann of the house.")).to_be_visible()
        world.scores()
        page.frame("comments").evaluate("location.reload()")  # type: ignore[union-attr]
        expect(framed.get_by_role("heading", name="2 comments")).to_be_visible()
        expect(framed.get_by_role("article").filter(has_text="Ann of the house")).to_have_count(2)


@pytest.fixture(scope="module")
def box() -> Iterator[Mailbox]:
    with mailbox() as known:
        yield known


@pytest.fixture
def wired(sqlite_url: str, box: Mailbox) -> Iterator[Paper]:
    """A newspaper that tells its authors by mail."""
    box.came.clear()
    mail = {"mail_server": box.server, "mail_from": "lychgate@news.example"}
    with closing(World.at(sqlite_url, scorers=obedient(), **mail)) as world:
        world.site = sites.change(world.deps, world.site.id, confirm=True, tell_authors=True)
        with served(lambda url: create_app(Web(world.deps, public_url=url, ready=dict))) as url:
            yield Paper(world, url)


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_axe_finds_nothing_on_any_page_that_needs_no_script(
    wired: Paper, box: Mailbox, opens: Opens, look: dict[str, object]
) -> None:
    world, page = wired.world, opens(**look).page
    embed = f"{wired.url}/embed/{world.site.key}"
    first = wired.says("Who remembers the **old** ones?", name="Margaret", thread="harvest")

    page.goto(f"{embed}/thread?{urlencode({'thread': 'harvest', 'replyto': first})}")
    seen(page, "You answer Margaret.")
    wired.takes(page, name="", email="bea at home")
    seen(page, "Enter your name.")
    wired.takes(page)
    seen(page, "has arrived and is waiting")
    page.goto(f"{embed}/received")
    seen(page, "Thank you")
    page.evaluate(SUBMIT, f"{wired.url}/v1/sites/pk_unknown/comments")
    seen(page, "Your comment was not sent")
    world.scores()

    page.goto(wired.url + posted(world, box, "Is this your address?"))
    seen(page, "Yes, I wrote it")
    page.get_by_role("button", name="Yes, I wrote it").click()
    seen(page, "Your address is confirmed")
    page.goto(f"{embed}/own")
    page.get_by_role("button").click()
    seen(page, "Enter an e-mail address")
    page.get_by_label("Email").fill("bea@example.com")
    page.get_by_role("button").click()
    seen(page, "is on its way")
    page.goto(wired.url + posted(world, box, "Your comments at"))
    page.get_by_role("button").click()
    seen(page, "kept the bees")


def posted(world: World, box: Mailbox, about: str) -> str:
    """Let mail leave, and give where the latest of this subject leads."""
    world.mails()
    mails = [mail for mail in box.came if str(mail["Subject"]).startswith(about)]
    return str(LINK.findall(mails[-1].get_content())[0])


def seen(page: Page, words: str) -> None:
    """Read a page, and let axe look at it; it stays within the width of its window."""
    expect(page.get_by_text(words).first).to_be_visible()
    axe_finds_nothing(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
