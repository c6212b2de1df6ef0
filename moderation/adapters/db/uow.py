"""Transactions: one unit of work over one connection, in one site, on either database."""

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final
from uuid import UUID

from sqlalchemy import Connection, Engine, create_engine, event, make_url, select, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from moderation.adapters.db import stores
from moderation.adapters.db.gathered import Gathered
from moderation.adapters.db.types import db_now
from moderation.adapters.db.views import SqlViews
from moderation.domain.errors import Busy, Held, TemporaryFailure
from moderation.domain.likeness import distance
from moderation.domain.search import Search

ALL_SITES = "*"
PATIENCE: Final = 5.0
"""Seconds for which a thread waits for others of its process that write to SQLite."""
_PG_OPTIONS = "-c statement_timeout=8000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000"
_PG_HELD = frozenset({"55P03", "40P01", "57014"})
"""lock_not_available, deadlock_detected, query_canceled: somebody else holds the row, for longer than we wait or for
ever, or what hangs on it takes longer than a statement may."""


class SqlUow:
    """One transaction with every store in it; what is not committed never happened."""

    def __init__(self, connection: Connection) -> None:
        """Put every store over one connection."""
        self.connection = connection
        self._gathered: Gathered | None = None
        self.sites = stores.SqlSites(connection)
        self.keys = stores.SqlKeys(connection)
        self.threads = stores.SqlThreads(connection)
        self.comments = stores.SqlComments(connection)
        self.echoes = stores.SqlEchoes(connection)
        self.waves = stores.SqlWaves(connection)
        self.learned = stores.SqlLearned(connection)
        self.jobs = stores.SqlJobs(connection)
        self.signals = stores.SqlSignals(connection)
        self.log = stores.SqlLog(connection)
        self.events = stores.SqlEvents(connection)
        self.endpoints = stores.SqlEndpoints(connection)
        self.deliveries = stores.SqlDeliveries(connection)
        self.once = stores.SqlOnces(connection)
        self.flags = stores.SqlFlags(connection)
        self.appeals = stores.SqlAppeals(connection)
        self.audit = stores.SqlAudit(connection)
        self.people = stores.SqlPeople(connection)
        self.passkeys = stores.SqlPasskeys(connection)
        self.workplaces = stores.SqlWorkplaces(connection)
        self.notices = stores.SqlNotices(connection)
        self.mailboxes = stores.SqlMailboxes(connection)
        self.author_mails = stores.SqlAuthorMails(connection)
        self.invitations = stores.SqlInvitations(connection)
        self.bans = stores.SqlBans(connection)
        self.notes = stores.SqlNotes(connection)
        self.listings = stores.SqlListings(connection)
        self.house_rules = stores.SqlHouseRules(connection)
        self.canned_notes = stores.SqlCannedNotes(connection)
        self.portraits = stores.SqlPortraits(connection)
        self.feeds = stores.SqlFeeds(connection)
        self.editions = stores.SqlEditions(connection)
        self.statistics = stores.SqlStatistics(connection)
        self.proposals = stores.SqlProposals(connection)
        self.tallies = stores.SqlTallies(connection)
        self.erasures = stores.SqlErasures(connection)
        self.traces = stores.SqlTraces(connection)
        self.wordings = stores.SqlWordings(connection)

    def clock(self) -> datetime:
        """Tell the database's time."""
        moment: datetime = self.connection.execute(select(db_now())).scalar_one()
        return moment

    def gather(self) -> Gathered:
        """Let what a new comment writes wait for that of others, until it is sent or all is committed."""
        self._gathered = Gathered(self.connection)
        self.comments.gathered = self.jobs.gathered = self.events.gathered = self._gathered
        self.mailboxes.gathered = self._gathered
        return self._gathered

    def flush(self) -> None:
        """Send what waits of the present caller's, so that it can be read."""
        if self._gathered is not None:
            self._gathered.send_own()

    def commit(self) -> None:
        """Make everything so far durable."""
        if self._gathered is not None:
            self._gathered.send()
        self.tallies.send()
        self.connection.commit()


class Database:
    """Opens transactions on one PostgreSQL or SQLite database.

    On PostgreSQL every transaction is tied to one site, or to all of them for workers, by
    the setting that row-level security reads. On SQLite there is one writer at a time: it
    holds an advisory lock before it begins, because SQLite's own waiting starves writers.
    """

    def __init__(self, url: str, *, pool_size: int = 10, silence: float | None = None) -> None:
        """Prepare an engine; nothing is opened yet. A server that is silent for so many seconds is given up."""
        self.engine = _engine(url, pool_size, silence)
        self.dialect = self.engine.dialect.name
        self._writing, self._reading = (self._opening(writes=writes) for writes in (True, False))
        self._steady = self._reading
        if self.dialect == "postgresql":  # SQLite reads nothing else.
            self._steady = self._reading.execution_options(isolation_level="REPEATABLE READ")
        path = self.engine.url.database
        self._alone = Alone(Path(f"{path}.lock")) if self.dialect == "sqlite" and path else nullcontext()

    @contextmanager
    def uow(self, site_id: UUID | None) -> Iterator[SqlUow]:
        """Open a transaction that may write; raises TemporaryFailure while the database is away."""
        with self._alone, self._transaction(self._writing, site_id) as connection:
            yield SqlUow(connection)

    @contextmanager
    def reading(self, site_id: UUID | None) -> Iterator[SqlUow]:
        """Open a transaction that only reads and waits for nobody."""
        with self._transaction(self._reading, site_id) as connection:
            yield SqlUow(connection)

    @contextmanager
    def snapshot(self, site_id: UUID | None) -> Iterator[SqlUow]:
        """Open one that only reads, and in which everything is as it was at one moment, whatever others write."""
        with self._transaction(self._steady, site_id) as connection:
            yield SqlUow(connection)

    @contextmanager
    def views(self, site_id: UUID) -> Iterator[SqlViews]:
        """Open a transaction for screens."""
        with self._transaction(self._reading, site_id) as connection:
            yield SqlViews(connection)

    def _opening(self, *, writes: bool) -> Engine:
        """Open connections from the same pool for transactions of one kind."""
        own = {"postgresql_readonly": not writes} if self.dialect == "postgresql" else {}
        return self.engine.execution_options(lychgate_writes=writes, **own)

    @contextmanager
    def _transaction(self, engine: Engine, site_id: UUID | None) -> Iterator[Connection]:
        with translated(), engine.connect() as connection:
            if self.dialect == "postgresql":
                _enter(connection, site_id)
            yield connection


_ENTER = text("SELECT set_config('lychgate.site', :site, true)")


def _enter(connection: Connection, site_id: UUID | None) -> None:
    """Tie the transaction to its site; a connection that died in the pool is replaced once."""
    setting = {"site": str(site_id or ALL_SITES)}
    try:
        connection.execute(_ENTER, setting)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        connection.rollback()
        connection.execute(_ENTER, setting)


@contextmanager
def translated() -> Iterator[None]:
    """Say in the domain's words that the database is away, full, or busy."""
    try:
        yield
    except PoolExhausted:
        raise TemporaryFailure("Too many requests are waiting for the database; try again in a moment.") from None
    except (OperationalError, InterfaceError) as error:
        if getattr(error.orig, "sqlstate", None) in _PG_HELD:
            raise Held("Somebody else is changing this; try again in a moment.") from None
        raise TemporaryFailure("The database cannot be used right now; try again in a moment.") from error


class Alone:
    """Lets one writer at a time through, across the threads and processes of this machine.

    Between processes the system's lock is waited for in the order of coming, without end; so that a
    process that is stopped while it holds the lock stops one thread of each other and not all of them,
    the threads of a process wait for each other first, and give up with `Busy` after five seconds. (Couriers share
    their transactions, and so wait together.)
    """

    def __init__(self, lock: Path) -> None:
        """Lock this file; nothing is opened yet."""
        self._path = lock
        self._turn = threading.Lock()
        self._file: BinaryIO | None = None

    def __enter__(self) -> None:
        """Wait for our turn; raises Busy, or TemporaryFailure where there can be no lock."""
        if not self._turn.acquire(timeout=PATIENCE):
            raise Busy("Somebody else is writing for too long; try again in a moment.")
        try:
            self._file = self._path.open("ab")  # Anew each time: closing lets go, and no lock is shared across a fork.
            fcntl.flock(self._file, fcntl.LOCK_EX)
        except OSError as error:
            self._let_go()
            raise TemporaryFailure("The database cannot be locked right now; try again in a moment.") from error

    def __exit__(self, *_: object) -> None:
        """Let the next one through."""
        self._let_go()

    def _let_go(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        self._turn.release()


def _engine(url: str, pool_size: int, silence: float | None) -> Engine:
    if make_url(url).get_backend_name() == "postgresql":
        from moderation.adapters.db.patience import lose_patience  # noqa: PLC0415 (who is on SQLite needs no psycopg)

        arguments = {"options": _PG_OPTIONS, "connect_timeout": 2, "application_name": "lychgate"}
        engine = create_engine(url, pool_size=pool_size, max_overflow=0, pool_timeout=2, connect_args=arguments)
        lose_patience(engine, silence)
        return engine
    engine = create_engine(url, pool_size=pool_size, max_overflow=10, pool_timeout=2, connect_args={"timeout": 5})
    event.listen(engine, "connect", _sqlite_settings)
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_settings(raw: Any, _record: object) -> None:
    raw.create_function("lower", 1, _lower, deterministic=True)  # SQLite's own knows ASCII alone.
    raw.create_function("bits_apart", 2, distance, deterministic=True)
    raw.create_function("made_at", 1, _made_at, deterministic=True)
    raw.create_function("fits", 2, _fits, deterministic=True)
    raw.isolation_level = None  # The driver shall not begin by itself; `_sqlite_begin` does.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        raw.execute(f"PRAGMA {pragma}")


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _made_at(identity: str) -> int:
    """Read the milliseconds with which an id begins."""
    return int(identity[:12], 16)


def _fits(typed: str, wording: str) -> bool:
    """Search without FTS5, where SQLite was built without it."""
    return Search.of(typed).fits(wording.split(" "))


def _sqlite_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("lychgate_writes", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
