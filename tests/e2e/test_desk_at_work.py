"""The desk in a real browser: worked by keys alone, undone, raced for, and proof against what people write."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from desk import PASSWORD, hires
from newspaper import Paper, Reader
from passlib.totp import TOTP
from playwright.sync_api import Page, Response, Route, expect

from moderation.domain.comment import Status
from moderation.domain.person import Role
from moderation.services import house_rules

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "';alert(1)//",
    "</textarea></title><script>alert(1)</script>",
    "{{ 7 * 7 }}<template><iframe srcdoc='<script>parent.alert(1)</script>'></template>",
)
ALIKE = (
    "Everybody should really read what our neighbours wrote about the harvest in this valley, and then tell all of "
    "their friends and relatives about it before the summer is over, because it concerns each of us, see {}"
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Desk:
    """The desk of one installation, with a queue of held comments, the last of them on top."""

    paper: Paper

    @property
    def url(self) -> str:
        return f"{self.paper.url}/console/"

    def holds(self, text: str, **others: object) -> UUID:
        comment = self.paper.world.has(f"maybe-toxicity {text}", **others)
        assert comment.status is Status.HELD
        return comment.id

    def is_now(self, comment_id: UUID, status: Status) -> None:
        assert self.paper.world.status_of(comment_id) is status

    def lets_in(self, reader: Reader, name: str) -> Page:
        reader.page.goto(self.url)
        reader.page.get_by_label("Name").fill(name)
        reader.page.get_by_label("Password").fill(PASSWORD)
        with reader.page.expect_event("load"):  # Keys are heard once the script of the page is there.
            reader.page.keyboard.press("Enter")
        return reader.page


@pytest.fixture
def desk(paper: Paper) -> Iterator[Desk]:
    hires(paper.world, "Ada", {paper.world.site.id: Role.OWNER})
    hires(paper.world, "Bert")
    return Desk(paper)


def sentence(page: Page, words: str) -> None:
    """Wait until the desk says something to people who do not see it, too."""
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


def at(page: Page, name: str) -> None:
    """Wait until the card of this author is the one in view."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def saves(page: Page, key: str) -> None:
    """Press a key, and wait for the server's word."""
    with page.expect_response(decides) as answered:
        page.keyboard.press(key)
    assert answered.value.ok


def decides(answer: Response) -> bool:
    """Say whether this answers a decision, and not what the desk says by itself about who reads what."""
    return answer.request.method == "POST" and not answer.url.endswith("/claims")


def test_a_queue_is_worked_by_keys_alone_with_a_second_factor(desk: Desk, reader: Reader) -> None:
    first, second, third = (desk.holds(f"remark {name}", name=name) for name in ("Third", "Second", "First"))
    page = desk.lets_in(reader, "Ada")
    at(page, "First")
    page.goto(desk.url + "tf-setup")
    page.get_by_role("button", name="Set one up").click()
    codes = TOTP(page.locator("code").inner_text().replace("-", ""))
    page.get_by_label("Code").fill(codes.generate().token)
    page.keyboard.press("Enter")
    expect(page.get_by_text("a code of your authenticator")).to_be_visible()

    page.goto(desk.url)
    at(page, "First")
    saves(page, "d")
    sentence(page, "Rejected.")
    at(page, "Second")
    page.keyboard.press("j")
    at(page, "Third")
    page.keyboard.press("k")
    at(page, "Second")
    saves(page, "f")
    at(page, "Third")
    saves(page, "u")
    sentence(page, "Undone.")
    at(page, "Second")
    page.keyboard.press("/")
    page.keyboard.type("fdsh")
    expect(page.get_by_label("Words in the text")).to_have_value("fdsh")
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.keyboard.press("s")
    sentence(page, "Marked as spam: 1.")
    saves(page, "h")

    desk.is_now(third, Status.REJECTED)
    desk.is_now(second, Status.SPAM)
    desk.is_now(first, Status.HELD)
    page.get_by_role("button", name="Keyboard").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_rejection_cites_the_rule_chosen_by_its_number_and_one_removed_meanwhile_is_asked_anew(
    desk: Desk, opens: Callable[..., Reader]
) -> None:
    world, reader = desk.paper.world, opens()
    rules = house_rules.begin(world.deps, world.site.id, ["civil", "no-advertising", "on-topic"])
    second, first = desk.holds("remark", name="Second"), desk.holds("remark too", name="First")
    page = desk.lets_in(reader, "Ada")
    at(page, "First")
    page.keyboard.press("3")
    sentence(page, "If rejected: Stay on the topic.")
    saves(page, "d")
    sentence(page, "Rejected: Stay on the topic.")
    at(page, "Second")
    page.keyboard.press("3")
    house_rules.remove(world.deps, world.site.id, rules[2].id)

    with page.expect_response(decides) as answered:
        page.keyboard.press("d")

    assert answered.value.status == 422
    sentence(page, "There is no such house rule in force here; choose another.")
    at(page, "Second")
    expect(page.get_by_label("If rejected:").locator("option")).to_have_count(2)
    desk.is_now(second, Status.HELD)
    saves(page, "d")
    desk.is_now(second, Status.REJECTED)
    desk.is_now(first, Status.REJECTED)
    assert [said for said in reader.complaints if "422" not in said] == []


def test_of_two_at_one_card_the_second_is_told_who_was_first(desk: Desk, opens: Callable[..., Reader]) -> None:
    contested = desk.holds("contested", name="Bone")
    ada, bert = opens(), opens()
    for name, who in (("Ada", ada), ("Bert", bert)):
        at(desk.lets_in(who, name), "Bone")

    saves(ada.page, "d")
    bert.page.keyboard.press("f")

    sentence(bert.page, "Ada decided meanwhile: rejected.")
    at(bert.page, "Bone")
    expect(bert.page.locator(".card h1 .state")).to_have_text("rejected")
    desk.is_now(contested, Status.REJECTED)
    assert ada.complaints == []
    assert [said for said in bert.complaints if "412" not in said] == []


def test_two_people_work_one_queue_with_a_wave_in_it(desk: Desk, opens: Callable[..., Reader]) -> None:
    copies = [desk.holds(ALIKE.format(f"http://s{n}.example/"), name=f"Copy {n}", thread=f"a-{n}") for n in range(3)]
    desk.holds("remark", name="Lone")
    ada, bert = opens(), opens()
    ada.page.clock.install()
    page = desk.lets_in(ada, "Ada")
    at(page, "Lone")
    at(desk.lets_in(bert, "Bert"), "Lone")
    sentence(bert.page, "Ada is reading this")

    page.keyboard.press("j")
    at(page, "3 alike")
    faults = faults_of(page)
    saves(page, "s")
    sentence(page, "Marked as spam: 3 alike.")
    desk.is_now(copies[0], Status.SPAM)
    at(page, "Lone")
    desk.holds("remark", name="Late")
    page.clock.fast_forward(11_000)
    page.get_by_role("button", name="1 new: show").click()
    expect(page.locator(".lines li").first).to_contain_text("Late")
    expect(page.locator(".lines li", has_text="Lone")).to_contain_text("Bert is reading this")
    at(page, "Lone")
    saves(page, "u")
    sentence(page, "Undone: 3 alike.")
    at(page, "3 alike")
    desk.is_now(copies[0], Status.HELD)

    assert (faults, ada.complaints, bert.complaints) == ([], [], [])


def test_a_wave_in_view_counts_along_says_so_once_and_nothing_moves(desk: Desk, reader: Reader) -> None:
    for number in range(3):
        desk.holds(ALIKE.format(f"http://s{number}.example/"), name=f"Copy {number}", thread=f"a-{number}")
    reader.page.clock.install()
    page = desk.lets_in(reader, "Ada")
    at(page, "3 alike")
    page.evaluate(
        "globalThis.heard = []; const line = document.querySelector('[data-grown]'); "
        "new MutationObserver(() => heard.push(line.innerText))"
        ".observe(line, { childList: true, characterData: true, subtree: true })"
    )
    before = page.locator(".decide .to-reject").bounding_box()

    for number in (4, 5):
        desk.holds(ALIKE.format(f"http://s{number}.example/"), name=f"Late {number}", thread=f"a-{number}")
        page.clock.fast_forward(11_000)
        at(page, f"{number} alike")
        expect(page.locator(".lines li.current")).to_contain_text(f"{number} alike")

    assert page.evaluate("heard") == ["More arrive while you look; the number counts along."]
    assert page.locator(".decide .to-reject").bounding_box() == before
    assert faults_of(page) == []
    assert reader.complaints == []


def test_a_card_is_answered_pinned_and_closed_by_keys_and_all_of_it_is_taken_back(desk: Desk, reader: Reader) -> None:
    lower, upper = desk.holds("remark", name="Low"), desk.holds("question", name="Top")
    page = desk.lets_in(reader, "Ada")
    at(page, "Top")
    page.keyboard.press("r")
    page.keyboard.type("We p'r'ess on, jk.")
    page.get_by_label("Signed").fill("The editors")
    with page.expect_response(decides) as answered:
        page.get_by_role("button", name="Approve and reply").click()
    assert answered.value.ok
    sentence(page, "Approved, and your reply is published.")
    desk.is_now(upper, Status.APPROVED)
    faults = faults_of(page)
    saves(page, "p")
    sentence(page, "Pinned")
    expect(page.locator(".card .badge")).to_have_text("Pinned")
    saves(page, "c")
    sentence(page, "takes no more comments")
    for said in ("takes comments again", "stands at its place again", "Undone."):
        with page.expect_response(re.compile("bare=1")):  # The card comes anew, and takes the place of this one.
            saves(page, "u")
        sentence(page, said)
    desk.is_now(upper, Status.HELD)
    desk.is_now(lower, Status.HELD)
    at(page, "Top")
    page.keyboard.press("r")
    expect(page.get_by_label("Signed")).to_have_value("The editors")

    assert faults == []


def test_nothing_that_people_write_runs_at_the_desk(desk: Desk, reader: Reader) -> None:
    for number, text in enumerate(HOSTILE):
        page = f"p{number}-{text}"
        desk.holds(text, name=f"Eve {text}", website="https://evil.example/?q=<x>", thread=page, thread_title=text)
    page = desk.lets_in(reader, "Ada")

    for text in reversed(HOSTILE):
        expect(page.locator(".card .text")).to_contain_text(text)
        page.keyboard.press("j")
    page.goto(desk.url + "?tab=all&author=" + HOSTILE[0])
    expect(page.get_by_label("Author")).to_have_value(HOSTILE[0])

    assert page.locator(".card script, .card img, .lines svg, iframe").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_the_desk(desk: Desk, opens: Callable[..., Reader], scheme: str) -> None:
    comment_id = desk.holds("remark", name="Ann")
    reader = opens(color_scheme=scheme, reduced_motion="reduce")
    reader.page.goto(desk.url)
    faults = {"login": faults_of(reader.page)}
    page = desk.lets_in(reader, "Ada")
    at(page, "Ann")
    faults["queue"] = faults_of(page)
    saves(page, "d")
    expect(page.get_by_role("heading", name="Nobody waits")).to_be_visible()
    faults["done"] = faults_of(page)
    for path in ("account", "audit", f"comments/{comment_id}/record", f"comments/{comment_id}/email"):
        page.goto(desk.url + path)
        faults[path] = faults_of(page)

    assert {where: found for where, found in faults.items() if found} == {}
    assert reader.complaints == []


def test_authors_bans_and_lists_can_be_used_by_everybody_and_run_nothing(desk: Desk, reader: Reader) -> None:
    for number, text in enumerate(HOSTILE):
        desk.holds(f"{text} {number}", name=f"Eve {text}", email="eve@example.com")
    page = desk.lets_in(reader, "Ada")
    page.get_by_role("link", name="Ban, or read first").click()
    page.get_by_label("Why").fill(HOSTILE[1])
    page.get_by_role("button", name="Do this from now on").click()
    sentence(page, "From now on a person reads")
    page.get_by_label("For the moderators").fill(HOSTILE[2])
    page.get_by_role("button", name="Write it down").click()
    expect(page.locator(".noted")).to_contain_text(HOSTILE[2])
    faults = {"author": faults_of(page)}
    page.get_by_role("link", name="All bans").click()
    expect(page.get_by_role("row").filter(has_text="this address")).to_contain_text(HOSTILE[1])
    faults["bans"] = faults_of(page)
    page.goto(desk.url + "lists")
    page.get_by_label("Words and phrases").fill("toxic*\n*cialis*")
    page.get_by_role("button", name="Try it").click()
    sentence(page, f"{len(HOSTILE)} of the {len(HOSTILE)} comments")
    expect(page.locator(".wrote li").first).to_contain_text(HOSTILE[-1])
    faults["lists"] = faults_of(page)

    assert page.locator("main script, main svg, main iframe").count() == 0
    assert {where: found for where, found in faults.items() if found} == {}
    assert reader.complaints == []


def faults_of(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [f"{fault['id']}: {node['html']}" for fault in found for node in fault["nodes"]]


def test_on_a_phone_there_is_the_list_and_then_the_card(desk: Desk, opens: Callable[..., Reader]) -> None:
    one = desk.holds("remark", name="Ann")
    reader = opens(viewport={"width": 390, "height": 844}, has_touch=True)
    page = desk.lets_in(reader, "Ada")

    expect(page.locator(".card")).to_be_hidden()
    page.get_by_role("link", name=re.compile("Ann")).click()
    expect(page.locator(".lines")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    with page.expect_response(decides):
        page.get_by_role("button", name="Approve").click()
    sentence(page, "Approved.")
    expect(page.get_by_role("heading", name="Nobody waits")).to_be_visible()
    desk.is_now(one, Status.APPROVED)
    assert reader.complaints == []


def test_a_card_that_comes_late_neither_takes_a_decision_nor_comes_back_after_one(desk: Desk, reader: Reader) -> None:
    lower, upper = desk.holds("remark", name="Low"), desk.holds("remark", name="Top")
    late: list[Route] = []

    def waits(route: Route) -> None:
        late.append(route)

    reader.page.route(re.compile(r"/console/comments/\w+[^/]*bare=1"), waits)
    page = desk.lets_in(reader, "Ada")
    at(page, "Top")
    expect(page.locator("[data-help]")).to_be_visible()  # Our script is there.
    page.keyboard.press("j")
    expect(page.locator(".lines li.current")).to_contain_text("Low")
    page.keyboard.press("f")
    assert page.locator(".notice").is_hidden(), "what was in view was about to give way"
    page.keyboard.press("k")
    saves(page, "d")
    late.pop(0).continue_()
    at(page, "Low")
    saves(page, "d")
    expect(page.get_by_role("heading", name="Nobody waits")).to_be_visible()
    for route in late:
        with page.expect_response(route.request.url):
            route.continue_()

    expect(page.get_by_role("heading", name="Nobody waits")).to_be_visible()
    assert (desk.paper.world.status_of(lower), desk.paper.world.status_of(upper)) == (Status.REJECTED,) * 2


def test_the_desk_works_without_script(desk: Desk, opens: Callable[..., Reader]) -> None:
    lower, upper = desk.holds("remark", name="Low"), desk.holds("remark", name="Top")
    page = desk.lets_in(opens(java_script_enabled=False), "Ada")

    at(page, "Top")
    page.locator("#card").get_by_role("button", name="Reject").click()
    sentence(page, "Rejected.")
    at(page, "Low")
    page.get_by_role("button", name="Undo").click()
    sentence(page, "Undone.")
    at(page, "Top")
    desk.is_now(upper, Status.HELD)
    desk.is_now(lower, Status.HELD)
