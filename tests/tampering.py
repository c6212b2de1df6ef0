"""Whoever may do anything to a database: past all our code, and past the triggers that keep what is written."""

from typing import Final
from uuid import UUID

from makers import World
from sqlalchemy import Connection, text

GUARDED: Final = ("decision", "reveal", "audit")


def tamper(world: World, statement: str, comment_id: UUID) -> None:
    """Run a statement about a comment, which has to find something to change."""
    with world.deps.uow(None) as uow:
        connection: Connection = uow.connection  # type: ignore[attr-defined]
        unguard(connection)
        assert connection.execute(text(statement), {"id": comment_id.hex}).rowcount
        uow.commit()


def unguard(connection: Connection) -> None:
    """Switch off what keeps others from changing what is written down, as the owner of the tables can."""
    if connection.dialect.name == "postgresql":
        for table in GUARDED:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        return
    for name in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
        connection.execute(text(f"DROP TRIGGER {name}"))
