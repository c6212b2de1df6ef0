"""The widget where things go wrong: offline, slowly, refused, taken back; nothing is lost and nothing sent twice."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from newspaper import TEXT, Paper, Reader, writes
from playwright.sync_api import Page, Request, Route, expect

Opens = Callable[..., Reader]
SUBMIT = "**/v1/sites/*/comments"
SLOW = {"offline": False, "latency": 1500, "downloadThroughput": 20_000, "uploadThroughput": 10_000}
"""A telephone at the edge of its network."""


def sends(page: Page) -> None:
    page.get_by_role("button", name="Post Comment").click()


def said(page: Page) -> list[str]:
    """Watch what is sent; give the number under which each comment goes."""
    numbers: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/comments"):
            numbers.append(request.headers["idempotency-key"])

    page.on("request", note)
    return numbers


def test_offline_a_draft_is_kept_over_a_reload_and_arrives_once(paper: Paper, opens: Opens) -> None:
    reader = opens()
    page = reader.page
    page.goto(paper.demo)
    numbers = said(page)
    expect(page.locator("#text")).to_be_visible()
    page.context.set_offline(True)
    paper.takes(page)

    expect(page.get_by_role("alert")).to_contain_text("We cannot be reached; you may be offline.")
    expect(page.get_by_role("alert")).to_contain_text("What you wrote is kept here.")
    expect(page.locator("#text")).to_have_value(TEXT)
    page.context.set_offline(False)
    page.reload()
    expect(page.locator("#text")).to_have_value(TEXT)
    page.locator("#email").fill("bea@example.com")
    sends(page)

    expect(reader.own).to_contain_text("In review")
    expect(page.locator("#text")).to_have_value("")
    assert len(numbers) == 2
    assert len(set(numbers)) == 1
    paper.world.scores()
    expect(page.get_by_role("heading", name="1 comment")).to_be_visible()


def test_on_a_slow_network_the_reader_is_told_and_pressing_again_sends_nothing_more(
    paper: Paper, reader: Reader
) -> None:
    page = reader.page
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", SLOW)
    held: list[Route] = []
    page.route(SUBMIT, lambda route: held.append(route) if route.request.method == "POST" else route.continue_())
    numbers = said(page)
    page.goto(paper.demo)
    expect(page.get_by_role("link", name="Comments", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Leave a Reply")).to_be_visible()

    paper.takes(page)
    expect(page.get_by_text("Sending …")).to_be_visible()
    page.get_by_role("button", name="Post Comment").click(force=True)
    page.locator("#name").press("Enter")
    expect(page.get_by_role("button", name="Post Comment")).to_have_attribute("aria-disabled", "true")
    held[0].continue_()

    expect(reader.own).to_contain_text("In review")
    assert len(numbers) == 1


@pytest.mark.parametrize(
    ("status", "headers", "sentence"),
    [
        (0, {}, "We cannot be reached"),
        (503, {"Retry-After": "2"}, "at this moment"),
        (429, {"Retry-After": "7"}, "Wait a moment"),
        (502, {}, "at this moment"),
        (500, {}, "That did not work"),
    ],
)
def test_trouble_on_the_way_loses_nothing_and_sending_again_is_the_same_reply(
    paper: Paper, opens: Opens, status: int, headers: dict[str, str], sentence: str
) -> None:
    reader = opens()
    page = reader.page
    numbers = said(page)

    def trouble(route: Route) -> None:
        if route.request.method != "POST" or len(numbers) > 1:
            route.continue_()
        elif status:
            route.fulfill(status=status, headers=headers, body="<html>a proxy's page</html>")
        else:
            route.abort("internetdisconnected")

    page.route(SUBMIT, trouble)
    page.goto(paper.demo)
    paper.takes(page)

    expect(page.get_by_role("alert")).to_contain_text(sentence)
    expect(page.locator("#text")).to_have_value(TEXT)
    sends(page)
    expect(reader.own).to_contain_text("In review")
    assert len(numbers) == 2
    assert len(set(numbers)) == 1


def test_what_was_never_answered_but_arrived_is_there_once(paper: Paper, opens: Opens) -> None:
    reader = opens()
    page = reader.page
    lost: list[int] = []

    def loses_the_answer(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)
            return route.abort()
        return route.continue_()

    page.route(SUBMIT, loses_the_answer)
    page.goto(paper.demo)
    paper.takes(page)
    expect(page.get_by_role("alert")).to_contain_text("We cannot be reached")
    sends(page)
    expect(reader.own).to_contain_text("In review")
    paper.world.scores()

    expect(page.get_by_role("heading", name="1 comment")).to_be_visible()
    assert lost == [202]


def test_faults_are_told_and_lead_to_their_fields(paper: Paper, opens: Opens) -> None:
    page = opens().page
    page.goto(paper.demo)

    paper.takes(page, name="", email="bea at home")

    expect(page.locator("#name")).to_be_focused()
    expect(page.locator("#name-fault")).to_have_text("Enter your name.")
    expect(page.locator("#email")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#email-fault")).to_contain_text("Enter an e-mail address")
    writes(page)
    sends(page)
    expect(page.get_by_text("has arrived")).to_be_attached()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_second_reply_is_as_welcome_as_the_first_by_keyboard_alone(paper: Paper, reader: Reader) -> None:
    page = reader.page
    page.goto(paper.demo)
    paper.takes(page)
    expect(reader.own).to_be_focused()
    paper.world.scores()
    expect(page.get_by_role("heading", name="1 comment")).to_be_visible()

    paper.world.clock.forward(seconds=10)
    page.locator("#text").focus()
    for typed in ("And the bees are still there, by the way.", "", "", ""):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(reader.own).to_be_focused()
    paper.world.scores()

    expect(page.get_by_role("heading", name="2 comments")).to_be_visible()
    expect(reader.own).to_have_count(0)


def test_what_waits_is_seen_by_its_author_alone(paper: Paper, reader: Reader, opens: Opens) -> None:
    page = reader.page
    page.goto(paper.demo)
    paper.takes(page, "maybe-spam, but meant well.")
    expect(reader.own).to_be_visible()
    paper.world.scores()

    page.reload()
    expect(reader.own).to_contain_text("maybe-spam, but meant well.")
    other = opens().page
    other.goto(paper.demo)
    expect(other.get_by_text("Nobody has said anything yet.")).to_be_visible()
    expect(other.locator("lychgate-comments article")).to_have_count(0)


def test_what_is_taken_back_while_it_waits_is_not_asked_for_again(paper: Paper, reader: Reader) -> None:
    page = reader.page
    page.clock.install()
    page.goto(paper.demo)
    paper.takes(page)
    expect(reader.own).to_be_visible()
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    asked: list[str] = []

    page.get_by_role("button", name="Withdraw").click()
    page.get_by_role("button", name="Withdraw").click()
    expect(reader.own).to_have_count(0)
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(40_000)

    assert page.evaluate("document.readyState") == "complete"
    assert not [url for url in asked if "/v1/comments/" in url]


def test_a_comment_that_is_gone_leaves_a_gap_where_it_was_answered(paper: Paper, reader: Reader) -> None:
    page = reader.page
    page.goto(paper.demo)
    paper.takes(page)
    expect(reader.own).to_be_visible()
    paper.world.scores()
    expect(page.locator("[part=text] em")).to_be_visible()
    first = str(page.locator("[part=time]").get_attribute("href")).partition("#comment-")[2]
    paper.says("How is he?", name="Joss", parent=first)

    page.get_by_role("button", name="Withdraw").click()
    page.get_by_role("button", name="Withdraw").click()

    expect(page.get_by_text("This comment is no longer here.")).to_be_visible()
    expect(page.get_by_role("article").filter(has_text="How is he?")).to_be_visible()
