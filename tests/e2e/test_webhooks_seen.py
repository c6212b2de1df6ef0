"""Webhooks at the desk in a real browser: nothing is out of reach for anybody, by day, in the dark, or on a phone."""

from collections.abc import Callable

from axe_playwright_python.sync_playwright import Axe
from desk import PASSWORD, hires
from newspaper import Paper, Reader
from playwright.sync_api import Page

from moderation.domain.event import EventType
from moderation.domain.person import Role
from moderation.services import webhooks
from moderation.services.rounds import Rounds

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def faults_of(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [f"{fault['id']}: {node['html']}" for fault in found for node in fault["nodes"]]


def signs_in(page: Page, paper: Paper, room: str) -> None:
    page.goto(f"{paper.url}/console/{room}")
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Webhooks").wait_for()


def test_nothing_on_the_pages_of_webhooks_is_out_of_reach(paper: Paper, opens: Callable[..., Reader]) -> None:
    world = paper.world
    hires(world, "Ada", {world.site.id: Role.OWNER})
    endpoint, _ = webhooks.add(
        world.deps,
        world.site.id,
        url="https://nobody.invalid/hooks",
        description="The cache",
        headers={"X-Desk": "one"},
    )
    webhooks.ping(world.deps, world.site.id, endpoint.id)
    Rounds(world.deps, tried=False).go(endpoint.id)
    reader = opens(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    page, faults = reader.page, dict[str, list[str]]()
    signs_in(page, paper, "webhooks")

    own = f"webhooks/{endpoint.id}"
    for room in ("webhooks", own, f"{own}/settings", f"{own}/remove", "notices"):
        page.goto(f"{paper.url}/console/{room}")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            faults[f"{room} {scheme}"] = faults_of(page)
        assert page.evaluate("document.documentElement.scrollWidth") == 390, room

    assert {where: found for where, found in faults.items() if found} == {}
    assert reader.complaints == []


def test_an_owner_changes_an_endpoint_and_then_removes_it(paper: Paper, reader: Reader) -> None:
    world, page = paper.world, reader.page
    hires(world, "Ada", {world.site.id: Role.OWNER})
    endpoint, _ = webhooks.add(world.deps, world.site.id, url="https://www.example.com/hooks")
    signs_in(page, paper, "webhooks")

    page.get_by_role("link", name=endpoint.url).click()
    page.get_by_role("link", name="Change what it hears, and where").click()
    page.get_by_label("Address").fill("https://www.example.com/new")
    page.get_by_label("What it is for").fill("The cache")
    page.get_by_label("comment.spam").check()
    page.get_by_label("Headers that go along").fill("X-Desk: sports")
    page.get_by_role("button", name="Save it").click()

    page.get_by_text("Saved.").wait_for()
    (changed,) = webhooks.listed(world.deps, world.site.id)
    assert (changed.url, changed.description) == ("https://www.example.com/new", "The cache")
    assert (changed.events, changed.header_names) == ((EventType.SPAM,), ("X-Desk",))

    page.get_by_role("link", name="Remove it").click()
    page.get_by_role("button", name="Remove it for good").click()
    page.get_by_text("is removed, and hears nothing any more").wait_for()
    assert webhooks.listed(world.deps, world.site.id) == []
