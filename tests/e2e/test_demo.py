"""The sample page, as readers use it: with script and without, on a phone, in the dark, by keyboard, offline."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from newspaper import Paper, Reader
from playwright.sync_api import Locator, Page, Request, Route, expect

Opens = Callable[..., Reader]
TEXT = "My uncle says that E. was *Edwin*, who kept the bees."
PERSON = {"name": "Bea", "email": "bea@example.com"}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
REFUSED_QUIETLY = "Failed to load resource"
"""What Chromium itself writes whenever an answer is an error; the page has said so to its reader."""


def writes(page: Page, text: str = TEXT, **others: str) -> None:
    for name, value in {"text": text, **PERSON, **others}.items():
        page.locator(f"#{name}").fill(value)


def sends(page: Page, paper: Paper) -> None:
    """Send the form, as somebody who took their time."""
    paper.world.clock.forward(seconds=10)
    page.get_by_role("button", name="Post Comment").click()


def posts(page: Page, paper: Paper, text: str = TEXT, **others: str) -> None:
    writes(page, text, **others)
    sends(page, paper)


def own(page: Page) -> Locator:
    return page.locator(".own > article")


def arrives(page: Page, paper: Paper, text: str = TEXT, **others: str) -> None:
    """Send a reply with script, and see it there."""
    posts(page, paper, text, **others)
    expect(own(page)).to_contain_text(text)


def test_a_reply_goes_in_and_comes_out_without_any_script(paper: Paper, opens: Opens) -> None:
    page = opens(java_script_enabled=False).page
    page.goto(paper.demo)
    expect(page.get_by_role("heading", name="Leave a Reply")).to_be_visible()
    expect(page.get_by_text("Your email address will not be published. Required fields are marked *")).to_be_visible()

    posts(page, paper)

    expect(page.get_by_role("status").get_by_text("waiting to be read")).to_be_visible()
    expect(page.locator(".thread article")).to_have_count(0)
    paper.world.scores()
    page.goto(paper.demo)
    expect(page.locator(".thread article em")).to_have_text("Edwin")
    expect(page.locator("#count")).to_have_text("1 comment")
    assert "bea@" not in page.content()


def test_faults_stand_beside_their_fields_without_any_script_and_nothing_is_lost(paper: Paper, opens: Opens) -> None:
    page = opens(java_script_enabled=False).page
    page.goto(paper.demo)

    posts(page, paper, name="", email="bea at home", website="javascript:alert(1)")

    expect(page.locator("#fault-name")).to_have_text("Enter your name.")
    expect(page.locator("#fault-email")).to_contain_text("Enter an e-mail address")
    expect(page.locator("#fault-website")).to_contain_text("https://example.com")
    expect(page.locator("#text")).to_have_value(TEXT)
    expect(page.locator("#email")).to_have_value("bea at home")
    expect(page.locator("#summary")).to_be_focused()
    page.locator("#website").fill("")
    writes(page)
    sends(page, paper)
    expect(page).to_have_url(f"{paper.demo}?received=1&lang=en#respond")


def test_a_comment_is_answered_without_any_script(paper: Paper, opens: Opens) -> None:
    first = paper.says("Who remembers the old shingles?", name="Margaret")
    page = opens(java_script_enabled=False).page
    page.goto(paper.demo)

    page.get_by_role("link", name="Reply to Margaret").click()
    expect(page.locator("#answering")).to_contain_text("You answer Margaret.")
    posts(page, paper)
    paper.world.scores()
    page.goto(paper.demo)

    expect(page.locator(f"#comment-{first} .replies article")).to_contain_text("in reply to Margaret")


def test_a_reply_becomes_public_before_its_authors_eyes(paper: Paper, reader: Reader) -> None:
    page = reader.page
    page.goto(paper.demo)

    arrives(page, paper)

    expect(own(page)).to_contain_text("Waiting to be read")
    expect(own(page)).to_be_focused()
    expect(page.locator("#text")).to_have_value("")
    paper.world.scores()
    expect(page.locator(".thread article em")).to_have_text("Edwin")
    expect(own(page)).to_have_count(0)
    expect(page.locator("#count")).to_have_text("1 comment")
    expect(page.get_by_role("status").filter(has_text="Your comment is published.")).to_have_count(1)
    expect(page).to_have_url(paper.demo)


def test_a_second_reply_is_as_welcome_as_the_first(paper: Paper, reader: Reader) -> None:
    page = reader.page
    page.goto(paper.demo)
    arrives(page, paper)
    paper.world.scores()
    expect(page.locator(".thread article em")).to_be_visible()

    arrives(page, paper, "And the bees are still there, by the way.")
    paper.world.scores()

    expect(page.locator("#count")).to_have_text("2 comments")
    expect(own(page)).to_have_count(0)


def test_what_waits_for_a_person_says_so_and_is_seen_by_its_author_alone(
    paper: Paper, reader: Reader, opens: Opens
) -> None:
    page = reader.page
    page.goto(paper.demo)

    arrives(page, paper, "maybe-spam, but meant well.")
    paper.world.scores()

    expect(own(page)).to_contain_text("Waiting for a moderator")
    page.reload()
    expect(own(page)).to_contain_text("maybe-spam, but meant well.")
    other = opens().page
    other.goto(paper.demo)
    expect(other.locator("#silence")).to_be_visible()
    expect(other.locator(".thread article")).to_have_count(0)


def test_faults_are_shown_in_place_and_lead_to_their_fields(paper: Paper, opens: Opens) -> None:
    reader = opens()
    page = reader.page
    page.goto(paper.demo)

    posts(page, paper, name="", email="bea at home")

    expect(page.locator("#summary")).to_be_focused()
    expect(page.locator("#name")).to_have_attribute("aria-describedby", "fault-name")
    expect(page.locator("#email")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#fault-email")).to_be_visible()
    page.get_by_role("link", name="Enter your name.").click()
    expect(page.locator("#name")).to_be_focused()
    writes(page)
    sends(page, paper)
    expect(own(page)).to_contain_text("Waiting to be read")
    expect(page.locator("#summary")).to_be_hidden()
    assert [said for said in reader.complaints if REFUSED_QUIETLY not in said] == []


def test_faults_are_said_in_the_forms_language(paper: Paper, opens: Opens) -> None:
    page = opens().page
    page.goto(f"{paper.demo}?lang=de")
    expect(page.get_by_role("heading", name="Schreiben Sie einen Kommentar")).to_be_visible()

    page.get_by_role("button", name="Kommentar senden").click()

    expect(page.locator("#fault-name")).to_have_text("Bitte geben Sie Ihren Namen ein.")


def test_a_draft_survives_a_reload_and_goes_once_it_is_sent(paper: Paper, reader: Reader) -> None:
    paper.says("Who remembers the old shingles?", name="Margaret")
    page = reader.page
    page.goto(paper.demo)
    page.get_by_role("link", name="Reply to Margaret").click()
    expect(page.locator("#text")).to_be_focused()
    writes(page)

    paper.world.clock.forward(seconds=10)
    page.reload()

    expect(page.locator("#text")).to_have_value(TEXT)
    expect(page.locator("#email")).to_have_value(PERSON["email"])
    expect(page.locator("#answering")).to_contain_text("You answer Margaret.")
    page.get_by_role("button", name="Post Comment").click()  # At once: the time before the reload counts.
    expect(own(page)).to_be_visible()
    paper.world.scores()
    expect(page.locator(".replies .replies article, .replies article em")).to_have_text("Edwin")
    page.reload()
    expect(page.locator("#text")).to_have_value("")
    expect(page.locator("#email")).to_have_value("")


def test_a_person_is_remembered_only_if_they_say_so(paper: Paper, reader: Reader) -> None:
    page = reader.page
    page.goto(paper.demo)
    page.get_by_label("Save my name").check()

    posts(page, paper)
    expect(own(page)).to_be_visible()
    page.reload()

    expect(page.locator("#name")).to_have_value("Bea")
    expect(page.locator("#text")).to_have_value("")
    page.get_by_label("Save my name").uncheck()
    page.reload()
    expect(page.locator("#name")).to_have_value("")


def test_an_author_changes_a_comment_and_takes_it_back(paper: Paper, reader: Reader) -> None:
    page = reader.page
    page.goto(paper.demo)
    arrives(page, paper)
    paper.world.scores()
    expect(page.locator(".thread article em")).to_be_visible()

    page.get_by_role("button", name="Edit").click()
    page.get_by_role("textbox", name="Your comment").fill("It was Edwin. I asked him.")
    page.get_by_role("button", name="Save").click()
    expect(own(page)).to_contain_text("Waiting to be read")
    paper.world.scores()
    expect(page.locator(".thread article")).to_contain_text("edited")
    expect(page.locator(".thread .words")).to_have_text("It was Edwin. I asked him.")

    page.get_by_role("button", name="Withdraw").click()
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("button", name="Withdraw").click()
    page.get_by_role("button", name="Withdraw").click()
    expect(page.locator(".thread article")).to_have_count(0)
    expect(page.locator("#count")).to_have_text("0 comments")


def test_what_is_taken_back_while_it_waits_is_not_asked_for_again(paper: Paper, reader: Reader) -> None:
    page = reader.page
    page.clock.install()
    page.goto(paper.demo)
    arrives(page, paper)
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    asked: list[str] = []

    page.get_by_role("button", name="Withdraw").click()
    page.get_by_role("button", name="Withdraw").click()
    expect(own(page)).to_have_count(0)
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(20_000)

    assert page.evaluate("document.readyState") == "complete"
    assert not [url for url in asked if "/v1/comments/" in url]


def test_what_others_say_appears_without_a_reload(paper: Paper, reader: Reader) -> None:
    page = reader.page
    page.clock.install()
    answers: list[int] = []
    page.on("response", lambda answer: answers.append(answer.status) if "/comments?" in answer.url else None)
    first = paper.says("Who remembers the old shingles?", name="Margaret")
    page.goto(paper.demo)
    page.locator("#text").fill("I am still thinking about")

    minutes_pass(page, lambda: answers[:2] == [200, 304])
    paper.says("I do, and so does my thumb.", name="Joss", parent=first)
    minutes_pass(page, lambda: page.locator(f"#comment-{first} .replies article").count() == 1)

    expect(page.locator(f"#comment-{first} .replies article")).to_contain_text("so does my thumb")
    expect(page.locator("#text")).to_have_value("I am still thinking about")
    expect(page.locator("#news")).to_have_text("There are new comments.")


def minutes_pass(page: Page, seen: Callable[[], bool]) -> None:
    """Let the browser's time run, at most five minutes of it, until something is seen.

    It stands still while an answer is on its way: the server's time is another.
    """
    asked: set[Request] = set()
    page.on("request", lambda request: asked.add(request))  # noqa: PLW0108 (Playwright notes something on each handler)
    for over in ("requestfinished", "requestfailed"):
        page.on(over, lambda request: asked.discard(request))  # noqa: PLW0108 (the same)
    for _ in range(300):
        if seen():
            return
        page.clock.run_for(1000)
        while asked:
            page.wait_for_event("requestfinished")
    raise AssertionError("It was not seen in five minutes.")


def test_a_comment_that_is_gone_leaves_a_gap_where_it_was_answered(paper: Paper, reader: Reader) -> None:
    page = reader.page
    page.goto(paper.demo)
    arrives(page, paper)
    paper.world.scores()
    expect(page.locator(".thread article em")).to_be_visible()
    first = str(page.locator(".thread > li").get_attribute("id")).removeprefix("comment-")
    paper.says("How is he?", name="Joss", parent=first)

    page.get_by_role("button", name="Withdraw").click()
    page.get_by_role("button", name="Withdraw").click()

    expect(page.locator(f"#comment-{first} > article")).to_have_text("This comment is no longer here.")
    expect(page.locator(".replies article")).to_contain_text("How is he?")


@pytest.mark.parametrize(
    ("status", "headers", "said"),
    [
        (0, {}, "We cannot be reached"),
        (503, {"Retry-After": "2"}, "at this moment"),
        (429, {"Retry-After": "7"}, "Wait a moment (7 s)"),
        (502, {}, "at this moment"),
        (500, {}, "could not be taken in"),
    ],
)
def test_trouble_on_the_way_loses_nothing_and_sending_again_is_the_same_reply(
    paper: Paper, opens: Opens, status: int, headers: dict[str, str], said: str
) -> None:
    page = opens().page
    numbers: list[str | None] = []

    def trouble(route: Route) -> None:
        numbers.append(route.request.headers.get("idempotency-key"))
        if len(numbers) > 1:
            route.continue_()
        elif status:
            route.fulfill(status=status, headers=headers, body="<html>a proxy's page</html>")
        else:
            route.abort("internetdisconnected")

    page.route("**/v1/sites/*/comments", trouble)
    page.goto(paper.demo)

    posts(page, paper)

    expect(page.locator("#summary")).to_contain_text(said)
    expect(page.locator("#text")).to_have_value(TEXT)
    page.get_by_role("button", name="Post Comment").click()
    expect(own(page)).to_contain_text("Waiting to be read")
    assert numbers[0] == numbers[1]
    assert numbers[0]


def test_the_form_is_sent_by_keyboard_alone(paper: Paper, reader: Reader) -> None:
    page = reader.page
    page.goto(paper.demo)
    paper.world.clock.forward(seconds=10)

    page.locator("#text").focus()
    for typed in (TEXT, PERSON["name"], PERSON["email"], "", ""):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(own(page)).to_be_visible()


def test_the_page_fits_a_phone(paper: Paper, opens: Opens) -> None:
    parent = None
    for number in range(9):
        parent = paper.says(f"Remark {number}: https://example.com/{number}" + "-a-long-address" * 9, parent=parent)
    page = opens(**PHONE).page

    page.goto(paper.demo)

    assert page.evaluate("document.documentElement.scrollWidth") == 390
    narrowest = page.locator(".words").evaluate_all("all => Math.min(...all.map((one) => one.clientWidth))")
    assert narrowest > 180


LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {**PHONE, "color_scheme": "light"},
    "phone in the dark": {**PHONE, "color_scheme": "dark"},
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_axe_finds_nothing(paper: Paper, opens: Opens, look: dict[str, object]) -> None:
    first = paper.says("Who remembers the **old** shingles?\n\n> Me", name="Margaret", website="https://example.com/")
    paper.says("أحب هذه البوابة", name="ليلى", parent=first)
    page = opens(**look).page
    page.goto(paper.demo)
    found_nothing(page)

    arrives(page, paper, "maybe-spam, but meant well.")
    paper.world.scores()
    expect(own(page)).to_contain_text("Waiting for a moderator")
    page.get_by_role("button", name="Edit").click()
    page.get_by_role("button", name="Post Comment").click()
    expect(page.locator("#fault-text")).to_be_visible()
    found_nothing(page)


def test_axe_finds_nothing_on_the_plain_pages(paper: Paper, opens: Opens) -> None:
    site = paper.world.site.key
    page = opens(java_script_enabled=False).page
    page.goto(paper.demo)
    posts(page, paper, name="", email="bea at home")
    expect(page.locator("#fault-name")).to_be_visible()
    faulty = page.content()

    again = opens().page
    again.route("**/again", lambda route: route.fulfill(body=faulty, content_type="text/html"))
    for address in ("/again", f"/embed/{site}/received", "/demo/?received=1"):
        again.goto(paper.url + address)
        found_nothing(again)


def found_nothing(page: Page) -> None:
    """Let axe look at the page once nothing on it moves."""
    page.wait_for_function("document.getAnimations().every((one) => one.playState !== 'running')")
    answer = Axe().run(page).response
    assert len(answer["passes"]) > 10
    found = answer["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)' x='",
    '" autofocus onfocus="alert(1)" x="',
    "</textarea><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</template><img src=x onerror=alert(1)>",
    "<!--<img src='--><img src=x onerror=alert(1)>'>",
    "[click](javascript:alert(1))",
    "[click](java\tscript:alert(1))",
    "[click](data:text/html,<script>alert(1)</script>)",
    '[click](https://example.com/"onmouseover="alert(1))',
    '![x](x"onerror="alert(1))',
    "<https://example.com/><script>alert(1)</script>",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "{{ 7 * 7 }}{% raw %}<script>alert(1)</script>",
    "%(name)s${alert(1)}`${alert(1)}`",
)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_nothing_that_somebody_writes_runs(paper: Paper, opens: Opens, script: bool) -> None:  # noqa: FBT001
    parent = None
    for attack in ATTACKS:
        parent = paper.says(f"{attack} and some words", name=attack[:245], parent=parent)
    reader = opens(java_script_enabled=script)
    page = reader.page

    page.goto(f"{paper.demo}?replyto={parent}&lang=<script>alert(1)</script>&received=<b>")

    expect(page.locator(".thread article")).to_have_count(len(ATTACKS))
    for link in page.locator(".words a").all():
        assert str(link.get_attribute("href")).startswith("https://example.com/")
    for name in page.locator(".author, .answer").all():
        name.hover(force=True)
    assert page.locator("[onerror], [onload], [onfocus], [onmouseover], .comments img, .comments iframe").count() == 0
    assert reader.complaints == []


@pytest.mark.parametrize("attack", ATTACKS[:9])
def test_nothing_that_somebody_writes_runs_in_their_own_browser(paper: Paper, opens: Opens, attack: str) -> None:
    reader = opens()
    page = reader.page
    page.goto(paper.demo)

    posts(page, paper, f"{attack} maybe-spam", name=attack, website="https://example.com/?" + attack.replace(" ", ""))
    expect(own(page)).to_contain_text(attack)
    paper.world.scores()
    expect(own(page)).to_contain_text("Waiting for a moderator")
    page.reload()
    expect(own(page)).to_contain_text(attack)
    page.get_by_role("button", name="Edit").click()
    posts(page, paper, attack, name=attack, email=attack, website=attack)
    expect(page.locator("#fault-email")).to_be_visible()
    page.reload()
    expect(page.locator("#text")).to_have_value(attack)

    assert page.locator(".comments img, .comments script, .comments iframe").count() == 0
    assert [said for said in reader.complaints if REFUSED_QUIETLY not in said] == []
