"""Somebody else's scorer: a real server on this machine that answers as a test tells it to."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from threading import Event, Thread
from typing import Any

Respond = Callable[["Handler"], None]


@dataclass
class Outsider:
    """What the server was asked, and how it answers."""

    respond: Respond
    url: str = ""
    asked: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    """The headers and the body of every request."""
    over: Event = field(default_factory=Event)
    """Set when the test is over, so that whoever hangs lets go."""

    @property
    def texts(self) -> list[list[str]]:
        """The texts of every request."""
        return [[comment["text"] for comment in json.loads(body)["comments"]] for _, body in self.asked]


class Handler(BaseHTTPRequestHandler):
    """Notes a request and lets the test answer it."""

    outsider: Outsider
    body: bytes

    def do_POST(self) -> None:
        self.body = self.rfile.read(int(self.headers["Content-Length"]))
        self.outsider.asked.append(({name.lower(): value for name, value in self.headers.items()}, self.body))
        self.outsider.respond(self)

    def say(self, status: int, content: bytes, **headers: str) -> None:
        """Answer with this status and body."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def outsider(respond: Respond, *, wrap: Callable[[socket], socket] = lambda plain: plain) -> Iterator[Outsider]:
    """Serve on a free port; `wrap` puts TLS around it."""
    known = Outsider(respond)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (Handler,), {"outsider": known}))
    server.socket = wrap(server.socket)
    known.url = f"http://127.0.0.1:{server.server_port}/score"
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield known
    finally:
        known.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def obedient(handler: Handler) -> None:
    """Score .99 where a text says "REMOTE", .01 otherwise; abstain where it says "no-remote-score"."""
    handler.say(200, json.dumps({"scorer": "outsider-1", "signals": [_seen(each) for each in _told(handler)]}).encode())


def says(status: int, content: bytes = b"", **headers: str) -> Respond:
    """Always answer the same."""
    return lambda handler: handler.say(status, content, **headers)


def hangs(handler: Handler) -> None:
    """Take the question and never answer."""
    handler.outsider.over.wait()


def drips(handler: Handler) -> None:
    """Answer for ever, a little at a time, so that no single wait is long."""
    handler.send_response(200)
    handler.end_headers()
    while not handler.outsider.over.wait(0.02):
        try:
            handler.wfile.write(b" ")
        except OSError:
            return


def _told(handler: Handler) -> list[Any]:
    comments: list[Any] = json.loads(handler.body)["comments"]
    return comments


def _seen(comment: dict[str, Any]) -> dict[str, Any]:
    if "no-remote-score" in comment["text"]:
        return {"value": None}
    found = {"code": "outsider", "detail": "The test says so.", "spans": [[0, 4]]}
    value = 0.99 if "REMOTE" in comment["text"] else 0.01
    return {"value": value, "findings": [found], "attributes": {"irony": 0.5}}
