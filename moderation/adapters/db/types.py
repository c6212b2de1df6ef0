"""Column types and clock expressions that mean the same on SQLite and PostgreSQL."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    BindParameter,
    Boolean,
    ColumnElement,
    DateTime,
    Dialect,
    Integer,
    String,
    Text,
    bindparam,
    literal,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator

Json = JSON().with_variant(JSONB(), "postgresql")


class Instant(TypeDecorator[datetime]):
    """An aware moment in UTC; SQLite keeps it as text that sorts."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn to UTC, and drop the zone where the database has none."""
        if value is None or dialect.name == "postgresql":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give every moment its zone back."""
        if value is None or dialect.name == "postgresql":
            return value
        return value.replace(tzinfo=UTC)


class Words(TypeDecorator[Any]):
    """A StrEnum stored by its value."""

    impl = String(32)
    cache_ok = True

    def __init__(self, enum: type[Any]) -> None:
        """Remember which words these are."""
        super().__init__()
        self.enum = enum

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 (SQLAlchemy's signature)
        """Store the word."""
        return None if value is None else str(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002 (SQLAlchemy's signature)
        """Read the word."""
        return None if value is None else self.enum(value)


class Wording(TypeDecorator[Any]):
    """The words of a comment in their order: a `tsvector` on PostgreSQL, words with blanks between them on SQLite."""

    impl = String()
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Say what the database has for it."""
        return dialect.type_descriptor(TSVECTOR() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str | None:
        """Write each word once with its places, or all of them; they have no signs in them that would need care."""
        if value is None:
            return None
        if dialect.name != "postgresql":
            return " ".join(value)
        places = defaultdict[str, list[str]](list)
        for place, word in enumerate(value, 1):
            places[word].append(str(place))
        return " ".join(f"'{word}':{','.join(where)}" for word, where in places.items())

    def bind_expression(self, bindvalue: BindParameter[Any]) -> ColumnElement[Any]:
        """Let PostgreSQL read it as what it is."""
        return type_coerce(_as_wording(bindvalue), self)


class _as_wording(FunctionElement[Any]):  # noqa: N801 (reads as a function in queries)
    inherit_cache = True


@compiles(_as_wording, "postgresql")
def _postgresql_wording(element: _as_wording, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **kw)} AS tsvector)"


@compiles(_as_wording, "sqlite")
def _sqlite_wording(element: _as_wording, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.clauses, **kw)


class db_now(FunctionElement[datetime]):  # noqa: N801 (reads as a function in queries)
    """The database's own clock, shifted by some seconds: `db_now()`, `db_now(timedelta(seconds=5))`.

    Leases and due times are compared with this clock alone, so that a machine whose
    clock is wrong changes nothing. It stands still within a statement, so that an index
    can be asked with it.
    """

    type = Instant()
    inherit_cache = True

    def __init__(self, shift: timedelta = timedelta()) -> None:
        """Carry the shift as a parameter, so that a statement is compiled once for all shifts."""
        super().__init__(literal(f"{shift.total_seconds():+.3f} seconds", String()))


@compiles(db_now, "postgresql")
def _postgresql_now(element: db_now, compiler: SQLCompiler, **kw: Any) -> str:
    return f"(statement_timestamp() + CAST({compiler.process(element.clauses, **kw)} AS interval))"


@compiles(db_now, "sqlite")
def _sqlite_now(element: db_now, compiler: SQLCompiler, **kw: Any) -> str:
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', {compiler.process(element.clauses, **kw)})"


class among(FunctionElement[bool]):  # noqa: N801 (reads as a function in queries)
    """Whether a column is one of a list that is given under this name: `among(column, "ids")`.

    PostgreSQL gets the list as one array, so that a statement stays the same for any number of them.
    """

    type = Boolean()
    inherit_cache = True

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        """Name the list."""
        super().__init__(column, bindparam(name, type_=ARRAY(column.type)))

    def self_group(self, against: OperatorType | None = None) -> Self:  # noqa: ARG002 (the base's shape)
        """Stand in a condition as it is: compared with 1, as SQLite's booleans are, it would find no index."""
        return self


@compiles(among, "postgresql")
def _postgresql_among(element: among, compiler: SQLCompiler, **kw: Any) -> str:
    column, several = element.clauses
    return f"{compiler.process(column, **kw)} = ANY ({compiler.process(several, **kw)})"


@compiles(among, "sqlite")
def _sqlite_among(element: among, compiler: SQLCompiler, **kw: Any) -> str:
    column, several = element.clauses
    return compiler.process(column.in_(bindparam(several.key, expanding=True, type_=column.type)), **kw)


class bits_apart(FunctionElement[int]):  # noqa: N801 (reads as a function in queries)
    """In how many bits two whole numbers of 64 differ: `bits_apart(one, other)`; SQLite is taught it by `uow`."""

    type = Integer()
    inherit_cache = True
    name = "bits_apart"


@compiles(bits_apart, "postgresql")
def _postgresql_bits_apart(element: bits_apart, compiler: SQLCompiler, **kw: Any) -> str:
    one, other = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"bit_count(CAST({one} # {other} AS bit(64)))"


@compiles(bits_apart, "sqlite")
def _sqlite_bits_apart(element: bits_apart, compiler: SQLCompiler, **kw: Any) -> str:
    return f"bits_apart({compiler.process(element.clauses, **kw)})"


class shifted(FunctionElement[datetime]):  # noqa: N801 (reads as a function in queries)
    """A moment that a column holds, earlier or later by so much: `shifted(column, -timedelta(days=1))`."""

    type = Instant()
    inherit_cache = True

    def __init__(self, moment: ColumnElement[datetime], shift: timedelta) -> None:
        """Carry the shift as a parameter."""
        super().__init__(moment, literal(f"{shift.total_seconds():+.3f} seconds", String()))


@compiles(shifted, "postgresql")
def _postgresql_shifted(element: shifted, compiler: SQLCompiler, **kw: Any) -> str:
    moment, shift = element.clauses
    return f"({compiler.process(moment, **kw)} + CAST({compiler.process(shift, **kw)} AS interval))"


@compiles(shifted, "sqlite")
def _sqlite_shifted(element: shifted, compiler: SQLCompiler, **kw: Any) -> str:
    return f"strftime('%Y-%m-%d %H:%M:%f000', {compiler.process(element.clauses, **kw)})"


class made_at(FunctionElement[int]):  # noqa: N801 (reads as a function in queries)
    """When an id was made, which is what it begins with, in milliseconds since 1970; SQLite is taught it by `uow`."""

    type = BigInteger()
    inherit_cache = True
    name = "made_at"


@compiles(made_at, "postgresql")
def _postgresql_made_at(element: made_at, compiler: SQLCompiler, **kw: Any) -> str:
    digits = f"replace(left(CAST({compiler.process(element.clauses, **kw)} AS text), 13), '-', '')"
    return f"CAST(CAST('x' || {digits} AS bit(48)) AS bigint)"


@compiles(made_at, "sqlite")
def _sqlite_made_at(element: made_at, compiler: SQLCompiler, **kw: Any) -> str:
    return f"made_at({compiler.process(element.clauses, **kw)})"


class seconds(FunctionElement[int]):  # noqa: N801 (reads as a function in queries)
    """A moment as whole seconds since 1970: `seconds(column)`."""

    type = Integer()
    inherit_cache = True


@compiles(seconds, "postgresql")
def _postgresql_seconds(element: seconds, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CAST(floor(extract(epoch FROM {compiler.process(element.clauses, **kw)})) AS bigint)"


@compiles(seconds, "sqlite")
def _sqlite_seconds(element: seconds, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **kw)}) AS integer)"
