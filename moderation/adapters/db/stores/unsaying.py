"""Unsaying: what receivers answered may repeat what they were told, and goes with it."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Connection, select, update

from moderation.adapters.db.models import AttemptRow, DeliveryRow, EventRow
from moderation.adapters.db.stores.base import table

ATTEMPT, DELIVERY, EVENT = table(AttemptRow), table(DeliveryRow), table(EventRow)


def blank_answers(connection: Connection, comment_ids: Collection[UUID]) -> None:
    """Forget what was answered to every event of these comments; that it was answered is kept."""
    if not comment_ids:
        return
    told = select(DELIVERY.c.id).join(EVENT, EVENT.c.id == DELIVERY.c.event_id)
    own = ATTEMPT.c.delivery_id.in_(told.where(EVENT.c.comment_id.in_(comment_ids)))
    connection.execute(update(ATTEMPT).where(own, ATTEMPT.c.answer != "").values(answer=""))
