"""A real installation in processes of its own, each of which can be killed, stopped and started again by name."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self
from urllib.error import URLError
from urllib.request import urlopen

from makers import KEY, ORIGIN, SECRET, settings_for
from servers.valkey import OwnBroker, free_port

from config.queues import QUEUES
from moderation.adapters.broker import silent
from moderation.adapters.db import migrate
from moderation.adapters.db.uow import Database
from moderation.domain.scope import Scope
from moderation.domain.site import Site
from moderation.embedded.process import Process
from moderation.services import keys, sites
from moderation.services.ports import Deps
from moderation.wiring import build, starting_policy

TESTS: Final = Path(__file__).parents[1]
COMMAND: Final = (sys.executable, "-m", "moderation.cli")
CELERY: Final = (sys.executable, "-m", "celery", "--quiet", "--app")
"""For a worker of a test's own making; `lychgate worker` runs Celery on `workers.app` alike."""
GRANIAN: Final = (sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--no-ws", "--no-log")
"""For a web process of a test's own making; `lychgate web` runs Granian on `moderation.app` alike."""
PATIENCE: Final = 40.0
GRACE: Final = 20.0
"""Seconds in which what is asked to end has ended by itself."""
LOOPBACK: Final = "127.0.0.0/8"
"""Where receivers and scorers of tests are."""
INHERITED: Final = ("PATH", "HOME", "TMPDIR", "LANG", "COVERAGE_PROCESS_START")


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a process is started, and started again."""

    argv: Sequence[str]
    env: Mapping[str, str]
    ready: str | None = None
    """An address that answers 200 once it is there."""


@dataclass
class Stack:
    """An installation with one site: web, worker and sweep as operators run them, and a broker that keeps nothing."""

    folder: Path
    database_url: str
    broker: OwnBroker
    env: Mapping[str, str]
    deps: Deps
    site: Site
    writer: str
    """A server's key that may post for many people, as the limit of one network is none for them all."""
    reader: str
    """A server's key that may read the events."""
    port: int = field(default_factory=free_port)
    _recipes: dict[str, Recipe] = field(default_factory=dict)
    _running: dict[str, Process] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def at(cls, folder: Path, database_url: str, **settings: str) -> Iterator[Self]:
        """Make an installation on an empty database; nothing but its broker runs yet. Ends all it started."""
        migrate.upgrade(database_url)
        deps = build(settings_for(database_url, outbound_allow=LOOPBACK), ring=silent)
        site = sites.create(deps, name="News", origins=[ORIGIN], policy=starting_policy("default"))
        writer, reader = (_key(deps, site, scope) for scope in (Scope.SUBMIT, Scope.MODERATE))
        broker = OwnBroker.started()
        env = _environment(database_url, broker.url, settings)
        stack = cls(folder, database_url, broker, env, deps, site, writer, reader)
        try:
            yield stack
        finally:
            stack.kill_everything()
            broker.close()
            deps.close()

    @property
    def url(self) -> str:
        """Where web listens; the port stays the same when it is started again."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Database:
        """The database itself, past every process."""
        return Database(self.database_url)

    def start(self) -> None:
        """Start web, worker and sweep; return when web answers."""
        self.worker()
        self.sweep()
        self.web()

    def web(self, name: str = "web", *, port: int | None = None, database_url: str | None = None) -> Process:
        """Start a web process; return when it takes comments."""
        port = port or self.port
        env = {"LYCHGATE_DATABASE_URL": database_url} if database_url else {}
        return self.run(name, [*COMMAND, "web", "--port", str(port)], ready=f"http://127.0.0.1:{port}/readyz", **env)

    def odd_web(self, application: str, name: str = "web", *, port: int | None = None, **env: str) -> Process:
        """Start a web process of a test's own making; return when it takes comments."""
        port = port or self.port
        argv = [*GRANIAN, "--host", "127.0.0.1", "--port", str(port), application]
        return self.run(name, argv, ready=f"http://127.0.0.1:{port}/readyz", **env)

    def worker(self, name: str = "worker", *options: str, broker_url: str | None = None) -> Process:
        """Start a worker, with options of `lychgate worker`."""
        env = {"LYCHGATE_BROKER_URL": broker_url} if broker_url else {}
        return self.run(name, [*COMMAND, "worker", *options], **env)

    def odd_worker(
        self, app: str, *, queues: str = ",".join(QUEUES), concurrency: int = 2, limit: float = 5, **env: str
    ) -> Process:
        """Start a worker of a test's own making, as `lychgate worker` would; its tasks may take `limit` seconds.

        A bell is answered for three of them, so that with fewer left nobody's text would be safe.
        """
        options = ["--loglevel", "WARNING", "--queues", queues, "-O", "fair"]
        options += ["--soft-time-limit", str(limit), "--time-limit", str(limit + 3)]
        alone = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--concurrency", str(concurrency)]
        return self.run("worker", [*CELERY, app, "worker", *options, *alone], **env)

    def sweep(self, *, every: float = 0.25) -> Process:
        """Start the sweep."""
        return self.run("sweep", [*COMMAND, "sweep", "--every", str(every)])

    def run(self, name: str, argv: Sequence[str], *, ready: str | None = None, **env: str) -> Process:
        """Start a process under a name; return when it is ready."""
        self._recipes[name] = Recipe(argv, {**self.env, **env}, ready)
        return self.restart(name)

    def restart(self, name: str) -> Process:
        """Start a process as it was started before, after killing it if it runs."""
        recipe = self._recipes[name]
        if name in self._running:
            self._running[name].kill()
        process = self._running[name] = Process.start(recipe.argv, env=recipe.env, output=self._log(name))
        if recipe.ready:
            ready = recipe.ready
            process.wait_until(lambda: answers(ready), patience=PATIENCE)
        return process

    def process(self, name: str) -> Process:
        """Give a process by its name."""
        return self._running[name]

    def runs(self, name: str) -> bool:
        """Tell whether a process of this name was started and has not ended."""
        return name in self._running and self._running[name].alive

    def forget(self, name: str) -> None:
        """End a process for good: it is not started again with all others."""
        self._running.pop(name).kill()
        del self._recipes[name]

    def end(self, name: str) -> None:
        """Ask a process to end, as an operator does, and see that it does so by itself."""
        process = self._running[name]
        process.ask_to_end()
        assert process.wait(GRACE), f"{name} did not end when asked to"

    def kill(self, *names: str) -> None:
        """Kill whole groups at one moment: they are frozen first, so that none sees another die."""
        for name in names:
            self._running[name].freeze()
        for name in names:
            self._running[name].kill()

    def kill_everything(self) -> None:
        """Kill every process of ours at one moment; the broker and the database stay."""
        self.kill(*self._running)

    def restart_everything(self) -> None:
        """Start again whatever was started, in its order."""
        for name in self._recipes:
            self.restart(name)

    def logs(self) -> dict[str, bytes]:
        """Give everything that was ever logged, by process."""
        return {path.stem: path.read_bytes() for path in sorted(self.folder.glob("*.log"))}

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"


def answers(url: str) -> bool:
    """Tell whether there is a server that says 200."""
    try:
        with urlopen(url, timeout=2) as answer:  # noqa: S310 (our own address)
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _key(deps: Deps, site: Site, scope: Scope) -> str:
    """Make a key; its first use is noted now, so that using it soon writes nothing more."""
    _, secret = keys.create(deps, site.id, name=scope, scopes=[scope])
    keys.recognise(deps, secret)
    return secret


def _environment(database_url: str, broker_url: str, settings: Mapping[str, str]) -> dict[str, str]:
    ours: dict[str, Any] = {
        "database_url": database_url,
        "broker_url": broker_url,
        "secret_key": SECRET,
        "encryption_keys": KEY,
        "outbound_allow": LOOPBACK,
        **settings,
    }
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {
        **inherited,
        "PYTHONPATH": str(TESTS),
        **{f"LYCHGATE_{name.upper()}": value for name, value in ours.items()},
    }
