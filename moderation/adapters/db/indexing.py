"""What a migration adds to tables that may be large: columns and indices for which nobody has to stop writing.

Each of these is done for good before the rest of its revision, and once: a revision that was broken off begins anew,
so they come first in it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import op

INVALID = """
SELECT NOT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)
"""


def add_column(table: str, column: sa.Column[Any]) -> None:
    """Add a column, unless a try that was broken off did."""
    op.add_column(table, column, if_not_exists=_concurrent())


def build_index(name: str, table: str, columns: Sequence[str], *, where: str | None = None) -> None:
    """Build an index; on PostgreSQL others read and write meanwhile, and what was done before is committed.

    There it is waited for whoever reads the table already. A ruin that a broken-off try left is built anew.
    """
    condition = None if where is None else sa.text(where)
    options: dict[str, Any] = {"postgresql_where": condition, "sqlite_where": condition}
    if not _concurrent():
        op.create_index(name, table, columns, **options)
        return
    with _outside():
        if op.get_bind().execute(sa.text(INVALID), {"name": name}).scalar():
            op.drop_index(name, table, postgresql_concurrently=True)
        op.create_index(name, table, columns, if_not_exists=True, postgresql_concurrently=True, **options)


@contextmanager
def _outside() -> Iterator[None]:
    """Leave the revision's transaction, and wait without end: who builds an index this way stops nobody."""
    with op.get_context().autocommit_block():
        before = op.get_bind().execute(sa.text("SHOW lock_timeout")).scalar_one()
        op.execute("SET lock_timeout = 0")
        try:
            yield
        finally:
            op.execute(f"SET lock_timeout = '{before}'")


def _concurrent() -> bool:
    return op.get_bind().dialect.name == "postgresql"
