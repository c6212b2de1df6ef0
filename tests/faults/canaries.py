"""Canaries: what people sent is looked for wherever it has no business."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException

from faults.ledger import CANARY, Client, People
from faults.stack import Stack
from redis.exceptions import RedisError

ADDRESS = "203.0.113.77"
"""From where a reader of ours posts, as the proxy in front says."""


class Canaries:
    """Knows everything that must not leak, and every place where it could."""

    def __init__(self, stack: Stack, client: Client, people: People) -> None:
        """Watch over one installation."""
        self._stack, self._client, self._people = stack, client, people
        self._heard: list[bytes] = []
        self._over = threading.Event()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hear every command that the broker is given, until the block ends."""
        listener = threading.Thread(target=self._listen, name="monitor")
        listener.start()
        try:
            yield
        finally:
            self._metrics()
            self._dump()
            self._over.set()
            listener.join()

    def check(self) -> None:
        """Find none of them in the logs, the broker, the metrics or an answer that refused something."""
        places = {
            **self._stack.logs(),
            "broker and metrics": b"\n".join(self._heard),
            "refusals": b"\n".join(self._client.refusals),
        }
        for place, content in places.items():
            low = content.lower()
            found = [secret for secret in self._secrets() if secret.lower().encode() in low]
            assert not found, f"{len(found)} things that people wrote are in {place}, such as {found[0]!r}"

    @property
    def commands(self) -> int:
        """How many commands the broker was heard to be given."""
        return len(self._heard)

    def _secrets(self) -> list[str]:
        written = [CANARY, ADDRESS, self._stack.reader, self._stack.writer, *self._client.receipts]
        addresses = self._people.addresses
        return written + [hashlib.new(kind, one.encode()).hexdigest() for one in addresses for kind in _HASHES]

    def _listen(self) -> None:
        while not self._over.is_set():
            with (
                suppress(RedisError, OSError),  # It may be killed, and comes back.
                self._stack.broker.client(patience=0.2) as client,
                client.monitor() as monitor,
            ):
                while not self._over.is_set():
                    self._heard.append(str(monitor.next_command()["command"]).encode())

    def _dump(self) -> None:
        with suppress(RedisError, OSError), self._stack.broker.client() as client:
            for key in client.scan_iter():
                self._heard += [key, client.dump(key) or b""]

    def _metrics(self) -> None:
        with suppress(OSError, HTTPException):  # Web may have been killed, and then has none.
            self._heard.append(self._client.call("GET", "/metrics").body)


_HASHES = ("md5", "sha1", "sha256")
