"""A plain HTML form: what it says when something is wrong, what it keeps, and where it leads."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from uuid import UUID

import pytest
from fakes.scorers import obedient
from flask.testing import FlaskClient
from makers import ORIGIN, World
from werkzeug.test import TestResponse

from moderation.app import create_app
from moderation.domain.comment import FormToken, Status
from moderation.domain.errors import Invalid, TemporaryFailure
from moderation.http.context import Web
from moderation.http.problems import PROBLEM
from moderation.services import sites
from moderation.services.ports import Uow

OURS = "https://comments.example"
GOOD = {"thread": "article-1", "name": "Ann", "email": "ann@example.com", "text": "A calm remark about the harvest."}


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    world = World.at(sqlite_url, scorers=obedient())
    yield world
    world.close()


@pytest.fixture
def client(world: World) -> FlaskClient:
    return create_app(Web(world.deps, public_url=OURS, ready=dict, demo_key=world.site.key)).test_client()


def sends(client: FlaskClient, world: World, *, headers: dict[str, str] | None = None, **fields: str) -> TestResponse:
    """Send the form as a browser does, with a good reply in it unless said otherwise."""
    return client.post(f"/v1/sites/{world.site.key}/comments", data={**GOOD, **fields}, headers=headers or {})


class Page(HTMLParser):
    """The parts of a page that tests look at."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.language = ""
        self.values: dict[str, str] = {}
        self.described: dict[str, str] = {}
        self.words: dict[str, str] = {}
        self._inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        self.language = facts.get("lang", self.language) if tag == "html" else self.language
        if tag in {"input", "textarea"} and "name" in facts:
            self.values[facts["name"]] = facts.get("value", "")
            if facts.get("aria-invalid") == "true":
                self.described[facts["name"]] = facts["aria-describedby"].split()[-1]
        if tag in {"p", "textarea"}:
            self._inside.append(facts.get("id", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in {"p", "textarea"} and self._inside:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.words[self._inside[-1]] = self.words.get(self._inside[-1], "") + data

    @property
    def text(self) -> str:
        """What stands in the text area, as a browser reads it."""
        return self.words.get("text", "").removeprefix("\n")

    def fault(self, field: str) -> str:
        """What is said beside a field."""
        return self.words[self.described[field]]


def test_every_fault_is_said_beside_its_field_and_all_that_was_typed_is_kept(client: FlaskClient, world: World) -> None:
    typed = {
        "name": "",
        "email": "ann at example",
        "website": "javascript:alert(1)",
        "text": '\n"Two"\n</textarea><b>lines',
    }

    answer = sends(client, world, **typed, thread_title="The Harvest", redirect_to=f"{ORIGIN}/harvest#reply")
    page = Page(answer.text)

    assert answer.status_code == 422
    assert set(page.described) == {"name", "email", "website"}
    assert page.fault("name") == "Enter your name."
    assert page.fault("email") == "Enter an e-mail address such as name@example.com."
    assert {name: page.values[name] for name in ("name", "email", "website")} == {
        name: typed[name] for name in ("name", "email", "website")
    }
    assert page.text == typed["text"]
    assert page.values["thread"] == "article-1"
    assert page.values["thread_title"] == "The Harvest"
    assert page.values["redirect_to"] == f"{ORIGIN}/harvest#reply"
    assert page.values["subject"] == ""
    assert page.values["form_token"]


def test_the_form_is_shown_again_in_its_own_language(client: FlaskClient, world: World) -> None:
    german = Page(sends(client, world, headers={"Accept-Language": "fr"}, lang="de-CH", text="").text)
    french = Page(sends(client, world, headers={"Accept-Language": "fr, en;q=0.5"}, text="").text)

    assert (german.language, german.fault("text")) == ("de", "Bitte schreiben Sie Ihren Kommentar.")
    assert (french.language, french.fault("text")) == ("fr", "Écrivez votre commentaire.")
    assert german.values["lang"] == "de"


def test_a_form_that_was_corrected_is_taken_in(client: FlaskClient, world: World) -> None:
    page = Page(sends(client, world, email="", text="bees\0knees are the best part of summer").text)
    assert page.text == "beesknees are the best part of summer"

    world.clock.forward(seconds=10)
    answer = sends(client, world, **{**page.values, "email": "ann@example.com", "text": page.text})
    world.scores()

    assert answer.status_code == 303
    with world.deps.views(world.site.id) as views:
        (row,) = views.queue(world.site.id, {}, after=None, limit=10)
    assert (row["text"], row["status"]) == (page.text, Status.APPROVED)


def test_a_refused_form_keeps_its_token_so_that_a_quick_correction_is_no_haste(
    client: FlaskClient, world: World
) -> None:
    token = world.deps.seals.form_token(world.site.id, "article-1", world.clock())
    world.clock.forward(seconds=30)

    kept = Page(sends(client, world, text="", form_token=token).text).values["form_token"]
    world.clock.forward(days=2)
    renewed = Page(sends(client, world, text="", form_token=token).text).values["form_token"]

    assert kept == token
    assert renewed != token
    reading = world.deps.seals.read_form_token(renewed, world.site.id, "article-1", world.clock())
    assert reading.state is FormToken.YOUNG


def test_an_answer_to_a_comment_that_is_gone_can_be_sent_as_a_comment_of_its_own(
    client: FlaskClient, world: World
) -> None:
    page = Page(sends(client, world, parent="0198f5a5-0000-7000-8000-000000000000").text)

    assert "parent" not in page.values
    assert sends(client, world, **{**page.values, "text": page.text}).status_code == 303


def test_saying_the_same_twice_is_refused_with_the_text_kept(client: FlaskClient, world: World) -> None:
    assert sends(client, world).status_code == 303

    answer = sends(client, world)

    assert answer.status_code == 409
    assert Page(answer.text).text == GOOD["text"]
    assert "You have already said that here." in answer.text


def test_haste_is_refused_with_the_text_kept_and_a_time_to_come_back(tmp_path: Path) -> None:
    world = World.at(f"sqlite:///{tmp_path}/lychgate.db", scorers=obedient(), rate_limits="on")
    client = create_app(Web(world.deps, public_url=OURS, ready=dict)).test_client()
    assert sends(client, world).status_code == 303

    answer = sends(client, world, text="Another remark, much too soon.")

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    assert Page(answer.text).text == "Another remark, much too soon."
    world.close()


def test_a_closed_page_says_so_and_keeps_the_text(client: FlaskClient, world: World) -> None:
    first = world.receives()
    sites.change_thread(world.deps, world.site.id, first.thread_id, closed=True)

    answer = sends(client, world)

    assert answer.status_code == 409
    assert "This page takes no more comments." in answer.text
    assert Page(answer.text).text == GOOD["text"]


def test_other_fields_and_a_filled_honeypot_are_no_faults(client: FlaskClient, world: World) -> None:
    answer = sends(client, world, akismet_nonce="f00", submit="Post", subject="Cheap watches")
    world.scores()

    assert answer.status_code == 303
    with world.deps.views(world.site.id) as views:
        (row,) = views.queue(world.site.id, {}, after=None, limit=10)
    assert row["status"] is Status.SPAM


def test_the_form_again_may_lead_to_the_sites_pages_and_runs_nothing(client: FlaskClient, world: World) -> None:
    policy = sends(client, world, text="").headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert policy.endswith(f"form-action 'self' {ORIGIN}")


WRITTEN = [
    *(
        "https://xn--bcher-kva.example",
        "http://localhost:8080",
        "http://127.0.0.1:81",
        "https://[::1]:8443",
        "https://a",
    ),
    *("https://my_blog.a-b.example:65535", "https://" + "a." * 100 + "example", "http://[2001:db8::7]"),
]


def test_every_origin_that_a_site_can_have_stands_in_the_header_as_one_word(client: FlaskClient, world: World) -> None:
    sites.change(world.deps, world.site.id, origins=tuple(WRITTEN))

    policy = sends(client, world, text="").headers["Content-Security-Policy"]

    *_, form_action = policy.split(";")
    assert form_action.split() == ["form-action", "'self'", *WRITTEN]


@pytest.mark.parametrize(
    "origin", ["https://a.example; script-src-elem *", "https://a.example *", "https://a;b.example"]
)
def test_no_origin_writes_another_directive_into_the_header(client: FlaskClient, world: World, origin: str) -> None:
    with pytest.raises(Invalid):
        sites.change(world.deps, world.site.id, origins=(origin,))

    assert sends(client, world, text="").headers["Content-Security-Policy"].endswith(f"form-action 'self' {ORIGIN}")


RECEIVED = "/embed/{key}/received?lang=en"


@pytest.mark.parametrize(
    ("wanted", "headers", "leads_to"),
    [
        (f"{ORIGIN}/harvest?page=2#reply", {}, f"{ORIGIN}/harvest?page=2#reply"),
        (f"{OURS}/demo/?received=1#respond", {}, f"{OURS}/demo/?received=1#respond"),
        (ORIGIN, {}, ORIGIN),
        ("/harvest", {"Origin": ORIGIN}, f"{ORIGIN}/harvest"),
        ("/harvest", {"Referer": f"{ORIGIN}/elsewhere"}, f"{ORIGIN}/harvest"),
        ("/demo/", {"Origin": OURS}, f"{OURS}/demo/"),
        ("/demo/", {"Referer": "https://evil.example/"}, f"{OURS}/demo/"),
        ("/demo/?received=1", {}, f"{OURS}/demo/?received=1"),
        ("/thanks", {}, f"{ORIGIN}/thanks"),
        ("/thanks", {"Referer": "https://evil.example/"}, f"{ORIGIN}/thanks"),
        ("/thanks", {"Origin": OURS}, f"{OURS}/thanks"),
        ("/", {}, f"{ORIGIN}/"),
        ("", {"Referer": f"{ORIGIN}/harvest"}, f"{ORIGIN}/harvest"),
        ("https://evil.example/", {"Referer": f"{ORIGIN}/harvest"}, f"{ORIGIN}/harvest"),
        ("", {}, RECEIVED),
        ("", {"Referer": f"{ORIGIN}/?p=7"}, f"{ORIGIN}/?p=7"),
        ("", {"Referer": f"{ORIGIN}/"}, RECEIVED),
        ("", {"Referer": ORIGIN}, RECEIVED),
        ("", {"Referer": "https://evil.example/"}, RECEIVED),
        ("", {"Referer": f"{OURS}/v1/sites/{{key}}/comments"}, RECEIVED),
        ("https://evil.example/", {}, RECEIVED),
        ("//evil.example/", {}, RECEIVED),
        ("///evil.example/", {}, RECEIVED),
        ("/\\evil.example/", {}, RECEIVED),
        ("\\\\evil.example/", {}, RECEIVED),
        ("/\t/evil.example/", {}, RECEIVED),
        ("/\n/evil.example/", {}, RECEIVED),
        (" https://evil.example/", {}, RECEIVED),
        (f"{ORIGIN}.evil.example/", {}, RECEIVED),
        (f"{ORIGIN}@evil.example/", {}, RECEIVED),
        (f"{ORIGIN}:pass@evil.example/", {}, RECEIVED),
        (f"{ORIGIN}\\@evil.example/", {}, RECEIVED),
        (f"{ORIGIN}\\.evil.example/", {}, RECEIVED),
        (f"{ORIGIN}:8443/", {}, RECEIVED),
        ("https:evil.example", {}, RECEIVED),
        ("https:/evil.example", {}, RECEIVED),
        ("https:///evil.example", {}, RECEIVED),
        ("http://news.example/", {}, RECEIVED),
        ("https://evil.example/?u=https://news.example/", {}, RECEIVED),
        ("https://evilnews.example/", {}, RECEIVED),
        ("javascript:alert(1)", {}, RECEIVED),
        ("data:text/html,hello", {}, RECEIVED),
        (f"{ORIGIN}/\r\nSet-Cookie: a=b", {}, RECEIVED),
        ("harvest", {}, RECEIVED),
        ("https://news\u3002example/", {}, RECEIVED),
        (f"{ORIGIN}/\u202egnp", {}, RECEIVED),
    ],
)
def test_a_form_leads_to_the_sites_own_pages_or_to_ours(
    client: FlaskClient, world: World, wanted: str, headers: dict[str, str], leads_to: str
) -> None:
    said = {name: value.format(key=world.site.key) for name, value in headers.items()}

    answer = sends(client, world, headers=said, redirect_to=wanted)

    assert answer.status_code == 303
    assert answer.headers["Location"] == leads_to.format(key=world.site.key)


def test_the_way_back_survives_a_fault(client: FlaskClient, world: World) -> None:
    page = Page(sends(client, world, headers={"Referer": f"{ORIGIN}/harvest"}, text="").text)

    again = {**page.values, "text": "Now with words in it, as it should be."}
    answer = sends(client, world, headers={"Origin": OURS, "Referer": f"{OURS}/v1/sites/x/comments"}, **again)

    assert answer.headers["Location"] == f"{ORIGIN}/harvest"


def test_the_page_that_says_thank_you_is_the_sites_and_speaks_its_language(client: FlaskClient, world: World) -> None:
    answer = client.get(f"/embed/{world.site.key}/received?lang=es")

    assert answer.status_code == 200
    assert "<h1>Gracias</h1>" in answer.text
    assert client.get("/embed/pk_unknown/received").status_code == 404


def test_assets_are_kept_for_ever_under_the_name_of_their_content(client: FlaskClient) -> None:
    page = client.get("/demo/").text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]

    styles, older = client.get(address), client.get("/assets/0123456789abcdef/lychgate.css")

    assert styles.mimetype == "text/css"
    assert "immutable" in styles.headers["Cache-Control"]
    assert older.headers["Cache-Control"] == "no-cache"
    assert client.get("/assets/0123456789abcdef/..%2Fpaper.py").status_code == 404


def test_the_front_page_says_what_this_is_and_leads_on(client: FlaskClient, world: World) -> None:
    front = client.get("/")
    without = create_app(Web(world.deps, public_url=OURS, ready=dict)).test_client().get("/")

    assert (front.status_code, front.mimetype) == (200, "text/html")
    assert "default-src 'none'" in front.headers["Content-Security-Policy"]
    for address in ("/demo/", "/docs", "/openapi.json"):
        assert f'href="{address}"' in front.text
        assert client.get(address).status_code == 200
    assert "/demo/" not in without.text


def test_the_reference_has_one_address(client: FlaskClient) -> None:
    answer = client.get("/docs/")

    assert (answer.status_code, answer.headers["Location"]) == (308, "/docs")


def test_a_cursor_that_is_none_shows_the_first_page_of_the_sample(client: FlaskClient, world: World) -> None:
    world.has("Lovely photos!", thread="demo-form")

    answer = client.get("/demo/form/?cursor=made-up")

    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert "Lovely photos!" in answer.text


def test_there_is_no_sample_page_without_a_site_for_it(world: World) -> None:
    client = create_app(Web(world.deps, public_url=OURS, ready=dict)).test_client()

    assert client.get("/demo/").status_code == 404


PAIRS = b"thread=article-1&name=Ann&email=ann@example.com&lang=de&text="
IN_PARTS = "multipart/form-data; boundary=b"


def in_parts(**fields: bytes) -> bytes:
    """Write a form as a browser does that sends parts."""
    parts = [
        b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (n.encode(), v) for n, v in fields.items()
    ]
    return b"".join([*parts, b"--b--\r\n"])


@pytest.mark.parametrize(
    ("media", "body", "shown"),
    [
        ("application/x-www-form-urlencoded", PAIRS + b"A+calm+caf%E9.", "A calm caf\ufffd."),
        ("application/x-www-form-urlencoded", PAIRS + b"A calm caf\xe9.", "A calm caf\ufffd."),
        ("application/x-www-form-urlencoded", PAIRS + b"A+calm+%ED%A0%80.", "A calm \ufffd\ufffd\ufffd."),
        ("application/x-www-form-urlencoded", PAIRS + b"A+calm+%C0%AF.", "A calm \ufffd\ufffd."),
        (
            IN_PARTS,
            in_parts(thread=b"article-1", name=b"Ann", lang=b"de", text=b"A calm caf\xe9."),
            "A calm caf\ufffd.",
        ),
    ],
)
def test_bytes_that_are_no_text_are_a_fault_and_all_else_is_kept(
    client: FlaskClient, world: World, media: str, body: bytes, shown: str
) -> None:
    answer = client.post(f"/v1/sites/{world.site.key}/comments", data=body, content_type=media)
    page = Page(answer.text)

    assert answer.status_code == 422
    assert page.fault("text").startswith("Einige Zeichen waren nicht lesbar")
    assert (page.text, page.values["name"], page.values["thread"]) == (shown, "Ann", "article-1")


@pytest.mark.parametrize("text", ["A calm café, 100 % of it.", "日本語の静かな感想です。", "A calm remark. 🍂"])
@pytest.mark.parametrize("media", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_form_in_any_script_is_taken_in_as_it_was_typed(
    client: FlaskClient, world: World, media: str, text: str
) -> None:
    answer = client.post(f"/v1/sites/{world.site.key}/comments", data={**GOOD, "text": text}, content_type=media)

    assert answer.status_code == 303
    with world.deps.views(world.site.id) as views:
        assert [row["text"] for row in views.queue(world.site.id, {}, after=None, limit=10)] == [text]


@contextmanager
def away(_site_id: UUID | None) -> Iterator[Uow]:
    """Open a transaction on a database that is not there."""
    raise TemporaryFailure("The database cannot be used right now.")
    yield


def is_page(answer: TestResponse, status: int, language: str = "en") -> None:
    """See that a person is told on a page, in their language, and that nothing else is promised."""
    assert (answer.status_code, answer.mimetype) == (status, "text/html"), answer.text
    assert Page(answer.text).language == language
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("key", "origin"), [("pk_unknown", ORIGIN), (None, "https://evil.example")])
def test_a_form_that_belongs_to_no_site_here_is_told_so_on_a_page_that_keeps_the_text(
    client: FlaskClient, world: World, key: str | None, origin: str
) -> None:
    path, headers = f"/v1/sites/{key or world.site.key}/comments", {"Origin": origin, "Accept-Language": "de"}

    answer = client.post(path, data={**GOOD, "text": "<b>Do not lose this."}, headers=headers)

    is_page(answer, 404, "de")
    assert "Dieses Formular führt zu einer Website, die es hier nicht gibt" in answer.text
    assert Page(answer.text).text == "<b>Do not lose this."
    assert client.post(path, json=GOOD, headers=headers).mimetype == PROBLEM


def test_a_form_that_is_too_large_is_told_so_on_a_page(client: FlaskClient, world: World) -> None:
    answer = sends(client, world, headers={"Accept-Language": "es"}, text="x" * 128_000)

    is_page(answer, 413, "es")
    assert "Acórtelo" in answer.text


def test_a_form_with_too_many_parts_is_told_so_on_a_page(client: FlaskClient, world: World) -> None:
    body = in_parts(**{f"f{number}": b"x" for number in range(60)})

    answer = client.post(f"/v1/sites/{world.site.key}/comments", data=body, content_type=IN_PARTS)

    is_page(answer, 413)


def test_while_the_database_is_away_a_form_gets_a_page_and_a_time_to_come_back(world: World) -> None:
    deps = replace(world.deps, reading=away)
    client = create_app(Web(deps, public_url=OURS, ready=dict)).test_client()

    answer = sends(client, world, lang="fr")

    is_page(answer, 503, "fr")
    assert int(answer.headers["Retry-After"]) >= 1
    assert Page(answer.text).text == GOOD["text"]


def test_a_fault_of_ours_is_a_page_too_and_says_nothing_of_it(world: World) -> None:
    deps = replace(world.deps, reading=lambda _: 1 / 0)
    client = create_app(Web(deps, public_url=OURS, ready=dict)).test_client()

    answer = sends(client, world)

    is_page(answer, 500)
    assert "ZeroDivision" not in answer.text
