"""One HTTP connection as thin as it can be, so that the load costs less than what it loads."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from time import time
from typing import Final

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_BODILESS: Final = frozenset({204, 304})
_LAST: Final = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_END: Final = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back for one request."""

    status: int
    intended: float
    """When the request was due, by the clock; it may have waited for a free connection."""
    ended: float
    head: bytes
    body: bytes

    @property
    def seconds(self) -> float:
        """How long it took, waiting for a connection included."""
        return self.ended - self.intended

    @property
    def last(self) -> bool:
        """Whether the server hangs up after it."""
        return _LAST.search(self.head) is not None


class Line(asyncio.Protocol):
    """A connection that carries one request at a time; what became of it is told to `done`."""

    def __init__(self, done: Callable[["Line", Answered | None], None]) -> None:
        """Tell each answer, and None where the connection ended instead."""
        self._done = done
        self._received = b""
        self._intended: float | None = None
        self._transport: asyncio.Transport | None = None

    @property
    def open(self) -> bool:
        """Whether something can be sent."""
        return self._transport is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what carries the bytes."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def send(self, request: bytes, intended: float) -> None:
        """Send one request; nothing else is under way."""
        assert self._transport
        self._intended = intended
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Gather bytes until the answer is whole."""
        self._received += data
        head, found, body = self._received.partition(_END)
        if not found or self._intended is None:
            return
        status = int(head[9:12])
        length = _LENGTH.search(head)
        wanted = int(length[1]) if length and status not in _BODILESS else 0
        if len(body) >= wanted:
            answered = Answered(status, self._intended, time(), head, body)
            self._received, self._intended = b"", None
            self._done(self, answered)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio's signature)
        """Say that the answer will not come, if one was waited for."""
        self._transport = None
        if self._intended is not None:
            self._intended = None
            self._done(self, None)

    def close(self) -> None:
        """Hang up."""
        self._intended = None
        if self._transport is not None:
            self._transport.abort()
