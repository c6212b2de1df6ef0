"""What the benchmark stands on: an installation on each database, its naive twin, and the empty view."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final, Self

from bench.measuring import cpu_of, family
from bench.sending import Came, send
from faults.stack import COMMAND, Stack, answers
from servers.postgres import OwnPostgres
from servers.valkey import free_port
from sqlalchemy import text

from moderation.adapters.db.uow import Database
from moderation.embedded.process import Process

BOTH: Final = ("SQLite", "PostgreSQL")
SERVING: Final = (sys.executable, "-m", "bench.serving")
GLANCE: Final = 0.02
PATIENCE: Final = 120.0
"""Seconds in which what was taken in is decided; what is slower is counted as it stands."""
_numbers: Final = count(1, 1_000_000)
"""Every load begins with people of its own, so that nobody says anything twice."""


@dataclass
class Installation:
    """One installation under measurement, in our shape or in the naive one."""

    stack: Stack
    postgres: OwnPostgres | None
    database: Database = field(init=False)

    def __post_init__(self) -> None:
        self.database = self.stack.database

    @property
    def path(self) -> str:
        """Where replies go, and where readers read."""
        return f"/v1/sites/{self.stack.site.key}/comments"

    @property
    def pids(self) -> list[int]:
        """Every process of the installation, the database's own among them."""
        servers = [self.stack.broker.process, *([self.postgres.process] if self.postgres else [])]
        return [pid for process in (*self.processes.values(), *servers) for pid in family(process.pid)]

    @property
    def processes(self) -> dict[str, Process]:
        """Our own processes by name."""
        return dict(self.stack._running)

    def web(self, **env: str) -> None:
        """Start web, or start it again in another environment; `ready` waits for it."""
        self.stack.run("web", [*COMMAND, "web", "--port", str(self.stack.port)], **env)

    def ready(self) -> None:
        """Return when web takes comments."""
        process = self.stack.process("web")
        process.wait_until(lambda: answers(f"{self.stack.url}/readyz"), patience=PATIENCE)

    def post(self, **spec: Any) -> Came:
        """Let people post."""
        return send(self.stack.port, self.path, first=next(_numbers), **spec)

    def waiting(self) -> int:
        """Count what is not decided."""
        return self.asked("SELECT count(*) FROM comment WHERE status = 'pending'")

    def asked(self, question: str) -> int:
        """Ask the database for a number, past every process."""
        with self.database.reading(None) as uow:
            return int(uow.connection.execute(text(question)).scalar_one())

    def rests(self, within: float = PATIENCE) -> float:
        """Wait until everything is decided, at most so long; return how long that took."""
        began = monotonic()
        while self.waiting() and monotonic() < began + within:
            sleep(GLANCE)
        return monotonic() - began

    def cpu(self) -> float:
        """Give the CPU that all of it has used so far."""
        return cpu_of(self.pids)

    def messages(self) -> int:
        """Count the messages that were ever put into the broker's queues."""
        with self.stack.broker.client() as client:
            calls = client.info("commandstats")
        return sum(int(calls[name]["calls"]) for name in ("cmdstat_lpush", "cmdstat_rpush") if name in calls)


@dataclass
class Pair:
    """Our shape and the naive one on one kind of database."""

    name: str
    ours: Installation
    twin: Installation
    postgres: OwnPostgres | None


@dataclass
class Ground:
    """Everything that is measured side by side."""

    folder: Path
    pairs: list[Pair]
    empty: Process
    empty_port: int

    @classmethod
    @contextmanager
    def prepared(cls, folder: Path) -> Iterator[Self]:
        """Start all of it; end all of it."""
        with ExitStack() as closings:
            postgres = closings.enter_context(closing(OwnPostgres.started(fsync=True)))
            pairs = [_pair(closings, folder, name, server) for name, server in ((BOTH[0], None), (BOTH[1], postgres))]
            empty, port = _empty(pairs[0].ours.stack, folder)
            closings.callback(empty.kill)
            empty.wait_until(lambda: answers(f"http://127.0.0.1:{port}/"), patience=PATIENCE)
            for pair in pairs:
                pair.ours.ready()
                pair.twin.ready()
            yield cls(folder, pairs, empty, port)


def _empty(stack: Stack, folder: Path) -> tuple[Process, int]:
    port = free_port()
    serving = [*SERVING, "bench.empty:application", str(port)]
    return Process.start(serving, env=stack.env, output=folder / "empty.log"), port


def _pair(closings: ExitStack, folder: Path, name: str, postgres: OwnPostgres | None) -> Pair:
    """Start both shapes; nobody is waited for, so that all come up side by side."""
    ours, twin = (
        closings.enter_context(installed(folder / f"{name.lower()}-{kind}", postgres)) for kind in ("ours", "twin")
    )
    started(ours)
    _start_twin(twin.stack)
    return Pair(name, ours, twin, postgres)


@contextmanager
def installed(folder: Path, postgres: OwnPostgres | None) -> Iterator[Installation]:
    """Make an installation without limits; nothing of it but its broker runs yet. Ends all of it."""
    folder.mkdir()
    url = postgres.fresh_database() if postgres else f"sqlite:///{folder / 'lychgate.db'}"
    with Stack.at(folder, url, rate_limits="off", log_level="warning") as stack:
        yield Installation(stack, postgres)


def started(installation: Installation) -> None:
    """Start web, worker and sweep as operators do; `ready` waits for web."""
    installation.stack.worker()
    installation.stack.run("sweep", [*COMMAND, "sweep"])
    installation.web()


def _start_twin(stack: Stack) -> None:
    """Start the twin as we start ourselves: as many processes and threads, and the same options."""
    stack.odd_worker("bench.twin:celery", queues="twin")
    stack.run("web", [*SERVING, "bench.twin:application", str(stack.port)])
