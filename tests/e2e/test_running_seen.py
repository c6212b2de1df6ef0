"""Running sites at the desk in a real browser: every page is within everybody's reach, on a phone and in the dark."""

from collections.abc import Callable

from axe_playwright_python.sync_playwright import Axe
from desk import PASSWORD, hires
from newspaper import Paper, Reader
from playwright.sync_api import Page, expect

from moderation.domain.person import Role
from moderation.services import invitations, staff

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WRONG = 'name = "x"\nshade = 3\n'


def faults_of(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [f"{fault['id']}: {node['html']}" for fault in found for node in fault["nodes"]]


def test_nothing_on_the_pages_of_owners_is_out_of_reach(paper: Paper, opens: Callable[..., Reader]) -> None:
    world, site = paper.world, f"sites/{paper.world.site.id}"
    hires(world, "Ada", {world.site.id: Role.OWNER})
    bert = staff.hire(world.deps, name="Bert", roles={world.site.id: Role.SENIOR})
    link = str(invitations.invite(world.deps, bert)).partition("/console/")[2]
    thread = world.look(world.has(thread="article-9", thread_title="Nine " + "harvests " * 20)).thread_id
    reader = opens(viewport={"width": 390, "height": 844}, reduced_motion="reduce", color_scheme="dark")
    page, faults = reader.page, dict[str, list[str]]()

    def looks(room: str) -> None:
        faults[room] = faults_of(page)
        assert page.evaluate("document.documentElement.scrollWidth") == 390, room

    for room in ("forgotten", link):
        page.goto(f"{paper.url}/console/{room}")
        looks(room)
    page.goto(f"{paper.url}/console/sites")
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sites")).to_be_visible()
    corners = ["", "/start", "/keys", "/threads", f"/threads/{thread}", "/policy"]
    for room in ("sites", "people", f"people/{bert.id}", *(site + corner for corner in corners)):
        page.goto(f"{paper.url}/console/{room}")
        looks(room)
    world.clock.forward(seconds=1)
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("heading", name="would have gone elsewhere")).to_be_visible()
    page.emulate_media(color_scheme="light")
    looks("tried")
    page.get_by_label("As TOML").fill(WRONG)
    page.get_by_role("button", name="Decide by it").click()
    expect(page.get_by_text("Line 2")).to_be_visible()
    looks("faulty")

    assert {where: found for where, found in faults.items() if found} == {}
    assert [said for said in reader.complaints if "422" not in said] == []
