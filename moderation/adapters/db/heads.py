"""Heads: one hash over all that a site's events tell up to a position, to be kept elsewhere and compared later.

Each event names the link of its decision, so whoever cuts off the end of a record, or a whole comment, changes the
head of every later position. A head is worked out when somebody asks for it: no writer waits for it, and all that
goes into one is read as it was at one moment.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, select

from moderation.adapters.db.stores.journal import EVENT
from moderation.adapters.db.uow import Database, SqlUow
from moderation.domain.record import canonical, moment

BATCH: Final = 2000
PROMISE: Final = "each site's events are those that were kept"


@dataclass(frozen=True, slots=True)
class Head:
    """What a site's events come to, up to a position."""

    site: UUID
    position: int
    head: str


def heads(database: Database, batch: int = BATCH) -> list[Head]:
    """Work out the head of each site that has events, as it is now."""
    with database.reading(None) as uow:
        sites = [site.id for site in uow.sites.all()]
    return [head for site_id in sites if (head := _head(database, site_id, batch)).position]


def broken(database: Database, kept: Sequence[Head], batch: int = BATCH) -> dict[str, list[str]]:
    """Name the sites whose events, up to the position that was kept, do not come to the head that was kept."""
    others = [one for one in kept if _head(database, one.site, batch, one.position) != one]
    return {PROMISE: [f"{one.site}, up to position {one.position}" for one in others]}


def _head(database: Database, site_id: UUID, batch: int, until: int | None = None) -> Head:
    position, head = 0, b""
    with database.snapshot(site_id) as uow:
        for row in _events(uow, site_id, batch, until):
            position, head = row.position, hashlib.sha256(head + canonical(_told(row))).digest()
    return Head(site_id, position, head.hex())


def _events(uow: SqlUow, site_id: UUID, batch: int, until: int | None) -> Iterator[Row[Any]]:
    after = 0
    of_site = select(EVENT).where(EVENT.c.site_id == site_id).order_by(EVENT.c.position).limit(batch)
    asked = of_site if until is None else of_site.where(EVENT.c.position <= until)
    while rows := uow.connection.execute(asked.where(EVENT.c.position > after)).all():
        yield from rows
        after = rows[-1].position


def _told(row: Row[Any]) -> list[Any]:
    previous = None if row.previous is None else str(row.previous)
    link = None if row.link is None else row.link.hex()
    whose = [row.position, str(row.id), str(row.comment_id), str(row.type), row.sequence, row.revision]
    return [*whose, str(row.status), previous, list(row.reasons), str(row.by), moment(row.created_at), link]
