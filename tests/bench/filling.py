"""Fills a database with comments by the database's own means, since ten million cannot arrive one by one.

Indexes are dropped before and built after, as for any bulk load: kept up row by row they cost most of the time.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final

import psycopg
from makers import World
from sqlalchemy import Connection, Index, Table, make_url, text

from moderation.adapters.db.models import Base, CommentRow, ThreadRow
from moderation.adapters.db.uow import Database

EACH: Final = 200
"""Comments in one thread; one thread's lie far apart, as they do where many threads grow at once."""
HELD: Final = 100
"""Of so many comments one is held."""
_SERIES: Final = {
    "sqlite": "(WITH RECURSIVE s(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM s WHERE n < :last) SELECT n FROM s)",
    "postgresql": "(SELECT generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS n)",
}
_AT_ONCE: Final = 100_000
"""Rows of a transaction: SQLite's journal is worked off between two."""
_PATIENCE: Final = 3600.0
"""Seconds; an index of ten million rows takes longer than any request may."""
GENEROUS: Final = {
    "sqlite": ("PRAGMA cache_size = -1000000",),
    "postgresql": (
        "SET LOCAL statement_timeout = 0",
        "SET LOCAL idle_in_transaction_session_timeout = 0",
        "SET LOCAL maintenance_work_mem = '1GB'",
    ),
}
_ID: Final = {"sqlite": "printf('%032x', {})", "postgresql": "lpad(to_hex({}), 32, '0')::uuid"}
_PRINT: Final = {"sqlite": "randomblob(32)", "postgresql": "sha256(s.n::text::bytea)"}


def fill(world: World, rows: int, own: Mapping[str, str] | None = None) -> None:
    """Add so many comments like the one that is there but for what is their own, in as many threads as they need."""
    world.has("A calm and friendly remark about the harvest, as long as such remarks tend to be.", thread="model")
    database, threads = Database(world.settings.database_url, silence=_PATIENCE), max(1, rows // EACH)
    _copy(database, ThreadRow, threads, {"key": "'filled-' || s.n"})
    indexes = _indexes(CommentRow)
    each_of(database, [index.drop for index in indexes])
    _copy(database, CommentRow, rows, {**_own_of_a_comment(database.dialect, threads), **(own or {})})
    each_of(database, [index.create for index in indexes])
    database.engine.dispose()
    tidy(world)


def _indexes(row: type[Base]) -> list[Index]:
    """Name what can be built afterwards; keys and other constraints stay."""
    table = row.__table__
    assert isinstance(table, Table)
    return sorted(table.indexes, key=lambda index: str(index.name))


def each_of(database: Database, works: Iterable[Callable[[Connection], None]]) -> None:
    """Do each piece of work in a transaction of its own, and give it time."""
    for work in works:
        with database.uow(None) as uow:
            for setting in GENEROUS[database.dialect]:
                uow.connection.exec_driver_sql(setting)
            work(uow.connection)
            uow.commit()


def _own_of_a_comment(dialect: str, threads: int) -> dict[str, str]:
    """Name what tells one comment from another; the rest is the model's."""
    return {
        "thread_id": _ID[dialect].format(f"1 + s.n % {threads}"),
        "status": f"CASE WHEN s.n % {HELD} = 0 THEN 'held' ELSE 'approved' END",
        "fingerprint": _PRINT[dialect],
        "text_print": _PRINT[dialect],
    }


def _copy(database: Database, row: type[Base], rows: int, own: dict[str, str]) -> None:
    """Write the newest row so many times again, each with what is its own."""
    own = {"id": _ID[database.dialect].format("s.n")} | own
    columns, name = [column.name for column in row.__table__.columns], row.__tablename__
    values = [own.get(column, f"model.{column}") for column in columns]
    model = f"(SELECT * FROM {name} ORDER BY id DESC LIMIT 1) AS model"  # noqa: S608 (our own words)
    source = f"{_SERIES[database.dialect]} AS s CROSS JOIN {model}"
    copied = text(f"INSERT INTO {name} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {source}")  # noqa: S608
    pieces = ({"first": first, "last": min(rows, first + _AT_ONCE - 1)} for first in range(1, rows + 1, _AT_ONCE))
    each_of(database, (partial(Connection.execute, statement=copied, parameters=piece) for piece in pieces))


def tidy(world: World) -> None:
    """Let PostgreSQL count what it has, as it does by itself after a while."""
    url = make_url(world.settings.database_url)
    if url.get_backend_name() == "postgresql":
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE) comment, thread, wording, flag")
