"""Tallies: what one day of UTC came to at a site, as rows that can be kept, and added to those of other days."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID

from moderation.domain.comment import Status
from moderation.domain.decision import Actor

Rows = Sequence[Mapping[str, Any]]
Counts = Mapping[str, Rows]
"""The rows of each part; whatever they count is added up over days as it is over sites."""

PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "waits": ("quarter", "length", "comments"),
    "arrivals": ("quarter", "status", "comments"),
    "settled": ("quarter", "status", "comments"),
    "decided": ("quarter", "actor_id", "by", "status", "in_wave", "decisions"),
    "overturned": ("actor_id", "by", "compared", "overturned", "taken_back"),
    "pace": ("actor_id", "length", "decisions"),
    "rates": ("kind", "names", "judged", "overturned"),
    "flags": ("reason", "status", "comments"),
}
"""Every part, and what its rows are made of."""

SETTLING: Final = timedelta(hours=1)
"""A day that has been over for so long is over by everybody's clock, and no transaction of it is open."""
CLOSING: Final = 2 * SETTLING
"""A day that has been over for so long may be counted."""


def over(now: datetime, margin: timedelta) -> date:
    """Give the first day that has not been over for so long; all before it have."""
    return (now.astimezone(UTC) - margin).date()


def day_of(identity: UUID) -> date:
    """Give the day of UTC on which an id was made: it begins with its time, in milliseconds."""
    return datetime.fromtimestamp((identity.int >> 80) / 1000, UTC).date()


def before(identity: UUID, day: date) -> bool:
    """Say whether an id was made before a day."""
    return identity.int >> 80 < datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000


def packed(counts: Counts) -> dict[str, list[list[Any]]]:
    """Write counts as JSON knows them: of each part its columns, in the order of `PARTS`."""
    return {part: [[_plain(row[name]) for row in rows] for name in PARTS[part]] for part, rows in counts.items()}


def unpacked(kept: Mapping[str, Sequence[Sequence[Any]]]) -> Counts:
    """Read what `packed` wrote; a column at a time, since a year has some hundred thousand rows."""
    return {part: _rows(PARTS[part], columns) for part, columns in kept.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def _rows(names: Sequence[str], columns: Sequence[Sequence[Any]]) -> Rows:
    read = [map(_READ[name], values) if name in _READ else values for name, values in zip(names, columns, strict=True)]
    return [dict(zip(names, values, strict=True)) for values in zip(*read, strict=True)]


@cache
def _actor(told: str | None) -> UUID | None:
    return None if told is None else UUID(told)


@cache
def _status(told: str | None) -> Status | None:
    return None if told is None else Status(told)


_READ: Final[Mapping[str, Callable[[Any], Any]]] = {
    "status": _status,
    "by": cache(Actor),
    "actor_id": _actor,
    "names": tuple,
}
