"""Speaking to a service that runs: it is waited for as it says, asked again, and never told the same twice."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import monotonic
from typing import Any, Final

import pytest
from servers.valkey import free_port

from moderation.adapters import running
from moderation.adapters.running import Running
from moderation.domain.errors import ModerationError, NotFound, TemporaryFailure, Unauthenticated
from moderation.services.trial import Posted

Said = tuple[int, Any, dict[str, str]]
TAKEN: Final[Said] = (202, {"id": "one"}, {})
SITES: Final[Said] = (200, {"items": [{"id": "7", "name": "News", "site_key": "pk_1"}], "next": None}, {})
NOTHING: Final[Said] = (404, {"type": "/docs/problems#not-found"}, {})


@dataclass
class Scripted:
    """A server that says what it was told to, in this order, and remembers what it was asked."""

    script: list[Said]
    url: str = ""
    asked: list[tuple[str, str, dict[str, str], Any]] = field(default_factory=list)

    def answer(self, method: str, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        self.asked.append((method, handler.path, dict(handler.headers), json.loads(body) if body else None))
        status, document, headers = self.script.pop(0)
        handler.send_response(status)
        sent = b"" if document is None else json.dumps(document).encode()
        for name, value in {**headers, "Content-Length": str(len(sent))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(sent)


@contextmanager
def scripted(*script: Said) -> Iterator[Scripted]:
    said = Scripted(list(script))

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            said.answer("GET", self)

        def do_POST(self) -> None:
            said.answer("POST", self)

        def do_DELETE(self) -> None:
            said.answer("DELETE", self)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        said.url = f"http://127.0.0.1:{server.server_port}"
        yield said
        server.shutdown()


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "PAUSE", 0.01)


def test_who_is_told_to_wait_waits_so_long_and_says_the_same_again() -> None:
    wait = (429, {"type": "/docs/problems#rate-limited"}, {"Retry-After": "1"})
    with scripted(wait, wait, TAKEN) as server:
        began = monotonic()

        posted = Running(server.url, "sk_1", "pk_1").post("Lovely photos!", 0)

        assert monotonic() - began >= 2
        assert posted == Posted("one")
        assert len({headers["Idempotency-Key"] for _, _, headers, _ in server.asked}) == 1
        assert [body for *_, body in server.asked] == [server.asked[0][3]] * 3


def test_a_failure_is_tried_again_and_then_told() -> None:
    broken: Said = (500, {"type": "about:blank"}, {})
    with scripted(broken, TAKEN, *[broken] * running.TRIES) as server:
        service = Running(server.url, "sk_1", "pk_1")

        assert service.post("Lovely photos!", 0) == Posted("one")
        with pytest.raises(TemporaryFailure, match="answers 500"):
            service.post("Lovely photos!", 1)


def test_a_refusal_is_told_by_its_codes_without_the_text() -> None:
    faults = [{"pointer": "/text", "code": "too-long", "detail": "Shorter, please."}]
    invalid: Said = (422, {"type": "/docs/problems#invalid", "errors": faults}, {})
    duplicate: Said = (409, {"type": "/docs/problems#duplicate"}, {})
    with scripted(invalid, duplicate) as server:
        service = Running(server.url, "sk_1", "pk_1")

        assert [service.post("x", place).refused for place in (0, 1)] == ["/text too-long", "duplicate"]


def test_a_site_is_found_by_each_of_its_names() -> None:
    for name in ("News", "pk_1", "7"):
        with scripted(SITES, TAKEN) as server:
            Running.of(server.url, "sk_1", name).post("Lovely photos!", 0)

            assert server.asked[-1][1] == "/v1/sites/pk_1/comments"


@pytest.mark.parametrize(
    ("script", "wanted", "error"),
    [
        ([SITES], lambda url: Running.of(url, "sk_1", "Other"), NotFound),
        ([(401, {}, {})], lambda url: Running.of(url, "sk_1", "News"), Unauthenticated),
        ([NOTHING], lambda url: Running(url, "sk_1", "pk_none").post("x", 0), NotFound),
        ([NOTHING], lambda url: Running(url, "sk_1", "pk_1").happened(None), NotFound),
    ],
)
def test_what_cannot_be_is_said(script: list[Said], wanted: Callable[[str], Any], error: type[ModerationError]) -> None:
    with scripted(*script) as server, pytest.raises(error):
        wanted(server.url)


def test_where_nobody_answers_that_is_said() -> None:
    with pytest.raises(TemporaryFailure, match="Nothing answers"):
        Running.of(f"http://127.0.0.1:{free_port()}", "sk_1", "News")


@pytest.mark.parametrize("address", ["nonsense", "http://[", "ftp:/x"])
def test_what_is_no_address_is_said(address: str) -> None:
    with pytest.raises(ModerationError):
        Running.of(address, "sk_1", "News")


def test_it_posts_with_a_key_of_its_own_and_ends_it() -> None:
    made: Said = (201, {"id": "k1", "secret": "sk_own"}, {})
    with scripted(made, TAKEN, (204, None, {})) as server:
        service = Running(server.url, "sk_1", "pk_1")
        with service.as_server() as unhindered:
            assert unhindered
            service.post("Lovely photos!", 0)

        assert [headers.get("Authorization") for _, _, headers, _ in server.asked] == [
            "Bearer sk_1",
            "Bearer sk_own",
            "Bearer sk_1",
        ]
        assert server.asked[0][3] == {"name": "trial", "scopes": ["submit"]}
        assert server.asked[2][:2] == ("DELETE", "/v1/keys/k1")


def test_where_no_key_can_be_made_it_posts_as_readers_do() -> None:
    with scripted(NOTHING, TAKEN) as server:
        service = Running(server.url, "sk_1", "pk_1")
        with service.as_server() as unhindered:
            assert not unhindered
            service.post("Lovely photos!", 0)

        assert "Authorization" not in server.asked[1][2]
