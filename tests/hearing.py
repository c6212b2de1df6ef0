"""Hears what the database is asked, and how it would go about it."""

from collections.abc import Callable
from typing import Any

from makers import World
from sqlalchemy import Connection, event

Statement = tuple[str, Any]
_ASK = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN "}


def hear(world: World, work: Callable[[], object]) -> list[Statement]:
    """Do the work once, and give every statement that it sends in transactions that may write."""
    with world.deps.uow(None) as uow:
        engine = uow.connection.engine  # type: ignore[attr-defined]
    heard: list[Statement] = []

    def note(_c: Connection, _r: Any, statement: str, parameters: Any, _x: Any, _m: bool) -> None:  # noqa: FBT001
        heard.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return heard


def plan(world: World, statement: Statement) -> list[str]:
    """Give the database's plan for a statement, line by line."""
    asked, parameters = statement
    with world.deps.uow(None) as uow:
        connection: Connection = uow.connection  # type: ignore[attr-defined]
        found = connection.exec_driver_sql(_ASK[connection.dialect.name] + asked, parameters)
        return [str(row[-1]) for row in found]
