"""The whole installation as people run it, at its chattiest: nobody's address is left lying about in it."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

import leaks
import pytest
from leaks import ADDRESSES, PLACES, Canaries
from redis.exceptions import RedisError
from servers.up import Up
from servers.valkey import OwnBroker

NOWHERE: Final = Canaries([*ADDRESSES, *PLACES])
UNHEARD: Final = Canaries(["Canaria Birdsong", "canarysong"])
PATIENCE: Final = 20.0
DECIDED: Final = {"approved", "held", "spam", "rejected"}
READABLE: Final = (
    *(
        "/livez",
        "/readyz",
        "/metrics",
        "/openapi.json",
        "/docs",
        "/docs/problems",
        "/",
        "/demo/",
        "/demo/form/",
        "/demo/frame/",
    ),
    *(
        "/v1/sites/{pk}/comments",
        "/v1/sites/{pk}/comments?thread=t",
        "/v1/sites/{pk}/counts?thread=t",
        "/embed/{pk}/received",
    ),
    *("/embed/{pk}/thread?thread=t", "/embed/{pk}/about?thread=t", "/embed/{pk}/feed.atom", "/embed.js"),
    *("/embed/{pk}/own", "/embed/version", "/embed/x/words"),
    "/{pk}/wp-json/wp/v2/comments",
)


class Onwards(HTTPRedirectHandler):
    """Follows nobody: where a form leads is an answer of its own."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Visitor:
    """Somebody who calls a running installation; every answer is kept."""

    def __init__(self, up: Up) -> None:
        self.up, self.answers, self.count = up, dict[str, bytes](), 0
        self._opener = build_opener(Onwards)

    def call(self, method: str, path: str, body: Any = None, *, form: bool = False, **headers: str) -> tuple[int, Any]:
        """Send a request from a network of its own; give the status and what was read."""
        self.count += 1
        data = None if body is None else urlencode(body).encode() if form else json.dumps(body).encode()
        sent = headers | ({"Content-Type": "application/json"} if data and not form else {})
        if path != "/metrics":  # For this machine alone, whoever it speaks for.
            sent["X-Forwarded-For"] = PLACES[self.count % len(PLACES)]
        request = Request(f"{self.up.url}{path}", data, sent, method=method)  # noqa: S310 (our own address)
        try:
            with self._opener.open(request, timeout=10) as answer:
                status, content = answer.status, answer.read()
        except HTTPError as refusal:
            with refusal:
                status, content = refusal.code, refusal.read()
        if not (form and status == 422) and not path.endswith("/email"):  # For the sender's own eyes.
            self.answers[f"{self.count} {method} {path}"] = content
        return status, json.loads(content) if content.startswith(b"{") else content

    def decided(self, comment: dict[str, Any]) -> dict[str, Any]:
        """Wait until a comment is decided, as its author would; give it as they see it."""
        deadline = monotonic() + PATIENCE
        path, own = f"/v1/comments/{comment['id']}", f"Receipt {comment['receipt']}"
        while (seen := self.call("GET", path, Authorization=own)[1])["status"] not in DECIDED:
            assert monotonic() < deadline, seen["status"]
            Event().wait(0.05)
        return dict(seen)


@contextmanager
def overheard(broker: OwnBroker) -> Iterator[list[bytes]]:
    """Hear every command that the broker is given, until the block ends."""
    heard: list[bytes] = []
    over = Event()

    def listen() -> None:
        while not over.is_set():
            with suppress(RedisError, OSError), broker.client(patience=2) as client, client.monitor() as monitor:
                while not over.is_set():
                    heard.append(str(monitor.next_command()["command"]).encode())

    with ThreadPoolExecutor(1) as pool:
        pool.submit(listen)
        try:
            yield heard
        finally:
            over.set()


def live_in(visitor: Visitor, pk: str, key: str) -> None:
    """Do what readers, authors and moderators do in a day."""
    submit, bearer = f"/v1/sites/{pk}/comments", f"Bearer {key}"
    for number, address in enumerate(ADDRESSES):
        reply = {"thread": "t", "name": "Canaria Birdsong", "email": address, "text": f"A canarysong, number {number}."}
        status, comment = visitor.call("POST", submit, reply)
        assert status == 202, comment
        visitor.call("POST", submit, reply | {"text": "Too fast."})
        visitor.call("POST", submit, reply | {"email": f"{address},"})
        visitor.call("POST", submit, reply | {"website": "javascript:1"}, form=True)
        visitor.call("POST", submit, reply | {"email": f"form.{address}"}, form=True)
        own = visitor.decided(comment)
        assert "***@" in own["author"]["email"]
        path = f"/v1/comments/{comment['id']}"
        visitor.call("POST", f"{path}/flags", {"reason": "other"})
        visitor.call(
            "PATCH", path, {"text": f"An edited canarysong, {number}."}, Authorization=f"Receipt {comment['receipt']}"
        )
        shown = visitor.call(
            "POST", f"/v1/moderation/comments/{comment['id']}/email", {"reason": "?"}, Authorization=bearer
        )
        assert NOWHERE.in_(json.dumps(shown[1]).encode()), "this is the one place"
        visitor.call("GET", f"/v1/moderation/comments?{urlencode({'author': address})}", Authorization=bearer)
    for path in ("/v1/moderation/comments", "/v1/events"):
        visitor.call("GET", path, Authorization=bearer)
    visitor.decided(comment)
    bans = f"/v1/sites/{visitor.call('GET', '/v1/sites', Authorization=bearer)[1]['items'][0]['id']}/bans"
    for address in ADDRESSES:
        whom = {"effect": "ban", "mark": "address", "email": address, "reason": "Sings."}
        banned = [visitor.call("POST", bans, whom, Authorization=bearer) for _ in range(2)]
        assert [status for status, _ in banned] == [201, 409]
        assert visitor.call("POST", bans, whom | {"email": f"{address},"}, Authorization=bearer)[0] == 422
        assert visitor.call("POST", f"{bans}/{banned[0][1]['id']}/lift", {}, Authorization=bearer)[0] == 200
    visitor.call("GET", bans, Authorization=bearer)


@pytest.mark.servers
def test_a_day_with_canaries_leaves_none_behind(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with closing(OwnBroker.started()) as broker:
        chatty = {"BROKER_URL": broker.url, "LOG_LEVEL": "debug", "TRUSTED_PROXIES": "1"}
        with (
            overheard(broker) as heard,
            Up.running(folder, env={f"LYCHGATE_{name}": x for name, x in chatty.items()}) as up,
        ):
            visitor = Visitor(up)
            live_in(visitor, up.facts["site_key"], up.facts["api_key"])
            for path in READABLE:
                assert visitor.call("GET", path.format(pk=up.facts["site_key"]))[0] == 200, path
            stored = leaks.database(f"sqlite:///{folder / 'lychgate.db'}")  # While its log is not folded in yet.
            with broker.client() as client:
                held = leaks.broker(client)
    files = {str(path.relative_to(tmp_path)): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    commands = b"\n".join(heard)

    searched = {**files, **visitor.answers, "stored": stored, "held": held, "commands": commands}
    assert {place for place, content in searched.items() if NOWHERE.in_(content)} == set()
    unheard = {name: content for name, content in files.items() if name.endswith((".log", ".out", ".err"))}
    unheard |= {"held": held, "commands": commands}
    assert {place for place, content in unheard.items() if UNHEARD.in_(content)} == set()
    assert {"data/logs/web.log", "data/logs/worker.log", "data/logs/sweep.log", "data/lychgate.db"} <= files.keys()
    assert len(files["data/logs/worker.log"]) > 1000, "it does log"
    assert b"lychgate.spam" in commands
    assert b"Canaria Birdsong" in stored
