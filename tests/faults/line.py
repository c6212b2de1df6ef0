"""A link whose state everybody on it feels: it passes, goes silent without closing, or resets whoever speaks."""

import socket
import struct
import threading
from contextlib import suppress
from enum import Enum, auto
from typing import Final, Self

CHUNK: Final = 65_536
AT_ONCE: Final = struct.pack("ii", 1, 0)
"""Close by a reset, and not by the usual farewell."""


class State(Enum):
    """How the link is."""

    PASSES = auto()
    SILENT = auto()
    RESETS = auto()


class Line:
    """Leads to one server on this machine.

    A connection that was there while the line was silent stays silent for ever, as behind a router
    that forgot it: neither end is told. Connections that are made afterwards are good again.
    """

    def __init__(self) -> None:
        """Listen; `leads_to` says where to."""
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: Final[int] = self._listener.getsockname()[1]
        self._far: int | None = None
        self._state = State.PASSES
        self._lock = threading.Lock()
        self._wires: set[_Wire] = set()
        threading.Thread(target=self._listen, name="line", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self.reset()

    def leads_to(self, port: int) -> None:
        """Lead to the server on this port from now on."""
        self._far = port

    def pass_on(self) -> None:
        """Let new connections be good."""
        self._state = State.PASSES

    def fall_silent(self) -> None:
        """Swallow everything, both ways, and keep every connection open."""
        self._change(State.SILENT)

    def reset(self) -> None:
        """Reset every connection, and whoever makes a new one."""
        self._change(State.RESETS)

    def _change(self, state: State) -> None:
        with self._lock:
            self._state = state
            for wire in self._wires:
                wire.become(state)

    def _listen(self) -> None:
        with suppress(OSError):  # Closed.
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._carry, args=(near,), name="wire", daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        with near, suppress(OSError):
            far = socket.create_connection(("127.0.0.1", self._far or 0), timeout=5)
            far.settimeout(None)
            with far:
                wire = _Wire(near, far)
                with self._lock:
                    self._wires.add(wire)
                    wire.become(self._state)
                wire.run()
                with self._lock:
                    self._wires.discard(wire)


class _Wire:
    """One connection through the line."""

    def __init__(self, near: socket.socket, far: socket.socket) -> None:
        self._near, self._far = near, far
        self._silent = False

    def become(self, state: State) -> None:
        """Take part in what happens to the line."""
        if state is State.SILENT:
            self._silent = True
        elif state is State.RESETS:
            for end in (self._near, self._far):
                with suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
                    end.shutdown(socket.SHUT_RDWR)

    def run(self) -> None:
        """Pass bytes on, both ways, until one side ends."""
        back = threading.Thread(target=self._copy, args=(self._far, self._near), name="wire-back", daemon=True)
        back.start()
        self._copy(self._near, self._far)
        back.join()

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(CHUNK):
                if not self._silent:
                    target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)
