"""Planning: which endpoint is to hear of what happened, and when that is due."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import RowMapping, select
from uuid_utils.compat import uuid7

from moderation.adapters.db.models import CommentRow, EventRow, ThreadRow
from moderation.adapters.db.stores.base import table
from moderation.adapters.db.types import among
from moderation.domain.decision import Actor
from moderation.domain.delivery import GRACE, Delivery, State
from moderation.domain.endpoint import Endpoint

EVENT, COMMENT, THREAD = table(EventRow), table(CommentRow), table(ThreadRow)
CHOSEN_BY: Final = (EVENT.c.id, EVENT.c.site_id, EVENT.c.type, EVENT.c.by, EVENT.c.position, COMMENT.c.language)
HEARD: Final = (
    select(*CHOSEN_BY, THREAD.c.key)
    .join(COMMENT, COMMENT.c.id == EVENT.c.comment_id)
    .join(THREAD, THREAD.c.id == COMMENT.c.thread_id)
    .order_by(EVENT.c.position)
)
"""Events, with everything by which an endpoint chooses among them."""
NAMED: Final = (
    select(*CHOSEN_BY, COMMENT.c.thread_id)
    .join(COMMENT, COMMENT.c.id == EVENT.c.comment_id)
    .where(among(EVENT.c.id, "ids"))
    .cte("named")
    .prefix_with("MATERIALIZED")  # Else PostgreSQL, where it knows little of the tables, begins with every thread.
)
HEARD_AMONG: Final = (
    select(NAMED, THREAD.c.key).join(THREAD, THREAD.c.id == NAMED.c.thread_id).order_by(NAMED.c.position)
)
"""The same of the events `ids`."""


def planned(endpoint: Endpoint, rows: Sequence[RowMapping], now: datetime) -> Iterator[dict[str, Any]]:
    """Give the rows of what an endpoint is to hear of; while it rests, nothing is due there."""
    for row in rows:
        if row["site_id"] == endpoint.site_id and endpoint.wants(row["type"], row["key"], row["language"]):
            due = now + GRACE if row["by"] is Actor.PERSON else now
            one = Delivery(uuid7(), endpoint.site_id, endpoint.id, row["id"], str(row["type"]), now)
            yield as_row(one, max(due, endpoint.rests_until or due))


def as_row(delivery: Delivery, due: datetime) -> dict[str, Any]:
    """Give a delivery that was not tried yet as it is stored."""
    return {
        "id": delivery.id,
        "site_id": delivery.site_id,
        "endpoint_id": delivery.endpoint_id,
        "event_id": delivery.event_id,
        "type": delivery.type,
        "planned_at": delivery.planned_at,
        "state": State.WAITING,
        "attempts": 0,
        "due_at": due,
    }
