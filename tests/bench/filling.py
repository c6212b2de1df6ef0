"""Fills a database with comments by the database's own means, since ten million cannot arrive one by one."""

from typing import Any, Final

import psycopg
from makers import World
from sqlalchemy import Connection, make_url, text

from moderation.adapters.db.models import CommentRow, ThreadRow

EACH: Final = 200
"""Comments in one thread; one thread's lie far apart, as they do where many threads grow at once."""
HELD: Final = 100
"""Of so many comments one is held."""
_SERIES: Final = {
    "sqlite": "(WITH RECURSIVE s(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM s WHERE n < :last) SELECT n FROM s)",
    "postgresql": "(SELECT generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS n)",
}
_AT_ONCE: Final = 100_000
"""Rows of a statement; a connection that is silent for nine seconds is given up."""
_ID: Final = {"sqlite": "printf('%032x', {})", "postgresql": "lpad(to_hex({}), 32, '0')::uuid"}
_PRINT: Final = {"sqlite": "randomblob(32)", "postgresql": "sha256(s.n::text::bytea)"}


def fill(world: World, rows: int) -> None:
    """Add so many comments like the one that is there, in as many threads as they need."""
    world.has("A calm and friendly remark about the harvest, as long as such remarks tend to be.", thread="model")
    with world.deps.uow(None) as uow:
        connection: Connection = uow.connection  # type: ignore[attr-defined]
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        threads = max(1, rows // EACH)
        _copy(connection, "thread", ThreadRow, threads, {"key": "'filled-' || s.n"})
        _copy(connection, "comment", CommentRow, rows, _own_of_a_comment(connection.dialect.name, threads))
        uow.commit()
    _tidy(world)


def _own_of_a_comment(dialect: str, threads: int) -> dict[str, str]:
    """Name what tells one comment from another; the rest is the model's."""
    return {
        "thread_id": _ID[dialect].format(f"1 + s.n % {threads}"),
        "status": f"CASE WHEN s.n % {HELD} = 0 THEN 'held' ELSE 'approved' END",
        "fingerprint": _PRINT[dialect],
        "text_print": _PRINT[dialect],
    }


def _copy(connection: Connection, name: str, row: Any, rows: int, own: dict[str, str]) -> None:
    dialect = connection.dialect.name
    own = {"id": _ID[dialect].format("s.n")} | own
    columns = [column.name for column in row.__table__.columns]
    values = [own.get(column, f"model.{column}") for column in columns]
    model = f"(SELECT * FROM {name} ORDER BY id DESC LIMIT 1) AS model"  # noqa: S608 (our own words)
    source = f"{_SERIES[dialect]} AS s CROSS JOIN {model}"
    copied = f"INSERT INTO {name} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {source}"  # noqa: S608
    for first in range(1, rows + 1, _AT_ONCE):
        connection.execute(text(copied), {"first": first, "last": min(rows, first + _AT_ONCE - 1)})


def _tidy(world: World) -> None:
    """Let PostgreSQL count what it has, as it does by itself after a while."""
    url = make_url(world.settings.database_url)
    if url.get_backend_name() == "postgresql":
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE) comment, thread")
