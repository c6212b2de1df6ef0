"""The sample site, as readers use it: a widget, a plain form and a frame, with script and without, in every light."""

from collections.abc import Callable

import pytest
from newspaper import LOOKS, PHONE, REFUSED_QUIETLY, TEXT, Paper, Reader, axe_finds_nothing
from playwright.sync_api import expect

from moderation.domain.site import Proof
from moderation.http.demo.articles import THREAD, THREAD_OF_FORM, THREAD_OF_FRAME
from moderation.services import sites
from moderation.services.waiting import FEWEST

Opens = Callable[..., Reader]
ARTICLES = {THREAD: "", THREAD_OF_FORM: "form/", THREAD_OF_FRAME: "frame/"}


def test_a_comment_goes_in_and_comes_out_without_any_script(paper: Paper, opens: Opens) -> None:
    page = opens(java_script_enabled=False).page
    page.goto(paper.form)
    expect(page.get_by_role("heading", name="Leave a Reply")).to_be_visible()
    expect(page.get_by_text("Your email address will not be published. Required fields are marked *")).to_be_visible()

    paper.takes(page)

    expect(page.get_by_role("status").get_by_text("waiting to be read")).to_be_visible()
    expect(page.locator(".thread article")).to_have_count(0)
    paper.world.scores()
    page.goto(paper.form)
    expect(page.locator(".thread article em")).to_have_text("Edwin")
    expect(page.get_by_role("heading", name="1 comment")).to_be_visible()
    assert "bea@" not in page.content()


def test_faults_stand_beside_their_fields_without_any_script_and_nothing_is_lost(paper: Paper, opens: Opens) -> None:
    page = opens(java_script_enabled=False).page
    page.goto(paper.form)

    paper.takes(page, name="", email="bea at home", website="javascript:alert(1)")

    expect(page.locator("#fault-name")).to_have_text("Enter your name.")
    expect(page.locator("#fault-email")).to_contain_text("Enter an e-mail address")
    expect(page.locator("#fault-website")).to_contain_text("https://example.com")
    expect(page.locator("#text")).to_have_value(TEXT)
    expect(page.locator("#email")).to_have_value("bea at home")
    expect(page.locator("#summary")).to_be_focused()
    page.locator("#website").fill("")
    paper.takes(page)
    expect(page).to_have_url(f"{paper.form}?lang=en&received=1#respond")


def test_a_comment_is_answered_without_any_script(paper: Paper, opens: Opens) -> None:
    first = paper.says("Who remembers the old louvres?", name="Margaret", thread=THREAD_OF_FORM)
    page = opens(java_script_enabled=False).page
    page.goto(paper.form)

    page.get_by_role("link", name="Reply to Margaret").click()
    expect(page.locator(".answering")).to_contain_text("You answer Margaret.")
    paper.takes(page)
    paper.world.scores()
    page.goto(paper.form)

    expect(page.locator(f"#comment-{first} .replies article")).to_contain_text("in reply to Margaret")


def test_every_article_says_how_long_review_usually_takes(paper: Paper, reader: Reader) -> None:
    for number in range(FEWEST):
        waits = paper.world.has(f"maybe-spam, number {number}.", thread="elsewhere")
        paper.world.clock.forward(minutes=12)
        paper.approves(waits.id)
    page = reader.page

    page.goto(paper.demo)
    paper.takes(page, "maybe-spam, but meant well.")
    paper.world.scores()
    expect(reader.own).to_contain_text("In review (usually \u206812 minutes\u2069)")
    expect(page.get_by_text("Thank you. Your comment has arrived and is in review.")).to_be_visible()

    page.goto(paper.form)
    paper.takes(page, "maybe-spam, but meant well.")
    expect(page.locator("#respond")).to_contain_text("usually takes 12 minutes")

    page.goto(f"{paper.demo}frame/")
    framed = page.frame_locator("iframe")
    paper.takes(page.frames[1], "maybe-spam, but meant well.")
    expect(framed.locator("#respond")).to_contain_text("usually takes 12 minutes")


def test_the_widget_on_the_sample_page_works_for_a_comment_where_its_site_asks_for_that(
    paper: Paper, reader: Reader
) -> None:
    sites.change(paper.world.deps, paper.world.site.id, proof=Proof.ALWAYS)
    page = reader.page
    page.goto(paper.demo)
    with page.expect_request(lambda request: request.method == "POST") as sent:
        paper.takes(page)

    assert "proof" in sent.value.post_data_json
    expect(reader.own).to_be_visible()
    paper.world.scores()
    expect(page.get_by_role("heading", name="1 comment")).to_be_visible()


def test_each_article_speaks_the_language_that_is_asked_for(paper: Paper, reader: Reader) -> None:
    page = reader.page
    for place in ARTICLES.values():
        page.goto(f"{paper.demo}{place}?lang=de")
        shown = page.frames[-1]
        expect(shown.get_by_role("heading", name="Schreiben Sie einen Kommentar")).to_be_visible()


def test_without_script_the_widgets_place_leads_to_the_comments(paper: Paper, opens: Opens) -> None:
    paper.says("Who remembers the old shingles?", name="Margaret")
    page = opens(java_script_enabled=False).page
    page.goto(paper.demo)

    page.get_by_role("link", name="Comments", exact=True).click()

    expect(page.get_by_text("old shingles")).to_be_visible()


def test_the_widget_takes_the_colours_that_its_page_gives_it_by_whatever_name(paper: Paper, reader: Reader) -> None:
    page = reader.page
    page.goto(paper.demo)
    send = page.get_by_role("button", name="Post Comment")

    expect(send).to_have_css("background-color", "rgb(29, 90, 76)")  # The page calls it --accent, as the widget could.


@pytest.mark.parametrize("thread", ARTICLES)
def test_the_page_fits_a_phone(paper: Paper, opens: Opens, thread: str) -> None:
    parent = None
    for number in range(9):
        text = f"Remark {number}: https://example.com/{number}" + "-a-long-address" * 9
        parent = paper.says(text, parent=parent, thread=thread)
    page = opens(**PHONE).page

    page.goto(paper.demo + ARTICLES[thread])

    shown = page.frames[-1]
    words = shown.locator(".words, [part=text]")
    expect(words).to_have_count(9)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert words.evaluate_all("all => Math.min(...all.map((one) => one.clientWidth))") > 180


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
@pytest.mark.parametrize("thread", ARTICLES)
def test_axe_finds_nothing_on_any_article(paper: Paper, opens: Opens, look: dict[str, object], thread: str) -> None:
    first = paper.says(
        "Who remembers the **old** ones?\n\n> Me", name="Margaret", website="https://example.com/", thread=thread
    )
    paper.says("أحب هذه البوابة", name="ليلى", parent=first, thread=thread)
    page = opens(**look).page
    page.goto(paper.demo + ARTICLES[thread])
    shown = page.frames[-1]
    expect(shown.get_by_role("article").filter(has_text="أحب")).to_be_visible()
    axe_finds_nothing(page)

    paper.takes(shown, "maybe-spam, but meant well.", name="")
    expect(shown.get_by_text("Enter your name.").first).to_be_visible()
    axe_finds_nothing(page)
    paper.takes(shown, "maybe-spam, but meant well.")
    expect(shown.get_by_text("has arrived").first).to_be_attached()
    axe_finds_nothing(page)


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


@pytest.mark.parametrize("thread", ARTICLES)
def test_nothing_that_somebody_writes_runs(paper: Paper, opens: Opens, thread: str) -> None:
    parent = None
    for attack in ATTACKS:
        parent = paper.says(f"{attack} and some words", name=attack[:245], parent=parent, thread=thread)
    reader = opens()
    page = reader.page

    page.goto(f"{paper.demo}{ARTICLES[thread]}?replyto={parent}&lang=<script>alert(1)</script>&received=<b>")

    shown = page.frames[-1]
    expect(shown.locator(".words, [part=text]")).to_have_count(len(ATTACKS))
    for link in shown.locator(".words a, [part=text] a").all():
        assert str(link.get_attribute("href")).startswith("https://example.com/")
    for name in shown.locator(".author, [part=author], .answer").all():
        name.hover(force=True)
    wrong = "[onerror], [onload], [onfocus], [onmouseover], .comments img, [part=text] img, [part=text] iframe"
    assert shown.locator(wrong).count() == 0
    assert reader.complaints == []


@pytest.mark.parametrize("attack", ATTACKS[:9])
def test_nothing_that_somebody_writes_runs_in_their_own_browser(paper: Paper, opens: Opens, attack: str) -> None:
    reader = opens()
    page = reader.page
    page.goto(paper.demo)

    paper.takes(page, f"{attack} maybe-spam", name=attack, website="https://example.com/?" + attack.replace(" ", ""))
    expect(reader.own).to_contain_text(attack)
    paper.world.scores()
    page.reload()
    expect(reader.own).to_contain_text(attack)
    page.get_by_role("button", name="Edit").click()
    paper.takes(page, attack, name=attack, email=attack, website=attack)
    expect(page.locator("#email-fault")).to_be_visible()
    page.reload()
    expect(page.locator("#text")).to_have_value(attack)

    assert page.locator("[part=text] img, [part=text] script, .comments iframe").count() == 0
    assert [said for said in reader.complaints if REFUSED_QUIETLY not in said] == []
