"""Pages behind links in mails to authors: looking changes nothing, a press does it, and none tells who is known."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from uuid import UUID

import pytest
from api import PUBLIC_URL, Api, app_over
from fakes.scorers import obedient
from flask.testing import FlaskClient
from makers import ORIGIN, World
from servers.mail import Mailbox, mailbox
from sqlalchemy import text
from werkzeug.test import TestResponse

from moderation.domain.comment import Status
from moderation.domain.decision import Action, Actor
from moderation.services import house_rules, review, sites
from moderation.services.review import Moderator, Wish

ADDRESS = "ada.particular@example.com"
LINK = re.compile(r"http://[\w.:]+(/embed/pk_[\w-]+/mail/\S+)")
HIDDEN = re.compile(r'name="(author|withdraw)" value="([^"]+)"')
FORM = {"thread": "article-1", "name": "Ada", "email": ADDRESS}


@pytest.fixture(scope="module")
def box() -> Iterator[Mailbox]:
    with mailbox() as known:
        yield known


@pytest.fixture
def world(sqlite_url: str, box: Mailbox) -> Iterator[World]:
    box.came.clear()
    mail = {"mail_server": box.server, "mail_from": "lychgate@news.example"}
    with closing(World.at(sqlite_url, scorers=obedient(), **mail)) as world:
        world.site = sites.change(world.deps, world.site.id, confirm=True, tell_authors=True)
        yield world


@pytest.fixture
def browser(world: World) -> FlaskClient:
    return app_over(world).test_client()


def posts(world: World, browser: FlaskClient, **fields: str) -> TestResponse:
    return browser.post(f"/v1/sites/{world.site.key}/comments", json={**FORM, **fields})


def leaves(world: World) -> None:
    """Let the grace be over and everything that is due leave."""
    world.scores()
    world.mails()


def link(box: Mailbox, about: str = "Is this your address? (News)") -> str:
    """Give the path to which the author's last mail of this subject leads first."""
    mails = [mail for mail in box.came if mail["To"] == ADDRESS and mail["Subject"] == about]
    return str(LINK.findall(mails[-1].get_content())[0])


def confirmed(world: World, browser: FlaskClient, box: Mailbox) -> str:
    posts(world, browser, text="The first of my remarks.", thread_url=f"{ORIGIN}/harvest", thread="")
    leaves(world)
    return browser.post(link(box)).text


def test_looking_at_a_link_changes_nothing_and_pressing_makes_the_author_known(
    world: World, browser: FlaskClient, box: Mailbox
) -> None:
    posts(world, browser, text="The first of my remarks.", thread_url=f"{ORIGIN}/harvest", thread="")
    leaves(world)
    for _ in range(2):
        asked = browser.get(link(box))
        assert (asked.status_code, asked.headers["Cache-Control"]) == (200, "no-store")
        assert "Yes, I wrote it" in asked.text
        assert "My remarks" not in asked.text
        assert asked.headers["Referrer-Policy"] == "same-origin"

    shown = browser.post(link(box), headers={"Origin": PUBLIC_URL}).text
    token = dict(HIDDEN.findall(shown))["author"]
    assert "Your address is confirmed" in shown
    assert f'href="https://news.example/harvest#lychgate={token}"' in shown
    assert browser.get(link(box)).status_code == browser.post(link(box)).status_code == 404

    posts(world, browser, text="Another remark of mine.", receipt=token)
    with world.deps.reading(None) as uow:
        kept = uow.connection.execute(text("SELECT confirmed FROM comment ORDER BY id"))  # type: ignore[attr-defined]
        assert [bool(row[0]) for row in kept] == [False, True]


def test_a_mail_program_ends_it_with_one_click(world: World, browser: FlaskClient, box: Mailbox) -> None:
    token = dict(HIDDEN.findall(confirmed(world, browser, box)))["author"]
    own = posts(world, browser, text="Tell me of answers.", receipt=token, notify="each").get_json()
    world.scores()
    world.has("An answer.", email=None, thread=own["thread"], parent=UUID(own["id"]))
    leaves(world)
    stop = link(box, "Your comment at News was answered")
    assert box.came[-1]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert stop in str(box.came[-1]["List-Unsubscribe"])

    clicked = {"data": "List-Unsubscribe=One-Click", "content_type": "application/x-www-form-urlencoded"}
    for _ in range(2):
        assert browser.post(stop, **clicked).status_code == 200  # type: ignore[arg-type]
    world.has("An answer that comes later.", email=None, thread=own["thread"], parent=UUID(own["id"]))
    before = len(box.came)
    leaves(world)
    assert len(box.came) == before


def test_one_sees_and_withdraws_ones_own_behind_a_mailed_link(world: World, browser: FlaskClient, box: Mailbox) -> None:
    posts(world, browser, text="A maybe-toxicity remark.", email="elsewhere@example.com")
    comment = world.has("A maybe-toxicity remark of mine <b>x</b>.", email=ADDRESS)
    page = f"/embed/{world.site.key}/own"
    assert "Send me the link" in browser.get(page).text
    assert "Enter an e-mail address" in browser.post(page, data={"email": "nobody"}).text

    known, unknown = (browser.post(page, data={"email": email}) for email in (ADDRESS, "nobody@example.com"))
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    leaves(world)
    assert [mail["To"] for mail in box.came].count("nobody@example.com") == 0
    listed = browser.post(link(box, "Your comments at News")).text
    assert "maybe-toxicity remark of mine &lt;b&gt;x" in listed
    assert "Waiting for a moderator" in listed
    assert listed.count('<article class="comment">') == 1

    pressed = dict(HIDDEN.findall(listed))
    others = {**pressed, "withdraw": world.deps.seals.receipt(world.deps.new_id())}
    assert browser.post(f"{page}/comments", data=others).status_code == 404
    assert browser.post(f"{page}/comments", data={**pressed, "author": "made-up"}).status_code == 404
    assert "Withdrawn or deleted" in browser.post(f"{page}/comments", data=pressed).text
    assert world.status_of(comment) is Status.DELETED


def test_who_is_refused_reads_the_rule_and_the_note_in_the_mail_and_on_the_page(
    world: World, browser: FlaskClient, box: Mailbox
) -> None:
    (rule,) = house_rules.begin(world.deps, world.site.id, ["civil"])
    token = dict(HIDDEN.findall(confirmed(world, browser, box)))["author"]
    own = posts(world, browser, text="A maybe-toxicity remark.", receipt=token, notify_decision="yes").get_json()
    world.scores()
    somebody = Moderator(world.site.id, world.deps.new_id(), Actor.PERSON)
    wish = Wish(UUID(own["id"]), 2, Action.REJECT, note="Third time.", public_note="Mind the tone.")
    review.decide(world.deps, somebody, wish)

    leaves(world)
    mailed = next(mail for mail in box.came if mail["Subject"] == "What became of your comment at News").get_content()
    browser.post(f"/embed/{world.site.key}/own", data={"email": ADDRESS})
    leaves(world)
    shown = browser.post(link(box, "Your comments at News")).text

    for told in (mailed, shown):
        assert rule.title in told
        assert rule.text in told
        assert "Mind the tone." in told
        assert "Third time." not in told
        assert rule.guidance[:40] not in told


def test_the_form_offers_what_the_site_does_and_keeps_what_was_chosen(world: World, browser: FlaskClient) -> None:
    frame = f"/embed/{world.site.key}/thread?thread=article-1&lang=de"
    assert "E-Mails über Antworten" in browser.get(frame).text
    wrong = browser.post(
        f"/v1/sites/{world.site.key}/comments",
        data={**FORM, "text": "", "notify": "daily", "notify_decision": "yes"},
    )
    assert wrong.status_code == 422
    assert re.search(r'value="daily"\s+selected', wrong.text)
    assert re.search(r'value="yes"\s+checked', wrong.text)

    faults = posts(world, browser, text="Well.", notify="always", notify_decision="perhaps").get_json()["errors"]
    assert {fault["pointer"]: fault["code"] for fault in faults} == {
        "/notify": "notify-unknown",
        "/notify_decision": "yes-or-no",
    }
    sites.change(world.deps, world.site.id, tell_authors=False)
    assert "E-Mails über Antworten" not in app_over(world).test_client().get(frame).text


def test_a_site_says_whether_it_writes_to_authors(world: World) -> None:
    api, choices = Api.over(world), {"confirm": False, "tell_authors": True, "language": "es"}
    path = f"/v1/sites/{world.site.id}"

    assert choices.items() <= api.call("PATCH", path, json=choices).json.items()
    assert choices.items() <= api.get(path).json.items()
    assert api.call("PATCH", path, json={"language": "nl"}).status_code == 422
    mute = replace(world, deps=replace(world.deps, may_post=False))
    assert Api.over(mute).call("PATCH", path, json={"confirm": True}).status_code == 409
