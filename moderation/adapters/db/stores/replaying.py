"""Replaying: what ended is due afresh, and what an endpoint was never told is planned; a page at a time, in order."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, RowMapping, and_, bindparam, func, literal_column, select, update

from moderation.adapters.db.models import DeliveryRow, EventRow
from moderation.adapters.db.stores.base import table
from moderation.adapters.db.stores.planning import HEARD, planned
from moderation.domain.delivery import State
from moderation.domain.endpoint import Endpoint
from moderation.services.ports import Replay, Replayed

DELIVERY, EVENT = table(DeliveryRow), table(EventRow)
ENDED: Final = DELIVERY.c.state != literal_column("'waiting'")
DEAD: Final = DELIVERY.c.state == literal_column("'dead'")
APART: Final = timedelta(microseconds=1)
"""What is replayed is due one after the other by so much, so that it leaves in the order in which it happened."""
MARGIN: Final = timedelta(hours=2)
"""By so much the clocks of those who wrote events down may differ; their positions are in order but for that."""
BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Nothing happened before, and no arithmetic goes wrong after."""
AFRESH: Final = (
    update(DELIVERY)
    .where(DELIVERY.c.id == bindparam("ended"))
    .values(state=State.WAITING, attempts=0, token=None, due_at=bindparam("due"), finished_at=None)
)


def replay(connection: Connection, endpoint: Endpoint, chosen: Replay, now: datetime) -> Replayed:
    """Let a page of what was chosen be due afresh; the endpoint is held, so that nobody else changes its own."""
    if chosen.since is not None:
        return _since(connection, endpoint, chosen, chosen.since, now)
    own = select(DELIVERY.c.id).where(DELIVERY.c.endpoint_id == endpoint.id).order_by(DELIVERY.c.id)
    if chosen.deliveries is not None:
        wanted = own.where(ENDED, DELIVERY.c.id.in_(chosen.deliveries))
    else:
        wanted = own.where(DEAD, DELIVERY.c.id > UUID(int=chosen.after))
    found = connection.execute(wanted.limit(chosen.most)).scalars().all()
    _again(connection, [(one, now + place * APART) for place, one in enumerate(found)])
    return Replayed(len(found), found[-1].int if len(found) == chosen.most and chosen.deliveries is None else None)


def _since(connection: Connection, endpoint: Endpoint, chosen: Replay, since: datetime, now: datetime) -> Replayed:
    """Go along a page of what happened since a moment: what ended is due afresh, what was never planned is planned."""
    rows = _happened(connection, endpoint, chosen, since)
    places = [(row, now + place * APART) for place, row in enumerate(rows)]
    ended = [(row["delivery"], due) for row, due in places if _ended(row)]
    missed = [made for row, due in places for made in _missed(endpoint, row, due)]
    _again(connection, ended)
    if missed:
        connection.execute(DELIVERY.insert(), missed)
    return _gone_along(rows, chosen, len(ended) + len(missed))


def would(connection: Connection, endpoint: Endpoint, chosen: Replay, now: datetime) -> Replayed:
    """Count a page of what a replay since a moment would send; nothing is changed."""
    rows = [] if chosen.since is None else _happened(connection, endpoint, chosen, chosen.since)
    return _gone_along(rows, chosen, sum(_ended(row) or bool(_missed(endpoint, row, now)) for row in rows))


def _ended(row: RowMapping) -> bool:
    return row["delivery"] is not None and row["state"] is not State.WAITING


def _missed(endpoint: Endpoint, row: RowMapping, due: datetime) -> list[dict[str, Any]]:
    """Give what is to be planned of an event that was never planned, where the endpoint wants to hear of it."""
    return [] if row["delivery"] else list(planned(endpoint, [row], due))


def _gone_along(rows: Sequence[RowMapping], chosen: Replay, planned: int) -> Replayed:
    return Replayed(planned, rows[-1]["position"] if len(rows) == chosen.most else None)


def _happened(connection: Connection, endpoint: Endpoint, chosen: Replay, since: datetime) -> Sequence[RowMapping]:
    """Give a page of what happened since a moment, in order, each with its delivery where there is one."""
    after = chosen.after or _before(connection, endpoint.site_id, max(since, BEGINNING) - MARGIN)
    known = and_(DELIVERY.c.endpoint_id == endpoint.id, DELIVERY.c.event_id == EVENT.c.id)
    happened = (
        HEARD.add_columns(DELIVERY.c.id.label("delivery"), DELIVERY.c.state)
        .outerjoin(DELIVERY, known)
        .where(EVENT.c.site_id == endpoint.site_id, EVENT.c.position > after, EVENT.c.created_at >= since)
    )
    if endpoint.events:
        happened = happened.where(EVENT.c.type.in_(endpoint.hears))
    return connection.execute(happened.limit(chosen.most)).mappings().all()


def _again(connection: Connection, ended: Sequence[tuple[UUID, datetime]]) -> None:
    if ended:
        rows: list[dict[str, Any]] = [{"ended": delivery_id, "due": due} for delivery_id, due in ended]
        connection.execute(AFRESH, rows)


def _before(connection: Connection, site_id: UUID, moment: datetime) -> int:
    """Give a position below everything that happened at a site since a moment: halved until it is found."""
    own = select(EVENT.c.created_at).where(EVENT.c.site_id == site_id).order_by(EVENT.c.position).limit(1)
    low, high = 0, connection.execute(select(func.coalesce(func.max(EVENT.c.position), 0))).scalar_one()
    while low < high:
        middle = (low + high) // 2
        found = connection.execute(own.where(EVENT.c.position > middle)).scalar()
        if found is not None and found < moment:
            low = middle + 1
        else:
            high = middle
    return int(low)
