"""Migrations: from an empty database to today's tables, and back."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, event, make_url
from sqlalchemy.pool import NullPool

from moderation.adapters.db.models import Base
from moderation.adapters.db.turns import Tell, patiently, take_turn
from moderation.adapters.db.uow import translated

MIGRATIONS: Final = Path(__file__).with_name("migrations")
PATIENCE: Final = 600.0
"""Seconds for which each revision waits for a table that others hold."""


def upgrade(
    url: str, revision: str = "head", *, patience: float = PATIENCE, tell: Tell = lambda _sentence: None
) -> None:
    """Bring a database forward; of several processes that try at once, one does it.

    On PostgreSQL each revision is a transaction of its own: what was broken off is gone on with by upgrading again.
    One that needs a table which others hold is tried anew for so many seconds; raises Busy after that. On SQLite,
    where nobody else is at work, all of it is one transaction.
    """
    with _connected(url, begin="BEGIN IMMEDIATE") as connection:
        if connection.dialect.name == "postgresql":
            _step_by_step(connection, revision, patience, tell)
        else:
            with connection.begin():
                command.upgrade(_config(connection), revision)


def downgrade(url: str, revision: str) -> None:
    """Bring a database back, in one transaction, as patiently as it was brought forward."""
    with _connected(url, begin="BEGIN IMMEDIATE") as connection:
        back = partial(command.downgrade, _config(connection), revision)
        if connection.dialect.name == "postgresql":
            take_turn(connection, _silent)
            patiently(connection, back, patience=PATIENCE, tell=_silent)
        else:
            with connection.begin():
                back()


def current(url: str) -> str | None:
    """Name the revision that a database is at; None if it is empty."""
    with _connected(url) as connection:
        return _stands(connection)


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


def _step_by_step(connection: Connection, revision: str, patience: float, tell: Tell) -> None:
    """Take one revision after the other, each as a whole."""
    take_turn(connection, tell)
    stands = _stands(connection)
    connection.rollback()  # A migration begins its own transaction, and only where there is none.
    steps = list(ScriptDirectory(str(MIGRATIONS)).iterate_revisions(revision, stands))
    for number, step in enumerate(reversed(steps), 1):
        tell(f"{step.revision} ({number} of {len(steps)}): {step.doc}")
        patiently(connection, partial(_migrate, connection, step.revision), patience=patience, tell=tell)


def _migrate(connection: Connection, revision: str) -> None:
    command.upgrade(_config(connection), revision)


def _stands(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _silent(_sentence: str) -> None:
    """Tell nobody."""


@contextmanager
def _connected(url: str, *, begin: str = "BEGIN") -> Iterator[Connection]:
    """Open a connection of its own, with foreign keys off on SQLite, where tables are rebuilt to be changed.

    There transactions begin by this statement: the driver begins none before tables are changed, and what broke off
    would stay half done.
    """
    path = make_url(url).database
    if url.startswith("sqlite") and path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda raw, _record: setattr(raw, "isolation_level", None))
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    with translated(), engine.connect() as connection:
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
