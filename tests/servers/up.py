"""`lychgate up` as a person runs it: on a data folder, on a free port, with one line of JSON once it is ready."""

import json
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self

from servers.command import LYCHGATE, environment
from servers.family import descendants_of
from servers.valkey import free_port

from moderation.embedded.process import Process

PATIENCE: Final = 60.0
_APART: Final = 'out=$1; shift; exec "$@" >"$out"'
"""Results and messages go to files of their own, so that a test sees what a program would."""


class Up:
    """An installation that `up` started, from its ready line to its end."""

    def __init__(self, process: Process, folder: Path) -> None:
        """Watch over a process that was started on this data folder."""
        self.process: Final = process
        self.folder: Final = folder
        self.facts: dict[str, Any] = {}

    @classmethod
    def start(cls, folder: Path, *options: str, env: Mapping[str, str] | None = None) -> Self:
        """Start it; it may be anything but ready yet."""
        where = options or ("--port", str(free_port()))
        argv = [*LYCHGATE, "up", "--data", str(folder), "--json", *where]
        beside = folder.parent
        out = beside / f"{folder.name}.out"
        out.unlink(missing_ok=True)
        wrapped = ["/bin/sh", "-c", _APART, "sh", str(out), *argv]
        process = Process.start(wrapped, env=environment(env or {}), output=beside / f"{folder.name}.err")
        return cls(process, folder)

    @classmethod
    @contextmanager
    def running(cls, folder: Path, *options: str, env: Mapping[str, str] | None = None) -> Iterator[Self]:
        """Start it, and give it once it is ready; whatever of it is left at the end is killed."""
        up = cls.start(folder, *options, env=env)
        try:
            up.process.wait_until(lambda: up.results.endswith("\n"), patience=PATIENCE)
            up.facts = json.loads(up.results)
            yield up
        finally:
            up.end(signal.SIGTERM)
            up.process.kill()

    @property
    def results(self) -> str:
        """What it said on standard output."""
        out = self.folder.with_suffix(".out")
        return out.read_text() if out.exists() else ""

    @property
    def messages(self) -> str:
        """What it said on standard error."""
        return self.folder.with_suffix(".err").read_text()

    @property
    def url(self) -> str:
        """Where it serves."""
        return str(self.facts["url"])

    @property
    def family(self) -> list[int]:
        """Every process that it started, directly or not."""
        return descendants_of(self.process.pid)

    def end(self, how: signal.Signals, within: float = 30) -> int | None:
        """Send it a signal and give how it ended."""
        self.process.ask_to_end(how)
        self.process.wait(within)
        return self.process.code
