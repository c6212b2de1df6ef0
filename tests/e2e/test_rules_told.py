"""Saying why, seen in a browser: a canned note is put in at the desk, and authors read the rule and the note."""

from desk import PASSWORD, hires
from newspaper import Paper, Reader
from playwright.sync_api import Locator, Page, expect

from moderation.domain.comment import Status
from moderation.domain.decision import Action, Actor
from moderation.services import canned_notes, house_rules, review, sites
from moderation.services.review import Moderator, Wish

TEXT = "A maybe-toxicity remark, but meant well."


def sends(page: Page, paper: Paper) -> None:
    for name, value in {"text": TEXT, "name": "Bea", "email": "bea@example.com"}.items():
        page.locator(f"#{name}").fill(value)
    paper.world.clock.forward(seconds=10)
    page.get_by_role("button", name="Post Comment").click()


def refuses(paper: Paper) -> None:
    """Let a person reject what waits, for the rule that its reasons choose, and write to its author."""
    world = paper.world
    world.scores()
    with world.deps.views(world.site.id) as views:
        (row,) = views.queue(world.site.id, {"status": Status.HELD}, after=None, limit=2)
    wish = Wish(row["id"], row["version"], Action.REJECT, note="Third time.", public_note="Mind the tone.")
    review.decide(world.deps, Moderator(world.site.id, world.deps.new_id(), Actor.PERSON), wish)


def tells(own: Locator) -> None:
    """Wait until the rule and the note stand there, each on a line of its own, and nothing for moderators does."""
    for told in ("Argue with what somebody says", "Mind the tone."):
        expect(own.get_by_text(told)).to_have_css("display", "block")
    expect(own).not_to_contain_text("Third time.")
    expect(own).not_to_contain_text("For what is aimed at a person here")


def test_an_author_reads_why_a_comment_was_rejected(paper: Paper, reader: Reader) -> None:
    house_rules.begin(paper.world.deps, paper.world.site.id, ["civil"])
    sites.change(paper.world.deps, paper.world.site.id, origins=[paper.url])
    reader.page.goto(f"{paper.demo}?lang=en")
    sends(reader.page, paper)
    own = reader.page.get_by_role("article").filter(has_text="Only you can see this.")
    expect(own).to_contain_text("meant well")

    refuses(paper)
    reader.page.reload()

    tells(own)


def test_a_canned_note_is_put_in_where_the_cursor_is_and_sent_once(paper: Paper, reader: Reader) -> None:
    world = paper.world
    hires(world, "Ada")
    canned_notes.keep(world.deps, world.site.id, "Again", "Gladly without the first sentence.")
    comment = world.has(TEXT, name="Ann")
    page = reader.page
    page.goto(f"{paper.url}/console/")
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_event("load"):
        page.keyboard.press("Enter")

    page.get_by_text("Write to the author").click()
    written = page.get_by_label("Shown where they see")
    written.fill("Dear Ann,")
    page.get_by_label("Put in a canned note").select_option("Again")
    expect(written).to_have_value("Dear Ann,\nGladly without the first sentence.")
    expect(written).to_be_focused()
    with page.expect_response(lambda answer: answer.url.endswith("/decisions")):
        page.locator(".card").get_by_role("button", name="Reject").click()

    assert world.log_of(comment)[-1].public_note == ("Dear Ann,\nGladly without the first sentence.")
