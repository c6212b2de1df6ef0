"""A link that misbehaves on purpose: it stands before any TCP server and loses, holds or turns away at a given word."""

import socket
import threading
from collections import Counter
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import Final, Self

from faults.waiting import until
from sqlalchemy import make_url

Address = tuple[str, int] | Path
"""A host and port, or a Unix socket."""
CHUNK: Final = 65_536


class Harm(Enum):
    """What happens to a request once its word went by."""

    LOSE_REQUEST = "it never arrives"
    LOSE_ANSWER = "it arrives, and is done, and nobody hears of it"
    HOLD = "it waits for as long as we like"


class Trap:
    """Catches the first request that has a word in it, once."""

    def __init__(self, word: bytes, harm: Harm, *, through: int = 0) -> None:
        """Let so many bytes of the answer through before it is lost."""
        self.word: Final = word
        self.harm: Final = harm
        self.through: Final = through
        self._caught, self._sprung, self._released = threading.Event(), threading.Event(), threading.Event()
        self._taken = threading.Lock()

    def catches(self, data: bytes) -> bool:
        """Tell whether this is the request; only the first is."""
        if self.word in data and self._taken.acquire(blocking=False):
            self._caught.set()
            return True
        return False

    def wait_caught(self, within: float = 10) -> None:
        """Return when the request has come by."""
        assert self._caught.wait(within), f"nobody said {self.word!r}"

    def wait_sprung(self, within: float = 10) -> None:
        """Return when the link is cut."""
        assert self._sprung.wait(within), f"{self.word!r} was not answered"

    def spring(self) -> None:
        """Note that the harm is done."""
        self._sprung.set()

    def release(self) -> None:
        """Let what is held go on."""
        self._released.set()

    def hold(self) -> None:
        """Wait until somebody releases it."""
        self._released.wait()


class Proxy:
    """Passes bytes on to one of its servers, in turn for each connection; an operator's balancer, and a fault's tool.

    It listens on a loopback port of its own. `close` cuts every connection.
    """

    def __init__(self, *servers: Address) -> None:
        """Listen; connections are passed on from now on."""
        self._servers = list(servers)
        self._next = 0
        self._open: Counter[Address] = Counter()
        self._links: set[_Link] = set()
        self._traps: list[Trap] = []
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: Final[int] = self._listener.getsockname()[1]
        threading.Thread(target=self._listen, name="proxy", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def in_front_of(self, database_url: str) -> str:
        """Give the address of a database of our server's, as it is reached through us."""
        url = make_url(database_url).set(host="127.0.0.1", port=self.port, query={})
        return url.render_as_string(hide_password=False)

    def trap(self, word: bytes, harm: Harm, *, through: int = 0) -> Trap:
        """Do this harm to the next request that has this word in it."""
        trap = Trap(word, harm, through=through)
        with self._lock:
            self._traps.append(trap)
        return trap

    def take_out(self, server: Address) -> None:
        """Send nobody there any more; return when the last one who is there has left."""
        with self._lock:
            self._servers.remove(server)
        until(lambda: not self._open[server], "connections to a server that was taken out have ended")

    def put_in(self, server: Address) -> None:
        """Send people there again."""
        with self._lock:
            self._servers.append(server)

    def close(self) -> None:
        """Stop listening, and cut every link."""
        self._listener.close()
        with self._lock:
            links, traps = list(self._links), list(self._traps)
        for trap in traps:
            trap.release()
        for link in links:
            link.cut()

    def trap_for(self, data: bytes) -> Trap | None:
        """Give the trap that these bytes went into, if any."""
        with self._lock:
            return next((trap for trap in self._traps if trap.catches(data)), None)

    def _listen(self) -> None:
        with suppress(OSError):  # Closed.
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._connect, args=(client,), name="link", daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        with self._lock:
            self._next += 1
            server = self._servers[self._next % len(self._servers)]
            self._open[server] += 1
        try:
            self._pass_on(client, server)
        finally:
            client.close()
            with self._lock:
                self._open[server] -= 1

    def _pass_on(self, client: socket.socket, server: Address) -> None:
        try:
            far = _connected(server)
        except OSError:
            return
        link = _Link(self, client, far)
        with self._lock:
            self._links.add(link)
        try:
            link.run()
        finally:
            with self._lock:
                self._links.discard(link)


class _Link:
    """One connection and what becomes of it."""

    def __init__(self, proxy: Proxy, near: socket.socket, far: socket.socket) -> None:
        self._proxy = proxy
        self._near, self._far = near, far
        self._losing: Trap | None = None
        self._left = 0

    def run(self) -> None:
        """Pass bytes on, both ways, until one side ends."""
        back = threading.Thread(target=self._answers, name="link-back", daemon=True)
        back.start()
        self._requests()
        back.join()
        self._far.close()

    def cut(self) -> None:
        """End both sides at once, whatever is still under way."""
        for side in (self._near, self._far):
            with suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)

    def _requests(self) -> None:
        with suppress(OSError):
            while data := self._near.recv(CHUNK):
                if not self._goes_on(data):
                    return
                self._far.sendall(data)
            self._far.shutdown(socket.SHUT_WR)

    def _goes_on(self, data: bytes) -> bool:
        trap = self._proxy.trap_for(data)
        if trap and trap.harm is Harm.HOLD:
            trap.hold()
        elif trap and trap.harm is Harm.LOSE_ANSWER:
            self._left, self._losing = trap.through, trap
        elif trap:
            self.cut()
            trap.spring()
            return False
        return True

    def _answers(self) -> None:
        with suppress(OSError):
            while data := self._far.recv(CHUNK):
                if self._losing is not None:
                    self._near.sendall(data[: self._left])
                    self.cut()
                    self._losing.spring()
                    return
                self._near.sendall(data)
            self._near.shutdown(socket.SHUT_WR)


def _connected(server: Address) -> socket.socket:
    if isinstance(server, tuple):
        return socket.create_connection(server, timeout=None)
    far = socket.socket(socket.AF_UNIX)
    far.connect(str(server))
    return far
