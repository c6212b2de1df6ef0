"""The widget on a publisher's own page: another origin, a strict policy, a reader from start to end."""

import json
from collections.abc import Callable, Iterator
from urllib.request import urlopen
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from desk import PASSWORD, hires
from flask import Flask, Response
from membership import claims_at, signed
from newspaper import Paper, Reader
from playwright.sync_api import Page, Route, expect
from servers.web import served

from moderation.domain.site import Proof
from moderation.domain.thread import canonical_url
from moderation.services import members, pins, sites
from moderation.services.waiting import FEWEST

Opens = Callable[..., Reader]
TEXT = "My uncle says that E. was *Edwin*, who kept the bees."
MEANWHILE = "What I forgot to say before."
ARTICLE = """<!DOCTYPE html><html lang="{language}"><meta charset="utf-8"><title>The Harvest</title>
<main><h1>The Harvest</h1><lychgate-count site="{site}" thread="harvest"></lychgate-count>
<lychgate-comments site="{site}" thread="harvest"></lychgate-comments></main>
<script src="{src}" integrity="{integrity}" crossorigin="anonymous" async></script></html>"""
STRICT = (
    "default-src 'none'; script-src {server}; connect-src {server}; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types lychgate"
)
OTHER_TAB = '{"another":{"receipt":"lr_other","thread":"another","asked":"another"}}'
"""What another tab keeps while this one is open."""
STILL_ASKING = """async ({ own }) => {
  for (let n = 0; own.watched.size && n < 100; n += 1) await new Promise((resolve) => setTimeout(resolve, 50));
  return own.watched.size;
}"""
"""How many comments a widget asks about when the page no longer shows it; looked at until there is none."""
NARROW = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def site_url(paper: Paper) -> Iterator[str]:
    """The publisher's own server, on a port of its own, with as strict a policy as there is."""
    publisher = Flask("publisher")
    with urlopen(f"{paper.url}/embed/version") as answer:  # noqa: S310 (our own address)
        pinned = json.load(answer)

    @publisher.get("/<language>")
    def article(language: str) -> Response:
        page = ARTICLE.format(site=paper.world.site.key, language=language, **pinned)
        return Response(page, headers={"Content-Security-Policy": STRICT.format(server=paper.url)})

    with served(lambda _: publisher) as url:
        sites.change(paper.world.deps, paper.world.site.id, origins=[url])
        yield url


def writes(page: Page, text: str) -> None:
    for label, value in {"Comment": text, "Name": "Bea", "Email": "bea@example.com"}.items():
        page.get_by_label(label, exact=True).or_(page.get_by_label(f"{label} *", exact=True)).fill(value)


def beyond(route: Route) -> None:
    """Let what is answered stand on another page of the list than the one that is read."""
    route.fulfill(response=route.fetch(), json={"items": [], "next": None})


def approves_at_the_desk(paper: Paper, page: Page, words: str) -> None:
    """Sign in as a moderator, find the comment at the top of the queue, and press the button."""
    hires(paper.world, "Ada")
    page.goto(f"{paper.url}/console/")
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_event("load"):
        page.keyboard.press("Enter")
    expect(page.locator(".card")).to_contain_text(words)
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("status").filter(has_text="Approved.")).to_be_visible()


def test_a_reader_takes_part_from_start_to_end(paper: Paper, site_url: str, reader: Reader, opens: Opens) -> None:
    first = str(paper.world.has("Who remembers the old shingles?", name="Margaret", thread="harvest").id)
    page = reader.page
    page.goto(f"{site_url}/en#comment-{first}")
    expect(page.get_by_role("heading", name="1 comment")).to_be_visible()
    expect(page.locator("lychgate-count")).to_have_text("1 comment")
    expect(page.get_by_role("article").filter(has_text="old shingles")).to_be_focused()

    page.get_by_role("button", name="Reply to \u2068Margaret\u2069").click()
    writes(page, f"maybe-spam, but {TEXT}")
    page.route("**/comments?*", beyond, times=1)
    page.reload()
    expect(page.get_by_role("heading", name="Reply to \u2068Margaret\u2069")).to_be_visible()
    expect(page.get_by_label("Comment *")).to_have_value(f"maybe-spam, but {TEXT}")
    expect(page.get_by_label("Email *")).to_have_value("")
    page.get_by_label("Email *").fill("bea@example.com")
    paper.world.clock.forward(seconds=10)
    receipts = f"lychgate:{paper.world.site.key}:receipts"
    page.evaluate("([name, kept]) => localStorage.setItem(name, kept)", [receipts, OTHER_TAB])
    page.get_by_role("button", name="Post Comment").click()

    own = page.get_by_role("article").filter(has_text="Only you can see this.")
    expect(own).to_contain_text("In review")
    expect(own).to_be_focused()
    paper.world.scores()
    own_id = str(own.locator("[part=time]").get_attribute("href")).partition("#comment-")[2]
    expect(own).to_contain_text("In review")
    approves_at_the_desk(paper, opens().page, "who kept the bees")
    expect(page.get_by_role("heading", name="2 comments")).to_be_visible()
    expect(page.locator("lychgate-count")).to_have_text("2 comments")
    expect(page.locator("li li article em")).to_have_text("Edwin")
    expect(page.get_by_role("status").filter(has_text="Your comment is published.")).to_have_count(1)
    assert Axe().run(page).response["violations"] == []

    page.get_by_role("button", name="Report the comment by \u2068Margaret\u2069").click()
    page.get_by_label("What is wrong with it?").select_option("off-topic")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("A moderator will hear of it.")).to_be_visible()

    paper.world.has("So did mine.", thread="harvest", parent=UUID(own_id))
    page.reload()
    page.get_by_role("button", name="Edit").click()
    page.get_by_role("textbox", name="Edit").fill("It was Edwin. I asked him.")
    page.get_by_role("button", name="Save").click()
    expect(own).to_contain_text("I asked him.")
    expect(page.get_by_text("This comment is no longer here.")).to_have_count(0)
    paper.world.scores()
    expect(page.get_by_role("article").filter(has_text="edited")).to_contain_text("I asked him.")

    page.get_by_role("button", name="Withdraw").click()
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_role("heading", name="2 comments")).to_be_focused()
    assert page.context.cookies() == []
    assert page.evaluate("(name) => localStorage.getItem(name)", receipts) == OTHER_TAB
    assert "bea@" not in json.dumps(page.evaluate("Object.entries(localStorage)"))


def members_only(route: Route) -> None:
    """Let a site take comments of its members alone."""
    answer = route.fetch()
    route.fulfill(response=answer, json={**answer.json(), "members_only": True})


def test_a_browser_works_for_strangers_and_members_type_nothing(paper: Paper, site_url: str, reader: Reader) -> None:
    world, page = paper.world, reader.page
    for number in range(FEWEST):
        waits = world.has(f"maybe-spam, number {number}.", thread="elsewhere")
        world.clock.forward(minutes=12)
        paper.approves(waits.id)
    world.has("The older one.", thread="harvest")
    world.site = sites.change(world.deps, world.site.id, proof=Proof.ALWAYS)
    _, secret = members.rotate(world.deps, world.site.id)

    page.goto(f"{site_url}/en")
    writes(page, "The newer one, by a stranger.")
    world.clock.forward(seconds=10)
    page.get_by_role("button", name="Post Comment").click()
    expect(page.get_by_text("Your comment has arrived")).to_be_visible()
    world.scores()
    expect(page.get_by_role("heading", name="2 comments")).to_be_visible()

    turn = page.get_by_role("button", name="Newest first")
    expect(turn).to_have_attribute("aria-pressed", "false")
    turn.focus()
    page.keyboard.press("Enter")
    expect(turn).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("article").first).to_contain_text("The newer one")

    page.route("**/about?*", members_only)
    page.evaluate("document.querySelector('lychgate-comments').refresh()")
    expect(page.get_by_text("Please sign in on this site to comment.")).to_be_visible()
    token = signed(claims_at(world.site.key, world.clock(), name="Ann of the house"), secret)
    page.evaluate("(token) => document.querySelector('lychgate-comments').setAttribute('member', token)", token)
    page.get_by_label("Comment *").fill("maybe-spam, by a member.")
    expect(page.get_by_label("Name *")).to_have_count(0)
    expect(page.get_by_label("Email *")).to_have_count(0)
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="Post Comment").click()
    own = page.get_by_role("article").filter(has_text="Only you can see this.")
    expect(own).to_contain_text("Ann of the house")
    world.scores()
    expect(own).to_contain_text("In review (usually \u206812 minutes\u2069)")
    expect(page.get_by_role("article").first).to_contain_text("Ann of the house")


def telling(route: Route) -> None:
    """Let a site tell authors of replies by mail."""
    answer = route.fetch()
    route.fulfill(response=answer, json={**answer.json(), "tells": True})


def test_mail_about_replies_is_chosen_where_the_site_offers_it(paper: Paper, site_url: str, reader: Reader) -> None:
    page = reader.page
    page.goto(f"{site_url}/en")
    expect(page.get_by_role("button", name="Post Comment")).to_be_visible()
    expect(page.get_by_label("Mail about replies")).to_have_count(0)
    page.route("**/about?*", telling)
    page.reload()
    page.get_by_label("Mail about replies").select_option("daily")
    writes(page, "The one who wants to be told.")
    assert Axe().run(page).response["violations"] == []
    paper.world.clock.forward(seconds=10)
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.get_by_role("button", name="Post Comment").click()
    expect(page.get_by_text("Your comment has arrived")).to_be_visible()

    page.unroute_all(behavior="wait")
    assert sent.value.post_data_json["notify"] == "daily"


def test_trouble_loses_nothing_and_arabic_reads_from_the_right(paper: Paper, site_url: str, opens: Opens) -> None:
    page = opens(**NARROW, color_scheme="dark").page
    fetched: list[str] = []
    page.on("response", lambda answer: fetched.append(answer.url))
    numbers: list[str | None] = []
    said: list[str] = []

    def lost(route: Route) -> None:
        """Let a reply arrive, and the first answer to it get lost."""
        if TEXT not in (route.request.post_data or ""):
            return route.continue_()
        numbers.append(route.request.headers.get("idempotency-key"))
        if len(numbers) == 1:
            route.fetch()
            return route.abort()
        page.locator("#text").fill(MEANWHILE)
        said.append(page.locator("form [role=status]").inner_text())
        return route.continue_()

    page.route("**/v1/sites/*/comments", lost)
    page.goto(f"{site_url}/ar?subscriber=bea")
    expect(page.get_by_role("heading", name="اترك تعليقًا")).to_be_visible()
    assert page.locator("section").evaluate("(it) => getComputedStyle(it).direction") == "rtl"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.get_by_role("button", name="نشر التعليق").click()
    expect(page.locator("#text")).to_be_focused()
    expect(page.locator("#text-fault")).to_have_text("اكتب تعليقك.")
    paper.world.clock.forward(seconds=10)
    for name, value in {"text": TEXT, "name": "Bea", "email": "bea@example.com"}.items():
        page.locator(f"#{name}").fill(value)
    page.get_by_role("button", name="نشر التعليق").click()
    expect(page.get_by_role("alert").filter(has_text="تعذّر الاتصال بنا")).to_be_visible()
    expect(page.locator("#text")).to_have_value(TEXT)
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="نشر التعليق").click()

    expect(page.get_by_role("article").filter(has_text="قيد المراجعة")).to_be_visible()
    assert said == ["جارٍ الإرسال …"]
    assert len(numbers) == 2
    assert len(set(numbers)) == 1
    widget = page.query_selector("lychgate-comments")
    widget.evaluate("(it) => it.remove()")
    assert widget.evaluate(STILL_ASKING) == 0
    page.query_selector("main").evaluate("(main, it) => main.append(it)", widget)
    paper.world.scores()
    expect(page.locator("article em")).to_have_text("Edwin")
    expect(page.locator("article")).to_have_count(1)
    expect(page.locator("#text")).to_have_value(MEANWHILE)
    with paper.world.deps.reading(paper.world.site.id) as uow:
        thread = uow.threads.find(paper.world.site.id, "harvest")
    assert thread.url == canonical_url(f"{site_url}/ar")
    sites.change_thread(paper.world.deps, paper.world.site.id, thread.id, closed=True)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#text[readonly]")).to_have_value(MEANWHILE)
    assert {url.split("/")[2] for url in fetched} == {paper.url.split("/")[2], site_url.split("/")[2]}


def test_what_is_pinned_comes_first_in_either_order_wherever_it_stands_in_the_list(
    paper: Paper, site_url: str, reader: Reader
) -> None:
    comments = [paper.world.has(f"Remark {number}.", thread="harvest") for number in range(3)]
    paper.world.has("An answer.", thread="harvest", parent=comments[1].id)
    pins.pin(paper.world.deps, paper.world.site.id, comments[1].id, pinned=True)
    page = reader.page
    page.goto(f"{site_url}/en")
    texts = page.locator("lychgate-comments [part=text]")

    expect(texts).to_have_text(["Remark 1.", "An answer.", "Remark 0.", "Remark 2."])
    expect(page.locator("[part=badge]")).to_have_text(["Pinned"])
    page.get_by_role("button", name="Newest first").click()
    expect(texts).to_have_text(["Remark 1.", "An answer.", "Remark 2.", "Remark 0."])
