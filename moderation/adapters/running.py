"""A service that runs somewhere, spoken to over its API as a publisher's server speaks to it."""

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from threading import Event
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from moderation.domain.errors import NotFound, TemporaryFailure, Unauthenticated
from moderation.services.trial import Posted

TIMEOUT: Final = 15
PATIENCE: Final = 1800.0
"""Seconds for which one call that is told to come back comes back."""
TRIES: Final = 5
"""How often one is repeated that nobody answered, or that failed."""
PAUSE: Final = 1.0
PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service said."""

    status: int
    document: Any
    retry_after: float | None = None

    @property
    def problem(self) -> str:
        """The codes of what is wrong with what was sent, or else that of the problem that it is."""
        told = self.document if isinstance(self.document, dict) else {}
        faults = [f"{fault['pointer']} {fault['code']}" for fault in told.get("errors") or ()]
        return ", ".join(faults) or str(told.get("type") or self.status).rpartition("#")[2]


class Running:
    """One site of a service that runs, reached at an address with a secret key.

    Every call waits as it is told by `Retry-After`, and is repeated where nobody answers; a comment carries an
    idempotency key, so that none is posted twice.
    """

    def __init__(self, url: str, key: str, site_key: str, *, thread: str = "trial") -> None:
        """Speak to this address; nothing is sent yet."""
        self._url, self._key, self._site_key, self._thread = url.rstrip("/"), key, site_key, thread
        self._run = secrets.token_hex(4)
        """Tells this run's authors from those of others, who may not say the same again."""
        self._posting: str | None = None

    @classmethod
    def of(cls, url: str, key: str, site: str) -> "Running":
        """Find the site that is meant, by name, public key or id; raises NotFound if this key is another site's."""
        asked = cls(url, key, site)
        told = asked.call("GET", "/v1/sites", key=key)
        if told.status != HTTPStatus.OK:  # Not a key that may run its site; the public key names it just as well.
            return asked
        for item in told.document["items"]:
            if site in {item["name"], item["site_key"], item["id"]}:
                return cls(url, key, item["site_key"])
        raise NotFound(f"This key belongs to another site than {site!r}; give one of its own with --key.")

    @contextmanager
    def as_server(self) -> Iterator[bool]:
        """Post with a key that may do nothing else, for as long as this lasts; says False where none can be made.

        A server speaks for many people, so it is under no limit of one network; and what a key posts that may
        moderate would be published unread.
        """
        made = self.call("POST", "/v1/keys", {"name": "trial", "scopes": ["submit"]}, key=self._key)
        if made.status != HTTPStatus.CREATED:
            yield False
            return
        self._posting = made.document["secret"]
        try:
            yield True
        finally:
            self._posting = None
            self.call("DELETE", f"/v1/keys/{made.document['id']}", key=self._key)

    def post(self, text: str, place: int) -> Posted:
        """Post a comment by somebody new; waits where it is told to."""
        author = f"reader-{self._run}-{place}"
        reply = {"thread": self._thread, "name": "A reader", "email": f"{author}@example.com", "text": text}
        path = f"/v1/sites/{quote(self._site_key, safe='')}/comments"
        said = self.call("POST", path, reply, key=self._posting, once=author)
        if said.status == HTTPStatus.NOT_FOUND:
            raise NotFound(f"There is no site with the public key {self._site_key!r}.")
        if said.status != HTTPStatus.ACCEPTED:
            return Posted(None, said.problem)
        return Posted(said.document["id"])

    def happened(self, after: str | None) -> tuple[Sequence[Mapping[str, Any]], str | None]:
        """Give the events after a cursor, oldest first, and the cursor that leads on."""
        wanted = {"limit": PAGE} | ({"after": after} if after else {})
        said = self.call("GET", f"/v1/events?{urlencode(wanted)}", key=self._key)
        if said.status != HTTPStatus.OK:
            raise NotFound("This key may not follow events; give one with the scope `moderate`.")
        return said.document["items"], said.document["next"]

    def call(self, method: str, path: str, body: Any = None, *, key: str | None, once: str | None = None) -> Answer:
        """Send one request until it is answered; what carries a word for `once` happens once."""
        own = {"Authorization": f"Bearer {key}"} if key else {}
        headers = {"Content-Type": "application/json", **own, **({"Idempotency-Key": once} if once else {})}
        waited, tries = 0.0, 0
        while True:
            said = self._sent(method, path, body, headers)
            tries += said.retry_after is None
            pause = PAUSE if said.retry_after is None else said.retry_after
            if not _again(said) or tries >= TRIES or waited + pause > PATIENCE:
                return _settled(said, self._url)
            Event().wait(pause)
            waited += pause

    def _sent(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> Answer:
        """Send one request once; status 0 says that nobody answered."""
        data = None if body is None else json.dumps(body).encode()
        try:
            request = Request(self._url + path, data=data, headers=dict(headers), method=method)  # noqa: S310 (the operator's)
            with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 (the same)
                return Answer(answer.status, _read(answer.read()))
        except HTTPError as error:
            return Answer(error.code, _read(error.read()), _seconds(error.headers.get("Retry-After")))
        except (URLError, HTTPException, OSError):
            return Answer(0, None)
        except ValueError:
            raise NotFound(f"{self._url} is not the address of a service; write it as http://127.0.0.1:8080.") from None


def _again(said: Answer) -> bool:
    """Say whether the same request may be answered otherwise soon."""
    return said.status == 0 or said.status >= HTTPStatus.INTERNAL_SERVER_ERROR or said.retry_after is not None


def _settled(said: Answer, url: str) -> Answer:
    """Give an answer that can be worked with; raise where there is none."""
    if said.status == 0:
        raise TemporaryFailure(f"Nothing answers at {url}; start it with `lychgate up`.")
    if said.status == HTTPStatus.UNAUTHORIZED:
        raise Unauthenticated(f"The service at {url} does not know this key.")
    if said.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise TemporaryFailure(f"The service at {url} answers {said.status}; `lychgate doctor` may say why.")
    return said


def _read(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None


def _seconds(written: str | None) -> float | None:
    return float(written) if written and written.isdecimal() else None
