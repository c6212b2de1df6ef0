"""What every store has: a connection, and the upsert of its database."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, CursorResult, Executable, Table, text
from sqlalchemy.dialects import postgresql, sqlite

from moderation.adapters.db.gathered import Gathered, Rows
from moderation.adapters.db.models import Base

_PLAN_ANEW = text("SET LOCAL plan_cache_mode = force_custom_plan")
_PLAN_AS_EVER = text("SET LOCAL plan_cache_mode = auto")


class Store:
    """Speaks to some tables over one connection, inside the transaction that its owner opened."""

    def __init__(self, connection: Connection) -> None:
        """Borrow the connection."""
        self.connection = connection
        self.gathered: Gathered | None = None
        """Where rows wait that need not be there before the transaction ends."""

    def put(self, statement: Executable, rows: Rows) -> None:
        """Write rows, together with those of others where such are gathered."""
        if self.gathered is None:
            self.connection.execute(statement, rows)
        else:
            self.gathered.put(statement, rows)

    def planned_anew(self, statement: Executable, parameters: dict[str, Any]) -> CursorResult[Any]:
        """Execute what looks in many places at once, planned for the tables as they are now.

        PostgreSQL keeps a plan for each connection. One that was made while a table was small goes through the whole
        of it, and is kept until the table is analysed, which takes minutes; planning anew takes two milliseconds.
        """
        if self.connection.dialect.name != "postgresql":
            return self.connection.execute(statement, parameters)
        self.connection.execute(_PLAN_ANEW)
        found = self.connection.execute(statement, parameters)
        self.connection.execute(_PLAN_AS_EVER)
        return found

    def upsert(self, into: Table) -> Any:
        """Begin an INSERT that can say ON CONFLICT; both databases spell it alike."""
        return upsert(self.connection.dialect.name, into)


def upsert(dialect: str, into: Table) -> Any:
    """Begin an INSERT that can say ON CONFLICT, for statements that are built once for each dialect."""
    return (postgresql if dialect == "postgresql" else sqlite).insert(into)


def fields_of(thing: Any) -> dict[str, Any]:
    """Give a dataclass's fields by name, as they are; `asdict` would copy them through and through."""
    return {name: getattr(thing, name) for name in thing.__dataclass_fields__}


def table(row: type[Base]) -> Table:
    """Give the Core table of a row, for the hot paths."""
    found = row.__table__
    if not isinstance(found, Table):
        raise TypeError(f"{row.__name__} is not mapped to a table.")
    return found


def first_id(moment: datetime) -> UUID:
    """Give what no id made at this moment or later is below: an id begins with its time, in milliseconds."""
    return UUID(int=max(0, int(moment.timestamp() * 1000)) << 80)
