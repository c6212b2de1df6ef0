"""What every store has: a connection, and the upsert of its database."""

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from moderation.adapters.db.models import Base


class Store:
    """Speaks to some tables over one connection, inside the transaction that its owner opened."""

    def __init__(self, connection: Connection) -> None:
        """Borrow the connection."""
        self.connection = connection

    def upsert(self, table: Table) -> Any:
        """Begin an INSERT that can say ON CONFLICT; both databases spell it alike."""
        return (postgresql if self.connection.dialect.name == "postgresql" else sqlite).insert(table)


def table(row: type[Base]) -> Table:
    """Give the Core table of a row, for the hot paths."""
    found = row.__table__
    if not isinstance(found, Table):
        raise TypeError(f"{row.__name__} is not mapped to a table.")
    return found
