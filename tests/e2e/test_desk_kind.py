"""The desk is kind to whoever reads: slurs are blurred, a phone is swiped, and everybody may have it otherwise."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from desk import PASSWORD, hires
from newspaper import Paper, Reader
from playwright.sync_api import Locator, Page, Response, expect

from moderation.domain.comment import Status
from moderation.domain.person import Reading
from moderation.services import people

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
FAR, SHORT, STEPS = 200, 60, 8
ARABIC = "هذا تعليق طويل جدا باللغة العربية"
BLURRED = re.compile(r"blur\(")


class Finger:
    """A finger on a phone: it touches, moves in steps as fingers do, and is lifted."""

    def __init__(self, page: Page) -> None:
        self.client = page.context.new_cdp_session(page)
        self.began = self.at = (0.0, 0.0)

    def drags(self, thing: Locator, across: float, down: float = 0) -> None:
        """Touch the middle of a thing, and go this far without being lifted."""
        box = thing.bounding_box()
        assert box is not None
        self.began = self.at = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self._sends("touchStart", self.at)
        self.goes(across, down)

    def goes(self, across: float, down: float = 0) -> None:
        """Go on to so far from where it began."""
        (x, y), (was_x, was_y) = (self.began[0] + across, self.began[1] + down), self.at
        for step in range(1, STEPS + 1):
            self.at = (was_x + (x - was_x) * step / STEPS, was_y + (y - was_y) * step / STEPS)
            self._sends("touchMove", self.at)

    def lifts(self) -> None:
        self._sends("touchEnd")

    def _sends(self, kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": x, "y": y} for x, y in places]
        self.client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def sits_down(paper: Paper, reader: Reader, reading: Reading | None = None) -> Page:
    """Let Ada sign in, who reads as is said, and open the queue."""
    world = paper.world
    ada = hires(world, "Ada")
    if reading:
        people.choose_reading(world.deps, ada, reading)
    reader.page.goto(f"{paper.url}/console/")
    reader.page.get_by_label("Name").fill("Ada")
    reader.page.get_by_label("Password").fill(PASSWORD)
    with reader.page.expect_event("load"):
        reader.page.keyboard.press("Enter")
    return reader.page


def opened(page: Page, name: str) -> Locator:
    """Open somebody's comment from the list of a phone."""
    page.get_by_role("link", name=re.compile(name)).click()
    expect(page.locator(".card")).to_be_focused()  # It came anew, and stays.
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    return page.locator(".card .text")


def decides(answer: Response) -> bool:
    return answer.request.method == "POST" and not answer.url.endswith("/claims")


def test_slurs_are_blurred_until_they_are_hovered_or_focused(paper: Paper, reader: Reader) -> None:
    paper.world.has("maybe-toxicity You a-slurword, and a-threat too.", name="Ann")
    page = sits_down(paper, reader)
    word, line = page.locator(".card .veiled"), page.locator(".lines .veiled")
    expect(word).to_have_text("a-slurword,")
    for blurred in (word, line):
        expect(blurred).to_have_css("filter", BLURRED)

    word.hover()
    expect(word).to_have_css("filter", "none")
    page.mouse.move(0, 0)
    expect(word).to_have_css("filter", BLURRED)
    word.focus()
    expect(word).to_have_css("filter", "none")
    line.hover()
    expect(line).to_have_css("filter", "none")
    page.mouse.move(0, 0)
    page.get_by_role("link", name=re.compile("Ann")).focus()
    expect(line).to_have_css("filter", "none")


def test_whoever_wants_to_reads_everything_as_it_was_written(paper: Paper, reader: Reader) -> None:
    paper.world.has("maybe-toxicity You a-slurword.", name="Ann")
    page = sits_down(paper, reader)
    page.goto(f"{paper.url}/console/account")
    page.get_by_label("Blur words").uncheck()
    page.get_by_label("Comments with slurs").select_option("As they come")
    page.locator("form", has=page.get_by_label("Blur words")).get_by_role("button", name="Keep this").click()
    expect(page.get_by_role("status")).to_have_text("Kept.")
    expect(page.get_by_label("Blur words")).not_to_be_checked()
    expect(page.get_by_label("On a phone")).to_be_checked()

    page.goto(f"{paper.url}/console/")

    expect(page.locator(".card mark", has_text="a-slurword.")).to_have_css("filter", "none")
    expect(page.locator(".veiled")).to_have_count(0)


def test_what_is_severe_does_not_stand_in_a_row(paper: Paper, reader: Reader) -> None:
    for name, text in (("Dan", "calm"), ("Cem", "calm"), ("Bea", "a-threat"), ("Ann", "a-slur")):
        paper.world.has(f"maybe-toxicity {text} {name}", name=name)

    page = sits_down(paper, reader)

    expect(page.locator(".lines .first b")).to_have_text(["Ann", "Cem", "Dan", "Bea"])
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ann")
    page.goto(f"{paper.url}/console/?tab=all")
    expect(page.locator(".lines .first b")).to_have_text(["Ann", "Bea", "Cem", "Dan"])


def test_on_a_phone_a_card_is_swiped_and_that_is_taken_back(paper: Paper, opens: Callable[..., Reader]) -> None:
    world, reader = paper.world, opens(**PHONE)
    low, top = (world.has(f"maybe-toxicity {name}", name=name) for name in ("Low", "Top"))
    page = sits_down(paper, reader)
    finger, text = Finger(page), opened(page, "Top")
    expect(page.get_by_text("swipe to reject")).to_be_visible()

    with page.expect_response(decides):
        finger.drags(text, FAR)
        expect(page.locator(".place")).to_have_attribute("data-label", "Approve →")
        finger.lifts()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Low")
    assert world.status_of(top) is Status.APPROVED
    with page.expect_response(decides):
        page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Top")
    assert world.status_of(top) is Status.HELD
    with page.expect_response(decides):
        finger.drags(text, -FAR)
        finger.lifts()
    assert world.status_of(top) is Status.REJECTED
    expect(page.get_by_role("heading", level=1)).to_contain_text("Low")
    with page.expect_response(decides):
        page.get_by_role("button", name="Reject").click()

    assert world.status_of(low) is Status.REJECTED
    assert reader.complaints == []


@pytest.mark.parametrize(
    ("across", "down"),
    [
        pytest.param(SHORT, 0, id="not far"),
        pytest.param(FAR, -FAR * 1.5, id="mostly down"),
        pytest.param(0, -FAR, id="scrolling"),
    ],
)
def test_what_is_no_swipe_decides_nothing(
    paper: Paper, opens: Callable[..., Reader], across: float, down: float
) -> None:
    paper.world.has("maybe-toxicity " + "and on and on " * 60, name="Ann")
    page, sent = sits_down(paper, opens(**PHONE)), list[str]()
    text, finger = opened(page, "Ann"), Finger(page)
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)

    finger.drags(text, across, down)
    finger.lifts()
    page.get_by_role("link", name="Back to the list").click()
    opened(page, "Ann")

    assert [url for url in sent if "decisions" in url] == []
    expect(page.locator(".notice")).to_be_hidden()


def test_whoever_wants_no_swipes_has_none_and_nothing_half_written_is_swiped_away(
    paper: Paper, opens: Callable[..., Reader]
) -> None:
    paper.world.has("maybe-toxicity", name="Ann")
    page = sits_down(paper, opens(**PHONE))
    finger, text = Finger(page), opened(page, "Ann")
    page.get_by_text("Write to the author").click()
    page.get_by_label("Shown where they see").fill("Not like th")

    finger.drags(text, FAR)
    expect(page.locator(".place")).not_to_have_attribute("data-swipe", "approve")
    finger.lifts()
    page.get_by_label("Shown where they see").fill("")
    finger.drags(text, FAR)
    expect(page.locator(".place")).to_have_attribute("data-swipe", "approve")
    finger.goes(0)
    finger.lifts()

    people.choose_reading(paper.world.deps, people.by_name(paper.world.deps, "Ada"), Reading(swipes=False))
    page.reload()
    finger.drags(text, FAR)
    expect(page.locator(".place")).not_to_have_attribute("data-swipe", "approve")
    expect(page.get_by_text("swipe to reject")).to_be_hidden()


@pytest.mark.parametrize(
    "look",
    [
        pytest.param({"color_scheme": "light"}, id="light"),
        pytest.param({"color_scheme": "dark"}, id="dark"),
        pytest.param({"forced_colors": "active"}, id="forced colours"),
    ],
)
def test_kindness_is_within_everybodys_reach(paper: Paper, opens: Callable[..., Reader], look: dict[str, str]) -> None:
    paper.world.has(f"{ARABIC} maybe-toxicity a-slur", name="ليلى")
    reader = opens(**PHONE, **look, reduced_motion="reduce")
    page = sits_down(paper, reader)
    text, finger = opened(page, "ليلى"), Finger(page)
    faults = {"card": faults_of(page)}
    assert text.evaluate("text => getComputedStyle(text).direction") == "rtl"
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    outlined = page.locator(".card .veiled").evaluate("word => getComputedStyle(word).outlineStyle")
    assert outlined == ("dashed" if "forced_colors" in look else "none")

    finger.drags(text, FAR)
    expect(page.locator(".place")).to_have_attribute("data-label", "Approve →")
    expect(page.locator(".card")).to_have_css("transform", "none")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    finger.goes(0)
    finger.lifts()
    page.goto(f"{paper.url}/console/account")
    faults["account"] = faults_of(page)

    assert {where: found for where, found in faults.items() if found} == {}
    assert reader.complaints == []


def faults_of(page: Page) -> list[str]:
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = Axe().run(page, options={"runOnly": rules}).response["violations"]
    return [f"{fault['id']}: {node['html']}" for fault in found for node in fault["nodes"]]
