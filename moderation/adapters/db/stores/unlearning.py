"""Unlearning: what a site's models learnt goes with the comments that taught it."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, delete, select, update

from moderation.adapters.db.models import MemoryRow, SiteModelRow, SiteRow
from moderation.adapters.db.stores.base import table
from moderation.adapters.db.types import db_now
from moderation.domain.lesson import ModelState

SITE = table(SiteRow)
MODEL = table(SiteModelRow)
MEMORY = table(MemoryRow)
ID_BYTES: Final = 16


def unlearn(connection: Connection, comment_ids: Collection[UUID]) -> None:
    """Drop these comments from memory, and every version that learnt from one of them; the rest is learnt anew.

    Whatever a usable version learnt from is in memory, so that most comments cost one question.
    A site that has to do without the version that it used learns anew soon.
    """
    if not comment_ids:
        return
    forgotten = delete(MEMORY).where(MEMORY.c.comment_id.in_(comment_ids)).returning(MEMORY.c.site_id)
    sites = set(connection.execute(forgotten).scalars())
    if sites:
        live = select(MODEL.c.id, MODEL.c.taught).where(MODEL.c.site_id.in_(sites), MODEL.c.model.is_not(None))
        gone = set(comment_ids)
        for version in [row.id for row in connection.execute(live) if gone.intersection(ids_in(row.taught))]:
            end(connection, version, ModelState.ERASED, soon=True)


def end(connection: Connection, version: UUID, state: ModelState, *, soon: bool = False) -> None:
    """Drop what a version learnt, and let its site do without it; if wanted, it learns anew `soon`."""
    dropped: dict[str, Any] = {"state": state, "model": None, "taught": b""}
    connection.execute(update(MODEL).where(MODEL.c.id == version).values(**dropped))
    without: dict[str, Any] = {"model": None} | ({"learning_until": db_now()} if soon else {})
    connection.execute(update(SITE).where(SITE.c.model == version).values(**without))


def ids_in(taught: bytes) -> list[UUID]:
    """Read ids that stand one behind the other."""
    return [UUID(bytes=taught[place : place + ID_BYTES]) for place in range(0, len(taught), ID_BYTES)]
