"""Looking names up in time: the system's way has no deadline, so each has a thread that may be left behind."""

import socket
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Thread
from typing import Any, Final

from moderation.adapters.reach import Address

MOST: Final = 512
"""So many look-ups may be under way at once, also those for which nobody waits any more."""
Resolve = Callable[..., Sequence[Any]]


class Names:
    """Looks names up, each within a deadline; may be used by several threads at once."""

    def __init__(self, resolve: Resolve = socket.getaddrinfo, most: int = MOST) -> None:
        """Ask in this way."""
        self._resolve = resolve
        self._room = BoundedSemaphore(most)

    def addresses(self, host: str, port: int, seconds: float) -> list[Address]:
        """Give every address of a server, each once; raises TimeoutError where nobody says in time, else OSError."""
        try:
            return [ip_address(host)]
        except ValueError:
            found = self._asked(host, port, seconds)
        return list(dict.fromkeys(ip_address(entry[4][0]) for entry in found))

    def _asked(self, host: str, port: int, seconds: float) -> Sequence[Any]:
        if not self._room.acquire(timeout=seconds):
            raise TimeoutError
        answer: SimpleQueue[Sequence[Any] | Exception] = SimpleQueue()
        Thread(target=self._ask, args=(host, port, answer), name="names", daemon=True).start()
        try:
            found = answer.get(timeout=seconds)
        except Empty:
            raise TimeoutError from None
        if isinstance(found, Exception):
            raise found
        return found

    def _ask(self, host: str, port: int, answer: "SimpleQueue[Sequence[Any] | Exception]") -> None:
        try:
            answer.put(self._resolve(host, port, type=socket.SOCK_STREAM))
        except Exception as error:  # noqa: BLE001 (it is raised where somebody waits)
            answer.put(error)
        finally:
            self._room.release()
