"""Every request to somebody else's server: where it may go, how long it may take, how much may come back.

A name is looked up once, every address is held against what may be reached, and the connection goes
to one that passed: a name that answers otherwise the next time gains nothing. TLS is verified against
the name. No redirect is followed, and nothing is taken from the environment, no proxy either.
"""

import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from http.client import HTTPException
from time import monotonic
from typing import Final
from urllib.parse import SplitResult, urlsplit

from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.exceptions import TimeoutError as SlowError

from moderation.adapters.deadlines import Deadlines
from moderation.adapters.names import Names, Resolve
from moderation.adapters.reach import Address, Reach

FAILURES: Final = (HTTPError, HTTPException, OSError, ValueError)
"""What talking to a server raises, whatever it answers."""
MOST_ADDRESSES: Final = 4
_PORT_OF: Final = {"http": 80, "https": 443}
_OWN: Final = {"Accept-Encoding": "identity", "Connection": "close", "User-Agent": "Lychgate"}


class Unanswered(Exception):
    """There was no whole answer; which of the kinds of this it is says why, and nothing here repeats what was sent."""


class Refused(Unanswered):
    """This server may not be reached from here, or not in this way."""


class Unreached(Unanswered):
    """Nobody could be reached there, or the conversation broke off."""


class Untrusted(Unanswered):
    """The server could not prove that it is who it should be."""


class TooSlow(Unanswered):
    """It took longer than we wait."""


class TooMuch(Unanswered):
    """The answer is longer than we read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much patience we have with a server."""

    connecting: timedelta = timedelta(seconds=3)
    """For one address of it, TLS included."""
    total: timedelta = timedelta(seconds=10)
    """From looking up its name to the last byte."""
    most: int = 256_000
    """Bytes of its answer."""
    cut: bool = False
    """Whether a longer answer is cut there, and no failure."""


class Outbound:
    """Sends to other servers, within bounds; may be used by several threads at once."""

    def __init__(
        self,
        reach: Reach,
        bounds: Bounds = Bounds(),
        *,
        resolve: Resolve = socket.getaddrinfo,
        trust: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        """Reach only what may be reached; names are looked up by `resolve`, and `trust` says whom to believe."""
        self._reach = reach
        self._bounds = bounds
        self._names = Names(resolve)
        self._deadlines = Deadlines()
        self._trust = trust

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        """Read whom to believe with the first use of it, which takes a while."""
        return self._trust()

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a body to an address and give the whole answer, whatever its status; raises Unanswered without one."""
        target = urlsplit(url)
        until = monotonic() + self._bounds.total.total_seconds()
        try:
            with closing(self._connected(target, self._addresses(target, until), until)) as connection:
                return self._talk(connection, target, body, headers, until)
        except NewConnectionError:  # A time-out to the library, which it is not.
            raise Unreached from None
        except (TimeoutError, SlowError):
            raise TooSlow from None
        except ssl.SSLError:
            raise Untrusted from None
        except FAILURES:
            raise Unreached from None

    def _addresses(self, target: SplitResult, until: float) -> list[Address]:
        """Look a server's name up, once, and give those of its addresses that may be reached."""
        if target.scheme not in _PORT_OF or not target.hostname or "@" in target.netloc:
            raise Refused
        addresses = self._names.addresses(target.hostname, _port(target), _left(until))
        secure = target.scheme == "https"
        passed = [item for item in addresses if self._reach.holds(item, _port(target), secure=secure)]
        if not passed:
            raise Refused
        return passed[:MOST_ADDRESSES]

    def _connected(self, target: SplitResult, addresses: Sequence[Address], until: float) -> HTTPConnection:
        """Connect to the first address that lets us; raises what the last one said."""
        *others, last = addresses
        for address in others:
            connection = self._connection(target, address, until)
            with suppress(*FAILURES):
                connection.connect()
                return connection
            connection.close()
        connection = self._connection(target, last, until)
        connection.connect()
        return connection

    def _connection(self, target: SplitResult, address: Address, until: float) -> HTTPConnection:
        timeout = min(self._bounds.connecting.total_seconds(), _left(until))
        if target.scheme == "http":
            return HTTPConnection(str(address), _port(target), timeout=timeout)
        return HTTPSConnection(
            str(address), _port(target), timeout=timeout, server_hostname=target.hostname, ssl_context=self._trusted
        )

    def _talk(
        self, connection: HTTPConnection, target: SplitResult, body: bytes, headers: Mapping[str, str], until: float
    ) -> Answer:
        """Send, and read the whole answer in time."""
        connection.timeout = _left(until)
        path = target._replace(scheme="", netloc="", path=target.path or "/", fragment="").geturl()
        with self._deadlines.by(until, connection.sock):
            connection.request(
                "POST",
                path,
                body=body,
                headers={**headers, **_OWN, "Host": target.netloc},
                preload_content=False,
                decode_content=False,
            )
            response = connection.getresponse()
            content = _read(response, self._bounds)
        return Answer(response.status, dict(response.headers), content)


def _read(response: BaseHTTPResponse, bounds: Bounds) -> bytes:
    """Read to the end, where a body that is shorter than was said is found out; raises TooMuch long before memory."""
    content = b""
    while more := response.read(bounds.most + 1 - len(content), decode_content=False):
        content += more
        if len(content) > bounds.most:
            if bounds.cut:
                return content[: bounds.most]
            raise TooMuch
    return content


def _left(until: float) -> float:
    """Give the seconds that are left; raises TimeoutError where none is."""
    seconds = until - monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


def _port(target: SplitResult) -> int:
    return target.port or _PORT_OF[target.scheme]
