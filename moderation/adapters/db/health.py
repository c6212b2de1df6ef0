"""What an operator should know of the database: how it stores, how it is locked, how far behind it is."""

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import Connection, text

from moderation.adapters.db import migrate
from moderation.adapters.db.stores.seeking import has_fts
from moderation.adapters.db.uow import Database

DURABLE = ("fsync", "full_page_writes", "synchronous_commit")
SKEW_SECONDS = 5
OLDEST = "SELECT min(waiting_since) FROM comment WHERE status = 'pending'"
Finding = tuple[str, bool, str]
"""What was looked at, whether it is well, and a sentence about it."""


def examine(database: Database, url: str) -> Iterator[Finding]:
    """Look at everything about the database that could cost comments; raises TemporaryFailure if it is away."""
    wanted, present = migrate.newest(), migrate.current(url)
    behind = f"at {present}, wanted {wanted}; `lychgate db upgrade` brings it forward"
    yield "migrations", wanted == present, f"at {present}" if wanted == present else behind
    with database.reading(None) as uow:
        ask = uow.connection.exec_driver_sql
        if database.dialect == "postgresql":
            version = ask("SHOW server_version").scalar()
            yield "database", True, f"PostgreSQL {version}"
            yield from ((name, (value := ask(f"SHOW {name}").scalar()) != "off", f"is {value}") for name in DURABLE)
            loose = ask("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user").scalar()
            yield "row-level security", not loose, "the role passes it by; use an ordinary one" if loose else "holds"
        else:
            yield "database", True, f"SQLite {ask('SELECT sqlite_version()').scalar()}"
            mode = ask("PRAGMA journal_mode").scalar()
            yield "journal", mode == "wal", f"journal_mode is {mode}, wal is wanted"
            kept = ask("PRAGMA synchronous").scalar()
            yield "durable", bool(kept and int(kept) >= 2), f"synchronous is {kept}, 2 (FULL) is wanted"  # noqa: PLR2004
            if wanted == present:
                yield _search(uow.connection)
        if wanted == present:
            oldest = uow.connection.execute(text(OLDEST)).scalar()
            yield "backlog", True, f"oldest waiting comment since {oldest}" if oldest else "nothing waits"
            yield _clock(uow.clock())


def _search(connection: Connection) -> Finding:
    indexed = has_fts(connection)
    return "search", indexed, "by FTS5" if indexed else "SQLite has no FTS5: each search reads every comment of a tab"


def _clock(there: datetime) -> Finding:
    skew = abs((datetime.now(UTC) - there).total_seconds())
    return "clock", skew < SKEW_SECONDS, f"the database's clock is {skew:.1f} s from ours"
