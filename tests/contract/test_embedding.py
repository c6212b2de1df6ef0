"""What a site embeds besides the API: the script, what its form asks, the page for a frame, the feeds."""

from dataclasses import replace
from gzip import decompress
from random import Random
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, fromstring

import pytest
from api import Api
from flask.testing import FlaskClient
from makers import ORIGIN, World
from speech import remark

from moderation.domain.edition import UNNAMED, Edition
from moderation.http import discussion
from moderation.http.embed.feed import ATOM, THR
from moderation.http.embed.script import current
from moderation.services import editions, sites
from moderation.wiring import keep

GOOD = {"thread": "article-1", "name": "Ann", "email": "ann@example.com", "text": "A calm remark about the harvest."}


@pytest.fixture
def client(world: World) -> FlaskClient:
    return Api.over(world).app.test_client()


def test_the_script_is_kept_for_ever_under_its_own_name_and_for_any_page(client: FlaskClient) -> None:
    pinned = client.get("/embed/version").json
    kept = client.get(urlsplit(pinned["src"]).path, headers={"Accept-Encoding": "gzip"})
    plain = client.get("/embed.js")

    assert (kept.headers["Content-Encoding"], kept.data) == ("gzip", current().packed)
    assert "immutable" in kept.headers["Cache-Control"]
    assert "immutable" not in plain.headers["Cache-Control"]
    assert kept.headers["Access-Control-Allow-Origin"] == plain.headers["Access-Control-Allow-Origin"] == "*"
    assert plain.data == current().body
    assert pinned["integrity"] == current().integrity
    assert client.get("/embed.js", headers={"If-None-Match": plain.headers["ETag"]}).status_code == 304


def test_a_page_that_pinned_a_former_edition_is_given_that_one(world: World, client: FlaskClient) -> None:
    former = Edition.of(b"const EDITION = '" + UNNAMED + b"'", b'{"en":{"reply":"Say more"}}')
    altered = replace(former, name="0123456789abcdef")
    for edition in (former, former, altered):
        editions.keep(world.deps, edition)

    kept = client.get(f"/embed/{former.name}/embed.js")
    said = client.get(f"/embed/{former.name}/words?lang=tlh")
    unsound = client.get(f"/embed/{altered.name}/embed.js")

    assert kept.text == f"const EDITION = '{former.name}'"
    assert said.json == {"reply": "Say more"}
    assert all("immutable" in answer.headers["Cache-Control"] for answer in (kept, said))
    assert (unsound.data, "immutable" in unsound.headers["Cache-Control"]) == (current().body, False)


def test_a_web_process_keeps_its_edition_as_it_starts(world: World) -> None:
    keep(world.deps, current().edition)

    assert editions.find(world.deps, current().name) == current().edition


def test_words_come_in_the_language_that_is_asked_for_and_english_otherwise(client: FlaskClient) -> None:
    def reply(language: str) -> str:
        return str(client.get(f"/embed/{current().name}/words?lang={language}").json["reply"])

    assert [reply(language) for language in ("fr", "tlh", "../en")] == ["Répondre", "Reply", "Reply"]


def test_the_form_is_told_what_the_site_requires_and_whether_the_page_is_closed(
    world: World, client: FlaskClient
) -> None:
    world.has()
    about = f"/embed/{world.site.key}/about?thread=article-1"
    here = client.get(about, headers={"Origin": ORIGIN})
    assert here.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert {name: here.json[name] for name in ("required", "closed", "count")} == {
        "required": ["name", "email", "text"],
        "closed": False,
        "count": 1,
    }
    assert client.get(about, headers={"Origin": "https://elsewhere.example"}).status_code == 404

    sites.change(world.deps, world.site.id, close_after_days=1)
    world.clock.forward(days=2)
    assert Api.over(world).app.test_client().get(about).json["closed"] is True


def test_the_framed_page_stands_on_the_sites_pages_alone_and_its_form_comes_back_to_it(
    world: World, client: FlaskClient
) -> None:
    comment = world.has("Who remembers the old shingles?", name="Margaret")
    page = client.get(f"/embed/{world.site.key}/thread?thread=article-1&replyto={comment.id}&lang=de")
    assert f"frame-ancestors 'self' {ORIGIN};" in page.headers["Content-Security-Policy"]
    assert "Margaret" in page.text
    assert f'name="parent" value="{comment.id}"' in page.text

    back = f"http://lychgate.test/embed/{world.site.key}/thread?thread=article-1&received=1#respond"
    submit = f"/v1/sites/{world.site.key}/comments"
    sent = client.post(submit, data={**GOOD, "redirect_to": back})
    refused = client.post(submit, data={**GOOD, "email": "ann at example", "redirect_to": back})

    assert (sent.status_code, sent.location) == (303, back)
    assert refused.status_code == 422
    assert f"frame-ancestors 'self' {ORIGIN};" in refused.headers["Content-Security-Policy"]
    assert "ann at example" in refused.text
    thanks = client.get(urlsplit(back).path + "?" + urlsplit(back).query)
    assert "waiting to be read" in thanks.text


def test_the_framed_page_answers_what_is_public_in_its_thread_on_whichever_page_of_it(
    world: World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discussion, "MOST", 1)
    world.has("The first.")
    named = [world.has("The last.", name="Margaret"), world.has("maybe-spam."), world.has("Away.", thread="article-2")]

    pages = [client.get(f"/embed/{world.site.key}/thread?thread=article-1&replyto={comment.id}") for comment in named]

    assert ['name="parent"' in page.text for page in pages] == [True, False, False]
    assert f'name="parent" value="{named[0].id}"' in pages[0].text
    assert "The last." not in pages[0].text


def test_a_site_without_origins_is_framed_by_our_own_pages_alone(world: World) -> None:
    sites.change(world.deps, world.site.id, origins=[])

    page = Api.over(world).app.test_client().get(f"/embed/{world.site.key}/thread?thread=article-1")

    assert "frame-ancestors 'self';" in page.headers["Content-Security-Policy"]


def test_feeds_tell_what_is_public_and_who_answers_whom(world: World, client: FlaskClient) -> None:
    first = world.has("Who remembers <b>the old</b> shingles?", name="Margaret & Co")
    answer = world.has("I do.", parent=first.id)
    world.has("maybe-spam, a word that waits.")
    world.has("Elsewhere.", thread="article-2")

    feed = client.get(f"/embed/{world.site.key}/feed.atom?thread=article-1")
    entries = [ids(entry) for entry in fromstring(feed.data).iter(f"{ATOM}entry")]  # noqa: S314 (our own)

    assert feed.mimetype == "application/atom+xml"
    assert entries == [(f"urn:uuid:{answer.id}", f"urn:uuid:{first.id}"), (f"urn:uuid:{first.id}", None)]
    every = f"/embed/{world.site.key}/feed.atom"
    whole = client.get(every)
    assert whole.data.count(b"<entry>") == 3
    assert b"a word that waits" not in whole.data
    assert client.get(every, headers={"If-None-Match": whole.headers["ETag"]}).data == b""


def ids(entry: Element) -> tuple[str | None, str | None]:
    """Name an entry, and what it answers."""
    answered = entry.find(f"{THR}in-reply-to")
    return entry.findtext(f"{ATOM}id"), answered.get("ref") if answered is not None else None


def test_a_thread_is_sent_packed_to_who_unpacks_it(world: World, client: FlaskClient) -> None:
    for number in range(9):
        world.has(f"{remark(Random(number))} That was {number}.")  # noqa: S311 (the same remarks again)
    path = f"/v1/sites/{world.site.key}/comments?thread=article-1"
    plain = client.get(path)

    packed = [client.get(path, headers={"Accept-Encoding": "gzip"}) for _ in range(2)]

    assert [decompress(answer.data) for answer in packed] == [plain.data] * 2
    assert [answer.headers["ETag"] for answer in packed] == [f"W/{plain.headers['ETag']}"] * 2
    assert all("Accept-Encoding" in answer.headers["Vary"] for answer in (plain, *packed))
    known = {"Accept-Encoding": "gzip", "If-None-Match": packed[0].headers["ETag"]}
    assert (client.get(path, headers=known).status_code, client.get(path).data) == (304, plain.data)
