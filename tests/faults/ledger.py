"""The ledger: what clients sent and what they were told, on disk before anybody can forget it."""

import hashlib
import json
import os
import threading
from collections import Counter
from dataclasses import asdict, dataclass, replace
from email.message import Message
from enum import StrEnum
from http.client import HTTPConnection, HTTPException, IncompleteRead
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any, Final
from urllib.parse import urlsplit

from faults.waiting import pause
from speech import remark

CANARY: Final = "quillfeather"
"""Is in every name, address and text that these tests send, and may be in no log, bell or metric."""
ANSWER_WITHIN: Final = 15.0
NOT_NOW: Final = frozenset({429, 503})
AGAIN_FOR: Final = 30.0
"""Seconds for which a client that got no answer asks again under the same key."""


class Outcome(StrEnum):
    """What a client knows after a call: it was taken, it was not, or nobody can say."""

    SENT = "sent"
    ACKED = "acked"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply as somebody writes it, under the key by which it is sent."""

    key: str
    thread: str
    name: str
    email: str
    text: str

    @property
    def body(self) -> bytes:
        """The JSON that is sent."""
        return json.dumps({name: value for name, value in asdict(self).items() if name != "key"}).encode()

    @property
    def digest(self) -> str:
        """What tells one body from another."""
        return digest_of(self.thread, self.name, self.email, self.text)


def digest_of(*fields: str) -> str:
    """Give the SHA-256 of what a reply says."""
    return hashlib.sha256("\0".join(fields).encode()).hexdigest()


class People:
    """Replies by ever new people, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        """Begin with this seed."""
        self.seed: Final = seed
        self._random = Random(seed)  # noqa: S311 (the same run again is what we want)
        self.addresses: Final[list[str]] = []
        """Of everybody who spoke so far."""
        self._count = 0

    def says(self, text: str | None = None) -> Reply:
        """Give somebody's reply, calm unless said otherwise."""
        self._count += 1
        number = self._count
        said = text or remark(self._random)
        self.addresses.append(f"{CANARY}.{self.seed}.{number}@example.com")
        return Reply(
            key=f"{self._random.getrandbits(64):016x}",
            thread=f"article-{self._random.randrange(5)}",
            name=f"Ann {CANARY.title()} {number}",
            email=self.addresses[-1],
            text=f"{said} My {CANARY} number was {number} that day.",
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Ledger:
    """Lines on disk, each there before the next thing happens."""

    def __init__(self, path: Path) -> None:
        """Append to this file, which is there from now on."""
        self._path = path
        path.touch()
        self._lock = threading.Lock()

    def note(self, reply: Reply, outcome: Outcome, **more: Any) -> None:
        """Write one line; it is on the disk when this returns."""
        line = {"key": reply.key, "sha256": reply.digest, "outcome": outcome, **more}
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def lines(self) -> list[dict[str, Any]]:
        """Read everything back."""
        with self._lock, self._path.open(encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def acked(self) -> dict[str, dict[str, Any]]:
        """Give, by key, what a client was told is taken."""
        return {line["key"]: line for line in self.lines() if line["outcome"] == Outcome.ACKED}

    def outcomes(self) -> Counter[str]:
        """Count the calls by how they ended."""
        return Counter(line["outcome"] for line in self.lines() if line["outcome"] != Outcome.SENT)


class Client:
    """Somebody's server, which posts replies and writes down what becomes of each."""

    def __init__(self, url: str, site_key: str, ledger: Ledger, *, secret: str | None = None) -> None:
        """Post to this site, with a secret key or as anybody."""
        self._url = urlsplit(url)
        self._bearer = {"Authorization": f"Bearer {secret}"} if secret else {}
        self.path: Final = f"/v1/sites/{site_key}/comments"
        self.ledger: Final = ledger
        self.refusals: Final[list[bytes]] = []
        """The body of every answer that was no acceptance."""
        self.receipts: Final[list[str]] = []
        self.latencies: Final[list[float]] = []

    def post(self, reply: Reply, **headers: str) -> Answer | None:
        """Post once; None where no whole answer came."""
        self.ledger.note(reply, Outcome.SENT)
        began = monotonic()
        try:
            answer = self.send(reply, **headers)
        except (OSError, HTTPException) as error:
            self.ledger.note(reply, Outcome.UNKNOWN, error=type(error).__name__)
            return None
        self.latencies.append(monotonic() - began)
        if answer.status == 202:
            self.receipts.append(answer.json["receipt"])
            self.ledger.note(reply, Outcome.ACKED, status=202, id=answer.json["id"])
        else:
            self.refusals.append(answer.body)
            self.ledger.note(reply, Outcome.REFUSED, status=answer.status, said=answer.body.decode(errors="replace"))
        return answer

    def send(self, reply: Reply, **headers: str) -> Answer:
        """Post once and write nothing down; raises as `call` does."""
        return self.call("POST", self.path, reply.body, **{"Idempotency-Key": reply.key, **self._bearer, **headers})

    def edit(self, reply: Reply, taken: Answer, text: str) -> Answer:
        """Put another text in place of one that was taken."""
        receipt = {"Authorization": f"Receipt {taken.json['receipt']}"}
        comment_id = taken.json["id"]
        answer = self.call("PATCH", f"/v1/comments/{comment_id}", json.dumps({"text": text}).encode(), **receipt)
        if answer.status == 200:
            self.ledger.note(replace(reply, text=text), Outcome.ACKED, status=200, id=comment_id)
        return answer

    def insist(self, reply: Reply, **headers: str) -> Answer:
        """Post under the same key until there is an answer that is more than "not now", waiting as long as told."""
        deadline = monotonic() + AGAIN_FOR
        while True:
            answer = self.post(reply, **headers)
            if answer is not None and answer.status not in NOT_NOW:
                return answer
            said = f"{answer.status} {answer.body.decode(errors='replace')}" if answer else "nothing"
            assert monotonic() < deadline, f"no answer in {AGAIN_FOR} s; the last one said {said}"
            pause(float(answer.headers["Retry-After"]) if answer else 0.1)

    def call(self, method: str, path: str, body: bytes | None = None, /, **headers: str) -> Answer:
        """Call on a connection of its own; raises OSError or HTTPException where no whole answer comes."""
        connection = HTTPConnection(str(self._url.hostname), self._url.port, timeout=ANSWER_WITHIN)
        try:
            typed = {"Content-Type": "application/json"} if body else {}
            connection.request(method, path, body, {**typed, "Connection": "close", **headers})
            response = connection.getresponse()
            body = response.read()
            if response.length is None and response.status != 204:  # Its headers were cut off; the library bears it.
                raise IncompleteRead(body)
            return Answer(response.status, response.headers, body)
        finally:
            connection.close()
