"""Appeals in a real browser: from a comment that was not published to the page, and on to another moderator."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from desk import PASSWORD, hires
from newspaper import Paper, Reader
from playwright.sync_api import Page, expect

from moderation.domain.comment import Comment, Status
from moderation.domain.decision import Action, Actor
from moderation.domain.person import Person
from moderation.services import review, sites
from moderation.services.review import Moderator, Wish

Opens = Callable[..., Reader]
WORDS = "It names no company: Anlage is German for a park."
ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "</textarea></title><script>alert(1)</script>",
    "{{ 7 * 7 }}<template><iframe srcdoc='<script>parent.alert(1)</script>'></template>",
    "%(most)s${alert(1)}\u202e",
)
NARROW = {"width": 390, "height": 844}


@pytest.fixture
def ada(paper: Paper) -> Person:
    hires(paper.world, "Bert")
    return hires(paper.world, "Ada")


def turned_down(paper: Paper, by: Person, text: str = "A remark about an Anlage.", **others: str) -> Comment:
    comment = paper.world.has(text, **others)
    wish = Wish(comment.id, comment.version, Action.REJECT)
    review.decide(paper.world.deps, Moderator(comment.site_id, by.id, Actor.PERSON), wish)
    return paper.world.look(comment)


def status_page(paper: Paper) -> str:
    return f"{paper.url}/embed/{paper.world.site.key}/status"


def receipt(paper: Paper, comment: Comment) -> str:
    return paper.world.deps.seals.receipt(comment.id)


def lets_in(paper: Paper, reader: Reader, name: str) -> Page:
    reader.page.goto(f"{paper.url}/console/?tab=appeals")
    reader.page.get_by_label("Name").fill(name)
    reader.page.get_by_label("Password").fill(PASSWORD)
    with reader.page.expect_event("load"):
        reader.page.keyboard.press("Enter")
    return reader.page


def appeals_in(page: Page, words: str) -> None:
    page.get_by_label("Why should somebody look at it again?").fill(words)
    page.get_by_role("button", name="Appeal").click()


def found_nothing(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


def test_an_author_appeals_from_a_link_and_another_moderator_decides(paper: Paper, ada: Person, opens: Opens) -> None:
    comment = turned_down(paper, ada)
    author = opens(viewport=NARROW)
    author.page.goto(f"{status_page(paper)}#{receipt(paper, comment)}")
    expect(author.page.get_by_text("Not published")).to_be_visible()
    expect(author.page.get_by_text("A remark about an Anlage.")).to_be_visible()
    assert receipt(paper, comment) not in author.page.url
    found_nothing(author.page)
    appeals_in(author.page, WORDS)
    expect(author.page.get_by_role("status")).to_have_text("You appealed. Somebody looks at it again.")
    found_nothing(author.page)

    first, second = opens(), opens(color_scheme="dark")
    page = lets_in(paper, first, "Ada")
    expect(page.get_by_role("link", name="Appeals 1")).to_be_visible()
    expect(page.locator(".plea")).to_have_text(WORDS)
    expect(page.get_by_text("is your own; somebody else here decides")).to_be_visible()
    page.keyboard.press("f")
    expect(page.get_by_role("status").filter(has_text="is your own; somebody else here decides")).to_be_visible()
    assert paper.world.status_of(comment) is Status.REJECTED

    page = lets_in(paper, second, "Bert")
    expect(page.get_by_text("Rejected by Ada")).to_have_count(2)
    found_nothing(page)
    with page.expect_response(lambda answer: answer.url.endswith("/decisions")) as decided:
        page.keyboard.press("f")
    assert decided.value.ok
    assert paper.world.status_of(comment) is Status.APPROVED
    page.reload()
    expect(page.get_by_role("heading", name="No appeals")).to_be_visible()

    author.page.goto(f"{status_page(paper)}#{receipt(paper, comment)}")
    expect(author.page.get_by_role("status")).to_contain_text("it is published")
    assert (author.complaints, second.complaints) == ([], [])


def test_an_author_appeals_without_script(paper: Paper, ada: Person, opens: Opens) -> None:
    comment = turned_down(paper, ada)
    author = opens(java_script_enabled=False)
    page = author.page
    page.goto(f"{status_page(paper)}#{receipt(paper, comment)}")
    page.get_by_label("Receipt").fill("not all of it")
    page.get_by_role("button", name="Show my comment").click()
    expect(page.get_by_text("This is no receipt of a comment here.")).to_be_visible()
    page.get_by_label("Receipt").fill(receipt(paper, comment))
    page.get_by_role("button", name="Show my comment").click()
    appeals_in(page, "")
    expect(page.get_by_text("Say why somebody should look at it again.")).to_be_visible()
    appeals_in(page, WORDS)
    expect(page.get_by_role("status")).to_have_text("You appealed. Somebody looks at it again.")

    second = opens(java_script_enabled=False)
    desk = lets_in(paper, second, "Bert")
    expect(desk.locator(".plea")).to_have_text(WORDS)
    desk.locator(".card").get_by_role("button", name="Spam").click()
    expect(desk.get_by_role("status").filter(has_text="Marked as spam.")).to_be_visible()
    expect(desk.get_by_role("heading", name="No appeals")).to_be_visible()
    desk.get_by_role("button", name="Undo").click()
    expect(desk.locator(".plea")).to_have_text(WORDS)
    assert paper.world.status_of(comment) is Status.REJECTED


def test_nothing_that_an_author_writes_runs_where_it_is_read(paper: Paper, ada: Person, opens: Opens) -> None:
    author, moderator = opens(), opens()
    for attack in ATTACKS:
        comment = turned_down(paper, ada, f"A remark, {attack}", name=f"Eve {attack}"[:200])
        author.page.goto(f"{status_page(paper)}#{receipt(paper, comment)}")
        appeals_in(author.page, attack * 300)
        expect(author.page.get_by_label("Why should")).to_have_value(attack * 300)
        appeals_in(author.page, attack)
        expect(author.page.get_by_role("status")).to_contain_text("You appealed.")
        assert author.page.locator("main script, main img, main svg, iframe, [onerror], [onload]").count() == 0
    page = lets_in(paper, moderator, "Bert")

    for attack in reversed(ATTACKS):
        expect(page.locator(".plea")).to_have_text(attack.replace("\u202e", ""))
        page.keyboard.press("j")

    assert page.locator(".card script, .card img, .appeal svg, iframe").count() == 0
    refused = [said for said in author.complaints if "422" not in said]
    assert (refused, moderator.complaints) == ([], [])


def test_the_widget_leads_there_too(paper: Paper, ada: Person, reader: Reader) -> None:
    sites.change(paper.world.deps, paper.world.site.id, origins=[paper.url])
    page = reader.page
    page.goto(f"{paper.demo}?lang=en")
    for label, value in {"Comment *": "maybe-spam, a remark.", "Name *": "Bea", "Email *": "bea@example.com"}.items():
        page.get_by_label(label, exact=True).fill(value)
    paper.world.clock.forward(seconds=10)
    page.get_by_role("button", name="Post Comment").click()
    own = page.get_by_role("article").filter(has_text="Only you can see this.")
    expect(own).to_contain_text("In review")
    paper.world.scores()
    (comment,) = [event["comment_id"] for event in paper.world.events() if event["type"] == "comment.held"]
    wish = Wish(comment, paper.world.look(comment).version, Action.REJECT)
    review.decide(paper.world.deps, Moderator(paper.world.site.id, ada.id, Actor.PERSON), wish)

    with page.expect_popup() as opened:
        own.get_by_role("link", name="Appeal").click()

    expect(opened.value.get_by_text("maybe-spam, a remark.")).to_be_visible()
    appeals_in(opened.value, WORDS)
    expect(opened.value.get_by_role("status")).to_contain_text("You appealed.")
    assert [event["type"] for event in paper.world.events()][-1] == "comment.appealed"
