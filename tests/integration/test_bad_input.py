"""Bad input gets a clear error and loses nothing, at every door: JSON, form and command line."""

import html
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from time import thread_time
from typing import Any
from uuid import uuid4

import pytest
from api import PUBLIC_URL, app_over, new_key
from flask import Flask
from hostile import ACCEPTED, FIELDS, FORM, KEYS, NAMES, UNSETTABLE, WIRE, Bad, Wire, good
from makers import World
from servers.leads import KINDS
from servers.postgres import Postgres
from sqlalchemy import text
from werkzeug.test import TestResponse

from moderation import cli
from moderation.adapters.db.models import TENANT_TABLES
from moderation.cli import parts
from moderation.domain.errors import Fault, Malformed
from moderation.domain.scope import Scope
from moderation.http.fields import FORMS as FORM_TYPES
from moderation.http.fields import body, raw_body
from moderation.http.problems import PROBLEM
from moderation.http.words import fault_sentence

JSON = [row for row in FIELDS if row.json]
FORMS = [row for row in FIELDS if row.form]
TYPED = [row for row in FIELDS if row.words]


@dataclass
class Doors:
    """One site's doors: what is sent there, and what is stored behind them."""

    world: World
    app: Flask
    numbers: Iterator[int] = field(default_factory=count)

    @property
    def submit(self) -> str:
        return f"/v1/sites/{self.world.site.key}/comments"

    def send(self, path: str | None = None, *, method: str = "POST", **options: Any) -> TestResponse:
        return self.app.test_client().open(path or self.submit, method=method, **options)

    def stored(self) -> dict[str, int]:
        """Count the rows of every table."""
        counts = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in TENANT_TABLES)  # noqa: S608
        with self.world.deps.reading(None) as uow:
            return {str(table): int(number) for table, number in uow.connection.execute(text(counts))}

    def takes_a_good_reply(self) -> None:
        """See that whatever was refused before is in nobody's way."""
        number = next(self.numbers)
        accepted = self.send(json=good(email=f"ann{number}@example.com", text=f"A calm remark, number {number}."))
        assert accepted.status_code == 202, accepted.text


@pytest.fixture(scope="module", params=KINDS)
def doors(
    request: pytest.FixtureRequest, migrated_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Doors]:
    """One installation for all rows: what the row before was refused must be in nobody's way."""
    if request.param == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        url = postgres.fresh_database(template=request.getfixturevalue("migrated"))
    else:
        url = f"sqlite:///{shutil.copy(migrated_file, tmp_path_factory.mktemp('bad'))}"
    with closing(World.at(url)) as world:
        yield Doors(world, app_over(world))
    if request.param == "postgresql":
        postgres.drop(url)


@pytest.fixture
def untouched(doors: Doors) -> Iterator[None]:
    """Whatever a test sends: nothing is stored, and a good reply is taken in right after."""
    before = doors.stored()
    yield
    assert doors.stored() == before
    doors.takes_a_good_reply()


def faults_of(answer: TestResponse) -> list[Fault]:
    """Read a problem's faults; each has a sentence."""
    assert answer.mimetype == PROBLEM, answer.text
    assert answer.json
    faults = [Fault(**fault) for fault in answer.json["errors"]]
    assert all(fault.detail.endswith(".") for fault in faults)
    return faults


def is_problem(answer: TestResponse, status: int, code: str) -> None:
    assert (answer.status_code, answer.mimetype) == (status, PROBLEM), answer.text
    assert answer.json
    assert answer.json["type"] == f"/docs/problems#{code}"
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("row", JSON, ids=lambda row: row.name)
def test_every_fault_of_a_json_reply_is_told_and_no_value_comes_back(doors: Doors, row: Bad) -> None:
    answer = doors.send(json=good(**row.fields))

    is_problem(answer, 422, "invalid")
    assert {(fault.pointer, fault.code) for fault in faults_of(answer)} == row.faults
    assert len(faults_of(answer)) == len(row.faults)
    for value in row.fields.values():
        assert len(value.strip()) < 4 or value not in answer.get_data(as_text=True)


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("row", FORMS, ids=lambda row: row.name)
def test_a_form_is_shown_again_with_every_fault_and_all_that_was_typed(doors: Doors, row: Bad) -> None:
    told = faults_of(doors.send(json=good(**row.fields)))

    answer = doors.send(data=good(**row.fields))

    assert (answer.status_code, answer.mimetype) == (422, "text/html")
    page = html.unescape(answer.text)
    for fault in told:
        assert fault_sentence("en", fault) in page
    for name in ("text", "name", "email", "website"):
        assert row.fields.get(name, "").replace("\0", "") in page


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("row", TYPED, ids=lambda row: row.name)
def test_the_command_line_says_what_is_wrong_and_changes_nothing(
    doors: Doors, row: Bad, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    if row.file is not None:
        Path("policy.toml").write_bytes(row.file)

    code = run(doors.world, row.words, monkeypatch)

    said = capsys.readouterr()
    assert (code, said.out) == (row.code, ""), said.err
    assert row.says in " ".join(said.err.split())
    assert "Traceback" not in said.err
    assert "\x1b" not in said.err


def run(world: World, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> int:
    """Type a command over an installation; give its exit code."""
    monkeypatch.setattr(sys, "argv", ["lychgate", *words])
    monkeypatch.setattr(parts, "settings", lambda: world.settings)
    parts.parts.cache_clear()
    with pytest.raises(SystemExit) as ended:
        cli.main()
    parts.parts().close()
    parts.parts.cache_clear()
    return int(ended.value.code or 0)


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("row", WIRE, ids=lambda row: row.name)
def test_what_cannot_be_read_is_refused_before_it_is_looked_at(doors: Doors, row: Wire) -> None:
    answer = doors.send(data=row.body, content_type=row.media, environ_overrides=dict(row.environ))

    if (row.media or "").startswith(FORM_TYPES):
        assert (answer.status_code, answer.mimetype) == (row.status, "text/html")
        return
    is_problem(answer, row.status, row.code)
    if row.pointers:
        assert {fault.pointer for fault in faults_of(answer)} == row.pointers


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(
    "document", [{f"x{number}": 1 for number in range(9_000)}, {f"\0{number}": 1 for number in range(400)}]
)
def test_a_hundred_faults_are_told_and_that_there_are_more(doors: Doors, document: dict[str, int]) -> None:
    answer = doors.send(json=good(**document))

    *_, last = told = faults_of(answer)
    assert len(told) == 101
    assert last == Fault("", "more-faults", "There is more; correct these first.")
    assert len(answer.data) < 30_000


def test_a_body_is_read_no_further_than_to_where_it_is_too_deep(doors: Doors) -> None:
    short, long = (min(seconds_to_refuse(doors, b"[" * size) for _ in range(5)) for size in (1_280, 128_000))

    assert long < 10 * short, "of both the same is read; all of it would take a hundred times as long"


def seconds_to_refuse(doors: Doors, sent: bytes) -> float:
    with doors.app.test_request_context(method="POST", data=sent, content_type="application/json"):
        raw_body()  # Having it takes as long as it is; reading it need not.
        began = thread_time()
        with pytest.raises(Malformed):
            body()
        return thread_time() - began


@pytest.mark.parametrize(("name", "fields"), ACCEPTED, ids=[name for name, _ in ACCEPTED])
@pytest.mark.parametrize("door", ["json", "data"])
def test_what_is_as_long_as_it_may_be_is_taken_in_whole(
    doors: Doors, door: str, name: str, fields: dict[str, str]
) -> None:
    fresh = {"text": f"A calm remark: {uuid4()}", "thread": f"{door}-{name}"}

    answer = doors.send(**{door: good(**{**fresh, **fields})})

    assert answer.status_code == (202 if door == "json" else 303), answer.text
    if door == "json" and answer.json and "text" in fields:
        assert answer.json["text"] == fields["text"].replace("\r\n", "\n").strip()


@pytest.mark.parametrize(("typed", "kept"), NAMES)
def test_a_name_is_kept_without_what_would_deceive_a_reader(doors: Doors, typed: str, kept: str) -> None:
    answer = doors.send(json=good(name=typed, text=f"A calm remark: {uuid4()}"))

    assert answer.json
    assert answer.json["author"]["name"] == kept


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("name", UNSETTABLE)
def test_json_cannot_set_what_is_not_the_senders_to_set(doors: Doors, name: str) -> None:
    answer = doors.send(json=good(**{name: UNSETTABLE[name]}))

    assert [(fault.pointer, fault.code) for fault in faults_of(answer)] == [(f"/{name}", "unknown-field")]


def test_a_form_that_sets_what_is_not_the_senders_sets_nothing(doors: Doors) -> None:
    before = doors.stored()
    said = f"A calm remark: {uuid4()}"

    assert doors.send(data=good(**UNSETTABLE, text=said)).status_code == 303

    assert doors.stored()["comment"] == before["comment"] + 1
    with doors.world.deps.reading(None) as uow:
        kept = uow.connection.execute(text("SELECT * FROM comment WHERE text = :said"), {"said": said}).mappings().one()
    assert (kept["status"], kept["version"], kept["depth"], kept["staff"]) == ("pending", 1, 0, False)


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("key", KEYS, ids=range(len(KEYS)))
def test_an_idempotency_key_that_is_none_is_a_fault_of_its_own(doors: Doors, key: str) -> None:
    answer = doors.send(json=good(email="nonsense"), environ_overrides={"HTTP_IDEMPOTENCY_KEY": key})

    told = {(fault.pointer, fault.code) for fault in faults_of(answer)}
    assert told == {("/Idempotency-Key", "idempotency-key-invalid"), ("/email", "email-invalid")}


INJECTED = "x\r\nSet-Cookie: stolen=1\r\n\r\n<script>"


@pytest.mark.parametrize("header", ["ORIGIN", "REFERER", "IDEMPOTENCY_KEY", "ACCEPT_LANGUAGE", "X_REQUEST_ID", "HOST"])
@pytest.mark.parametrize("path", ["", "?limit=1", "?thread=x%0D%0ASet-Cookie:%20stolen=1", "/%0D%0ASet-Cookie:stolen"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_no_header_of_ours_can_be_written_by_a_sender(doors: Doors, method: str, path: str, header: str) -> None:
    fields = {"redirect_to": f"{PUBLIC_URL}/{INJECTED}", "lang": INJECTED, "thread": INJECTED, "name": INJECTED}
    answer = doors.send(
        f"{doors.submit}{path}",
        method=method,
        data=good(text=str(uuid4()), **fields) if method == "POST" else None,
        environ_overrides={f"HTTP_{header}": INJECTED},
    )

    assert "Set-Cookie" not in answer.headers
    assert not any("stolen" in value and name != "Link" for name, value in answer.headers if "%" not in value)
    assert answer.status_code < 500


METHODS = ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "BREW"]


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("method", METHODS)
def test_another_method_is_told_which_ones_there_are(doors: Doors, method: str) -> None:
    answer = doors.send(method=method)

    is_problem(answer, 405, "method-not-allowed")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


@pytest.mark.usefixtures("untouched")
def test_head_and_options_answer_without_a_body(doors: Doors) -> None:
    head, options = doors.send(method="HEAD"), doors.send(method="OPTIONS")

    assert (head.status_code, head.data) == (200, b"")
    assert (options.status_code, options.data) == (204, b"")


PATHS = [
    "/nothing",
    "/v1",
    "/v1/sites/pk_unknown/comments",
    "/v1/sites/%00/comments",
    "/v1/sites/a%00b/counts?thread=a",
    "/v1/sites/%FF%FE/comments",
    "/v1/sites/%ED%A0%80/comments",
    "/v1/sites/" + "k" * 10_000 + "/comments",
    "/v1/sites/../../etc/passwd",
    "/v1/sites/pk%2F..%2F/comments",
    "//v1/sites",
    "/v1/comments/not-an-id",
    "/v1/comments/00000000-0000-0000-0000-000000000000/flags/",
    "/v1/moderation/comments/%00",
    "/embed/%00/received",
    "/assets/x/..%2f..%2fapp.py",
    "/assets/%00/%00",
    "/demo/",
]


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("path", PATHS, ids=range(len(PATHS)))
def test_what_is_not_there_is_not_found(doors: Doors, path: str) -> None:
    answer = doors.send(path, method="GET")

    is_problem(answer, 404, "not-found")
    assert answer.headers["Cache-Control"] == "no-store"


QUERIES = [
    ("comments?limit=0", "/limit"),
    ("comments?limit=-1", "/limit"),
    ("comments?limit=101", "/limit"),
    ("comments?limit=1.5", "/limit"),
    ("comments?limit=1e1", "/limit"),
    ("comments?limit=ten", "/limit"),
    ("comments?limit=", "/limit"),
    ("comments?limit=" + "9" * 400, "/limit"),
    ("comments?limit=" + "9" * 5000, "/limit"),
    ("comments?cursor=made-up", "/cursor"),
    ("comments?cursor=", "/cursor"),
    ("comments?cursor=" + "A" * 100_000, "/cursor"),
    ("comments?thread=%00", "/thread"),
    ("comments?thread=" + "a" * 100_000, "/thread"),
    ("comments?thread=", "/thread"),
    ("comments?thread_url=javascript:alert(1)", "/thread_url"),
    ("comments?thread=a&sort=best", "/sort"),
    ("comments?thread=a&thread=b", "/thread"),
    ("comments?thread=a&limit=1&limit=x", "/limit"),
    ("counts", "/thread"),
    ("counts?thread=", "/thread"),
    ("counts?" + "&".join(f"thread=a{number}" for number in range(101)), "/thread"),
    ("counts?thread=a%00b", "/thread/0"),
]


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(("query", "pointer"), QUERIES, ids=range(len(QUERIES)))
def test_a_query_that_means_nothing_is_told_so(doors: Doors, query: str, pointer: str) -> None:
    answer = doors.send(f"/v1/sites/{doors.world.site.key}/{query}", method="GET")

    is_problem(answer, 422, "invalid")
    assert pointer in {fault.pointer for fault in faults_of(answer)}
    assert len(answer.data) < 1_000_000


MATCHES = [
    ("", 428, "precondition-required"),
    ("*", 428, "precondition-required"),
    ('W/"1"', 412, "stale"),
    ('"2"', 412, "stale"),
    ('"0"', 412, "stale"),
    ('"-1"', 412, "stale"),
    ('"1", "2"', 412, "stale"),
    ('"' + "9" * 400 + '"', 412, "stale"),
    ('"\u0661"', 412, "stale"),
    ("one", 412, "stale"),
    ("\0", 412, "stale"),
]


@pytest.mark.parametrize(("sent", "status", "code"), MATCHES, ids=range(len(MATCHES)))
def test_a_decision_on_no_version_or_another_changes_nothing(doors: Doors, sent: str, status: int, code: str) -> None:
    comment = doors.world.receives(f"A calm remark: {uuid4()}", email=f"{uuid4().hex}@example.com")
    key, before = new_key(doors.world, doors.world.site, [Scope.MODERATE]), doors.stored()

    answer = doors.send(
        f"/v1/moderation/comments/{comment.id}/decisions",
        json={"action": "approve"},
        headers={"Authorization": f"Bearer {key}"},
        environ_overrides={"HTTP_IF_MATCH": sent.encode().decode("latin-1")},
    )

    is_problem(answer, status, code)
    assert doors.stored() == before
    assert doors.world.look(comment).version == 1


CREDENTIALS = ["Bearer", "Bearer ", "Bearer sk_wrong", "Bearer \0", "bearer " + "s" * 100_000, "Basic YTpi", "sk_x"]


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("sent", [*CREDENTIALS, "Receipt \xff", "Receipt AAAA", "Bearer sk_\xff", ""])
def test_a_credential_that_is_none_opens_nothing(doors: Doors, sent: str) -> None:
    environ = {"HTTP_AUTHORIZATION": sent}
    moderating = doors.send("/v1/moderation/comments", method="GET", environ_overrides=environ)
    own = doors.send(f"/v1/comments/{uuid4()}", method="GET", environ_overrides=environ)

    is_problem(moderating, 401, "unauthenticated")
    assert own.status_code in {401, 404}
    assert moderating.headers["WWW-Authenticate"]


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("media", [FORM, "multipart/form-data; boundary=b", "multipart/form-data", "application/json"])
@pytest.mark.parametrize("body", [b"", b"%", b"text", b"text=%FF%FE", b"=&=&=", b"--b\r\n", b"--b--", b"\x00" * 100])
def test_whatever_a_body_says_it_is_it_is_refused_as_what_it_is(doors: Doors, media: str, body: bytes) -> None:
    answer = doors.send(data=body, content_type=media)

    assert answer.status_code in {400, 422}, answer.text
