"""Shows how a database goes about what it is asked: the statements of one piece of work, each with its plan."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from makers import World
from sqlalchemy import Connection, event

Statement = tuple[str, Any]
_ASK: Final = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) "}


def of(world: World, works: Mapping[str, Callable[[], object]]) -> list[str]:
    """Give the plan of every SELECT that each piece of work makes, below its name."""
    lines: list[str] = []
    for what, work in works.items():
        lines.append(what)
        for statement, parameters in _heard(world, work):
            lines += [f"  {line}" for line in _plan(world, statement, parameters)]
    return lines


def _heard(world: World, work: Callable[[], object]) -> list[Statement]:
    """Do the work once and note what the database is asked on the way."""
    with world.deps.reading(None) as uow:
        engine = uow.connection.engine  # type: ignore[attr-defined]
    heard: list[Statement] = []

    def hear(_c: Connection, _r: Any, statement: str, parameters: Any, _x: Any, _m: bool) -> None:  # noqa: FBT001
        if statement.startswith(("SELECT", "WITH")) and "FROM" in statement:
            heard.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", hear)
    try:
        work()
    finally:
        event.remove(engine, "before_cursor_execute", hear)
    return heard


def _plan(world: World, statement: str, parameters: Any) -> list[str]:
    """Ask for it within the site, as the page itself does: row-level security is a part of the plan."""
    with world.deps.views(world.site.id) as views:
        connection: Connection = views.connection  # type: ignore[attr-defined]
        found = connection.exec_driver_sql(_ASK[connection.dialect.name] + statement, parameters)
        return [str(row[-1]) for row in found]
