"""Migrations: from an empty database to today's tables, and back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from moderation.adapters.db.models import Base
from moderation.adapters.db.uow import translated

MIGRATIONS: Final = Path(__file__).with_name("migrations")
UPGRADING: Final = 7_046_002
"""The advisory lock under which one process migrates at a time."""


def upgrade(url: str, revision: str = "head") -> None:
    """Bring a database forward; of several processes that try at once, one does it."""
    with _connected(url) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(url: str, revision: str) -> None:
    """Bring a database back."""
    with _connected(url) as connection:
        command.downgrade(_config(connection), revision)


def current(url: str) -> str | None:
    """Name the revision that a database is at; None if it is empty."""
    with _connected(url) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """Name the revision that this version of the code wants."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def differences(url: str) -> list[str]:
    """List where a database and the models disagree; empty is as it should be."""
    with _connected(url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": _ours})
        return [_sentence(difference) for difference in compare_metadata(context, Base.metadata)]


def revise(url: str, message: str) -> Path:
    """Write the next migration from what the models have and the database has not; finish it by hand."""
    number = f"{int(newest() or 0) + 1:04d}"
    with _connected(url) as connection:
        command.revision(_config(connection), message, autogenerate=True, rev_id=number)
    return next((MIGRATIONS / "versions").glob(f"{number}_*.py"))


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    """Open a connection of its own, with foreign keys off on SQLite, where tables are rebuilt to be changed."""
    path = make_url(url).database
    if url.startswith("sqlite") and path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, poolclass=NullPool)
    with translated(), engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADING})
        yield connection


def _ours(_thing: Any, name: str | None, kind: str, *_: Any) -> bool:
    """Leave the indexes of words out, of which each database has a kind of its own."""
    return not (kind == "table" and (name or "").startswith("wording_fts")) and name != "ix_wording_words"


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    config.attributes["include_object"] = _ours
    return config


def _sentence(difference: Any) -> str:
    kind, *things = difference if isinstance(difference, tuple) else difference[0]
    return f"{kind}: {', '.join(str(getattr(thing, 'name', thing)) for thing in things if thing is not None)}"
