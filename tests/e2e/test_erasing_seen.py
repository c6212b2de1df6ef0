"""An author is taken along and erased at the desk, in a real browser, and nothing that they wrote runs there."""

import json
from collections.abc import Callable
from pathlib import Path

from desk import hires
from newspaper import Paper, Reader
from playwright.sync_api import expect
from test_desk_at_work import HOSTILE, Desk, faults_of, sentence

from moderation.domain.comment import Status
from moderation.domain.person import Role
from moderation.services import erasing

EVE = {"name": f"Eve {HOSTILE[1]}", "email": "eve@example.com"}


def test_an_owner_takes_along_what_is_kept_and_erases_it_once_the_word_is_typed(
    paper: Paper, opens: Callable[..., Reader], tmp_path: Path
) -> None:
    hires(paper.world, "Ada", {paper.world.site.id: Role.OWNER})
    desk = Desk(paper)
    comment = desk.holds(f"{HOSTILE[0]} remark", **EVE)
    reader = opens()
    page = desk.lets_in(reader, "Ada")
    page.goto(f"{desk.url}comments/{comment}/author")
    faults = {"author": faults_of(page)}

    with page.expect_download() as taken:
        page.get_by_role("button", name="Take it along").click()
    taken.value.save_as(tmp_path / "author.json")
    shown = json.loads((tmp_path / "author.json").read_text())
    assert shown["sites"][0]["comments"][0]["email"] == EVE["email"]

    page.get_by_role("link", name="Erase them…").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(HOSTILE[1])
    expect(page.get_by_text("Comments: 1")).to_be_visible()
    page.get_by_label("Type erase").fill("yes")
    page.get_by_role("button", name="Erase them").click()
    expect(page.get_by_text("Type the word, so that nobody is erased by a slip.")).to_be_visible()
    faults["erase"] = faults_of(page)
    assert page.locator("main script, h1 img, li img").count() == 0
    desk.is_now(comment, Status.HELD)

    page.get_by_label("Type erase").fill("erase")
    page.get_by_role("button", name="Erase them").click()
    sentence(page, "They are being erased")
    while erasing.carry_on(paper.world.deps):
        pass
    page.reload()

    expect(page.get_by_role("heading", level=1)).to_have_text("Nobody")
    expect(page.get_by_role("link", name="Erase them…")).to_have_count(0)
    desk.is_now(comment, Status.DELETED)
    assert {where: found for where, found in faults.items() if found} == {}
    assert [said for said in reader.complaints if "422" not in said] == [], "but for the word that was refused"
