"""Keyset pages: signed cursors instead of offsets, so that the last page costs what the first does."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from moderation.domain.errors import Fault, Invalid
from moderation.services.ports import Deps, Row


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list, and the cursor of what follows, if anything does."""

    rows: Sequence[Row]
    next: str | None


def paged(deps: Deps, rows: Sequence[Row], purpose: str, limit: int) -> Page:
    """Cut one row too many off, and sign where the next page begins."""
    if len(rows) <= limit:
        return Page(rows, None)
    return Page(rows[:limit], deps.seals.sign_cursor(str(rows[limit - 1]["id"]), purpose))


def place(deps: Deps, cursor: str | None, purpose: str) -> UUID | None:
    """Read where a page begins; a cursor of another list is refused."""
    if cursor is None:
        return None
    try:
        return UUID(deps.seals.read_cursor(cursor, purpose))
    except ValueError:
        raise Invalid([Fault("/cursor", "cursor-invalid", "Begin again without a cursor.")]) from None
