"""A whole shift at the desk, as a moderator lives it: a queue by keys alone, a wave, a colleague, a phone."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import cycle
from typing import Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from desk import PASSWORD, hires
from makers import World
from newspaper import Paper, Reader
from passlib.totp import TOTP
from playwright.sync_api import Page, Response, expect
from sqlalchemy import text

from moderation.domain.comment import Status
from moderation.domain.person import Role
from moderation.services import sites

CARDS, COPIES = 50, 200
BECOMES: Final = {"f": Status.APPROVED, "d": Status.REJECTED, "s": Status.SPAM}
ALIKE: Final = (
    "maybe-toxicity Whoever has not yet heard of the wonderful machines that sort apples by themselves should look at "
    "them today, since our cousin has bought three and has not worked a single day since then, see http://s{}.example/"
)
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def valley(paper: Paper) -> World:
    """Another site of the same installation."""
    world = paper.world
    return replace(world, site=sites.create(world.deps, name="The Valley", origins=[], policy=world.site.policy))


def queue(world: World) -> list[str]:
    """Let a wave wait, and cards that are nobody's copy; name their authors, oldest first."""
    for number in range(COPIES):
        world.receives(ALIKE.format(number), name=f"Copy{number}", thread=f"page-{number}")
    names = [f"Author{number:02}" for number in range(CARDS)]
    for name in names:
        waits(world, name)
    return names


def waits(world: World, name: str) -> None:
    """Let a comment wait whose author is called by its number; their address is one that nobody may read by chance."""
    world.has(f"maybe-toxicity a remark of {name}", name=name, email=f"{name.lower()}@example.com")


def standing(world: World) -> dict[str, Status]:
    """Say where each comment of a site stands, by its author's name."""
    asked = text("SELECT name, status FROM comment WHERE site_id = :site")
    with world.deps.reading(world.site.id) as uow:
        rows = uow.connection.execute(asked, {"site": world.site.id.hex}).all()  # type: ignore[attr-defined]
    return {row.name: Status(row.status) for row in rows}


def at(page: Page, name: str) -> None:
    """Wait until somebody's card is in view, and keys are heard, which they are not while a page is being turned."""
    expect(page.locator(".card h1")).to_contain_text(name)
    expect(page.locator(".ask")).not_to_have_attribute("hidden", "")


def presses(page: Page, key: str) -> None:
    """Press a key, and wait for the server's word."""
    with page.expect_response(_decides) as answered:
        page.keyboard.press(key)
    assert answered.value.ok


def _decides(answer: Response) -> bool:
    return answer.request.method == "POST" and not answer.url.endswith("/claims")


def says(page: Page, sentence: str) -> None:
    expect(page.get_by_role("status").filter(has_text=sentence)).to_be_visible()


def types_password(page: Page, name: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_event("load"):
        page.keyboard.press("Enter")


def signs_in_with_a_second_factor(page: Page, url: str) -> None:
    """Set an authenticator up, sign out, and come in again with its next code."""
    page.goto(url)
    types_password(page, "Ada")
    page.goto(f"{url}tf-setup")
    page.get_by_role("button", name="Set one up").click()
    codes = TOTP(page.locator("code").inner_text().replace("-", ""))
    page.get_by_label("Code").fill(codes.generate().token)
    page.keyboard.press("Enter")
    expect(page.get_by_text("a code of your authenticator")).to_be_visible()
    page.get_by_role("button", name="Sign out here").click()
    types_password(page, "Ada")
    page.get_by_label("Code").fill(codes.generate(datetime.now().astimezone() + timedelta(seconds=30)).token)
    with page.expect_event("load"):
        page.keyboard.press("Enter")


def is_fit_for_everybody(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [f"{fault['id']}: {node['html']}" for fault in found for node in fault["nodes"]] == []


def works_off(page: Page, names: Iterable[str]) -> dict[str, Status]:
    """Decide one card after the other, by one key each; say what each becomes."""
    decided = {}
    for name, key in zip(names, cycle("ffdsf"), strict=False):
        at(page, name)
        presses(page, key)
        decided[name] = BECOMES[key]
    return decided


def looks_at_an_address(world: World, page: Page, address: str) -> None:
    """Say once more who one is, since one signed in a while ago; say why, and read it."""
    world.clock.forward(minutes=11)
    page.get_by_role("link", name="Show it").click()
    expect(page.get_by_role("heading", name="Is it still you?")).to_be_visible()
    world.clock.forward(minutes=-11)  # Whoever proves who they are does so by the clock of the machine.
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_label("Why you need it").fill("They asked us to call them back.")
    page.keyboard.press("Enter")
    expect(page.get_by_text(address)).to_be_visible()
    page.get_by_role("link", name="Back to the comment").click()


def goes_to_the_other_site(page: Page) -> None:
    page.get_by_text("Narrow and sort").click()
    page.get_by_label("Site", exact=True).select_option("The Valley")
    page.get_by_role("button", name="Narrow", exact=True).click()


@pytest.mark.timeout(400)
def test_a_shift_from_signing_in_to_going_home(paper: Paper, valley: World, opens: Callable[..., Reader]) -> None:
    world, url = paper.world, f"{paper.url}/console/"
    newest = f"{url}?site={world.site.id}&sort=newest"
    names = queue(world)
    waits(valley, "Neighbour")
    hires(world, "Ada", {world.site.id: Role.SENIOR, valley.site.id: Role.SENIOR})
    hires(world, "Bert")
    own, other = opens(), opens()
    page = own.page
    signs_in_with_a_second_factor(page, url)

    page.goto(newest)
    decided = works_off(page, reversed(names))
    taken_back = list(decided)[-3:]
    for name in reversed(taken_back):
        presses(page, "u")
        at(page, name)
    assert standing(world).items() >= (decided | dict.fromkeys(taken_back, Status.HELD)).items()

    page.goto(f"{url}?site={world.site.id}&sort=oldest")
    at(page, f"{COPIES} alike")
    is_fit_for_everybody(page)
    presses(page, "s")
    says(page, f"Marked as spam: {COPIES} alike.")
    assert {status for name, status in standing(world).items() if name.startswith("Copy")} == {Status.SPAM}

    other.page.goto(url)
    types_password(other.page, "Bert")
    for each in (page, other.page):
        each.goto(newest)
        at(each, names[2])
    presses(page, "f")
    other.page.keyboard.press("d")
    says(other.page, "Ada decided meanwhile: approved.")

    at(page, names[1])
    looks_at_an_address(world, page, f"{names[1].lower()}@example.com")

    goes_to_the_other_site(page)
    at(page, "Neighbour")
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator(".lines").get_by_role("link").click()
    expect(page.locator(".lines")).to_be_hidden()
    is_fit_for_everybody(page)
    with page.expect_response(_decides):
        page.locator(".card").get_by_role("button", name="Approve").click()
    says(page, "Approved.")

    assert standing(valley) == {"Neighbour": Status.APPROVED}
    assert own.complaints == []
    assert [said for said in other.complaints if "412" not in said] == []
