"""Somebody chooses other keys: they are shown on every button, and do what they say."""

import re

from desk import PASSWORD, hires
from newspaper import Paper, Reader
from playwright.sync_api import Page, expect

from moderation.domain.comment import Status


def signs_in(paper: Paper, reader: Reader) -> Page:
    hires(paper.world, "Ada")
    reader.page.goto(f"{paper.url}/console/")
    reader.page.get_by_label("Name").fill("Ada")
    reader.page.get_by_label("Password").fill(PASSWORD)
    with reader.page.expect_event("load"):
        reader.page.keyboard.press("Enter")
    return reader.page


def test_keys_are_chosen_once_and_work_and_are_shown(paper: Paper, reader: Reader) -> None:
    first = paper.world.has("maybe-spam One.", name="Ann")
    paper.world.has("maybe-spam Two.", name="Bob")
    page = signs_in(paper, reader)
    page.keyboard.press("?")
    page.get_by_role("link", name="Choose other keys").click()

    page.get_by_label("Hold", exact=True).fill("")
    page.get_by_label("Approve").fill("a")
    page.get_by_label("Close or open the page").fill("e")
    page.get_by_role("button", name="Keep these").click()
    expect(page.get_by_role("status")).to_have_text("Kept.")
    expect(page.get_by_label("Hold", exact=True)).to_have_value("h")

    page.goto(f"{paper.url}/console/?sort=oldest")
    approve = page.locator(".card").get_by_role("button", name=re.compile("^Approve"))
    expect(approve).to_have_attribute("aria-keyshortcuts", "a")
    expect(approve.locator("kbd")).to_have_text("a")
    page.keyboard.press("?")
    expect(page.locator("dialog dt", has_text=re.compile("^a$"))).to_have_count(1)
    page.keyboard.press("Escape")

    page.keyboard.press("f")
    page.keyboard.press("e")
    expect(page.locator(".notice")).to_contain_text("takes no more comments")
    expect(page.locator(".card").get_by_role("button", name=re.compile("^Open its page"))).to_be_visible()
    with page.expect_response(lambda answer: answer.url.endswith("/decisions")):
        page.keyboard.press("a")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bob")
    assert paper.world.look(first).status is Status.APPROVED

    page.goto(f"{paper.url}/console/account/keyboard")
    page.get_by_role("button", name="All as usual").click()
    expect(page.get_by_label("Approve")).to_have_value("f")
