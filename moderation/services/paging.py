"""Keyset pages: signed cursors instead of offsets, so that the last page costs what the first does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from uuid import UUID

from moderation.domain.errors import Fault, Invalid
from moderation.services.ports import Deps, Row, Views

T = TypeVar("T")
LOOKED_AT: Final = (1000, 3000, 6000)
"""How many comments are looked at for one page, piece by piece, where a filter has no index."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list, and the cursor of what follows, if anything does."""

    rows: Sequence[Row]
    next: str | None


def _id(row: Row) -> str:
    return str(row["id"])


def paged(deps: Deps, rows: Sequence[Row], purpose: str, limit: int, mark: Callable[[Row], str] = _id) -> Page:
    """Cut one row too many off, and sign where the next page begins."""
    if len(rows) <= limit:
        return Page(rows, None)
    return Page(rows[:limit], deps.seals.sign_cursor(mark(rows[limit - 1]), purpose))


def looked_through(
    views: Views, site_id: UUID, wanted: Mapping[str, Any], after: UUID | None, most: int
) -> tuple[list[Row], UUID | None]:
    """Read what filters find, and where looking ended before all was looked at, so that no page takes for ever."""
    rows, at = list[Row](), after
    for piece in LOOKED_AT:
        until = views.horizon(site_id, wanted, after=at, most=piece)
        rows += views.queue(site_id, wanted, after=at, until=until, limit=most - len(rows))
        if until is None or len(rows) >= most:
            return rows, None
        at = until
    return rows, at


def paged_through(deps: Deps, rows: Sequence[Row], ended: UUID | None, purpose: str, limit: int) -> Page:
    """Cut a page; one that is short because enough was looked at goes on where that ended."""
    if ended is None or len(rows) > limit:
        return paged(deps, rows, purpose, limit, by_place)
    return Page(rows, deps.seals.sign_cursor(str(ended), purpose))


def place(deps: Deps, cursor: str | None, purpose: str) -> UUID | None:
    """Read where a page begins; a cursor of another list is refused."""
    return None if cursor is None else _read(deps, cursor, purpose, UUID)


def by_place(row: Row) -> str:
    """Mark where a page ends whose rows have places: of a wave it is that of one of its comments."""
    return str(row.get("place", row["id"]))


def by_worth(row: Row) -> str:
    """Mark where a page in the order of worth ends."""
    return f"{row['worth']!r} {row['place']}"


def worth_place(deps: Deps, cursor: str | None, purpose: str) -> tuple[float, UUID] | None:
    """Read where a page in the order of worth begins."""
    return None if cursor is None else _read(deps, cursor, purpose, _worth_and_id)


def _worth_and_id(mark: str) -> tuple[float, UUID]:
    place, _, named = mark.partition(" ")
    return float(place), UUID(named)


def _read(deps: Deps, cursor: str, purpose: str, reading: Callable[[str], T]) -> T:
    try:
        return reading(deps.seals.read_cursor(cursor, purpose))
    except ValueError:
        raise Invalid([Fault("/cursor", "cursor-invalid", "Begin again without a cursor.")]) from None
