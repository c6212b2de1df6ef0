"""The page of numbers in a real browser: within everybody's reach, on a phone, in the dark, with nothing inline."""

from collections.abc import Callable

from axe_playwright_python.sync_playwright import Axe
from desk import PASSWORD, hires
from newspaper import Paper, Reader
from playwright.sync_api import expect

from moderation.domain.decision import Action, Actor
from moderation.domain.person import Role
from moderation.services import flags, review
from moderation.services.review import Moderator, Wish

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def test_numbers_are_within_everybodys_reach(paper: Paper, opens: Callable[..., Reader]) -> None:
    world = paper.world
    ada = hires(world, "Ada", {world.site.id: Role.SENIOR})
    held, calm = world.has("maybe-toxicity numbers"), world.has("A calm remark that is flagged.")
    world.has("maybe-toxicity, and waits")
    wish = Wish(held.id, world.look(held).version, Action.APPROVE)
    review.decide(world.deps, Moderator(world.site.id, ada.id, Actor.PERSON), wish)
    flags.flag(world.deps, world.site.id, calm.id, reason="spam", address="203.0.113.77")
    wish = Wish(calm.id, world.look(calm).version, Action.SPAM)
    world.clock.forward(seconds=1)
    review.decide(world.deps, Moderator(world.site.id, ada.id, Actor.PERSON), wish)
    reader = opens(viewport={"width": 390, "height": 844}, reduced_motion="reduce", color_scheme="dark")
    page, faults = reader.page, dict[str, list[str]]()

    page.goto(f"{paper.url}/console/numbers")
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Numbers", exact=True)).to_be_visible()
    for look in ({"color_scheme": "dark"}, {"color_scheme": "light"}, {"forced_colors": "active"}):
        page.emulate_media(**look)  # type: ignore[arg-type]
        for details in page.locator("details").all():
            details.evaluate("details => { details.open = true }")
        found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        faults[str(look)] = [f"{fault['id']}: {node['html']}" for fault in found for node in fault["nodes"]]
        assert page.evaluate("document.documentElement.scrollWidth") == 390

    expect(page.get_by_role("img", name="How old what waits is")).to_be_visible()
    page.get_by_label("The last").select_option("24 hours")
    page.get_by_label("Time zone").select_option("Europe/Berlin")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("Days and hours are those of Europe/Berlin.")).to_be_visible()
    with page.expect_download() as kept:
        page.locator("section", has=page.locator("#people")).get_by_role("link", name="As a table").click()
    assert kept.value.suggested_filename.startswith("people-")
    assert {look: found for look, found in faults.items() if found} == {}
    assert reader.complaints == []
