"""Whether every record holds: each comment with decisions is read, a batch at a time, and followed link by link."""

from typing import Final
from uuid import UUID

from sqlalchemy import select

from moderation.adapters.db.stores.comments import COMMENT
from moderation.adapters.db.uow import Database
from moderation.adapters.db.verification import MOST
from moderation.services.record import breaks

BATCH: Final = 500
PROMISE: Final = "each record is as it was written, link by link"


def broken(database: Database) -> dict[str, list[str]]:
    """Name some comments whose records break, with the first link that does and what is wrong with it."""
    told = list[str]()
    after: UUID | None = None
    while len(told) < MOST:
        with database.snapshot(None) as uow:
            some = select(COMMENT.c.id).where(COMMENT.c.version > 1).order_by(COMMENT.c.id).limit(BATCH)
            ids = uow.connection.execute(some.where(COMMENT.c.id > after) if after else some).scalars().all()
            found = breaks(uow, ids) if ids else {}
        told += [f"{one}, link {broken.version}: {broken.what}" for one, broken in sorted(found.items())]
        if not ids:
            break
        after = ids[-1]
    return {PROMISE: told[:MOST]}
