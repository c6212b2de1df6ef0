"""Deliveries as rows, claimed by lease."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, delete, exists, func, literal_column, select, update
from uuid_utils.compat import uuid7

from moderation.adapters.db.models import AttemptRow, CommentRow, DeliveryRow, EndpointRow, EventRow
from moderation.adapters.db.stores.base import Store, table
from moderation.adapters.db.stores.endpoints import endpoint_of
from moderation.adapters.db.stores.planning import HEARD_AMONG, as_row, planned
from moderation.adapters.db.stores.replaying import replay, would
from moderation.adapters.db.types import among, db_now
from moderation.domain.delivery import Delivery, State, Underway
from moderation.domain.endpoint import Endpoint
from moderation.services.ports import Attempted, Claimed, Replay, Replayed

DELIVERY, ATTEMPT, ENDPOINT = table(DeliveryRow), table(AttemptRow), table(EndpointRow)
EVENT, COMMENT = table(EventRow), table(CommentRow)
WAITS: Final = DELIVERY.c.state == literal_column("'waiting'")
"""Written out, not bound: a prepared statement must still find the partial index."""
DUE: Final = and_(WAITS, DELIVERY.c.due_at <= db_now())
THERE: Final = DELIVERY.c.endpoint_id == bindparam("endpoint")
LEASED: Final = and_(WAITS, among(DELIVERY.c.token, "held"))
HELD: Final = select(DELIVERY.c.id, db_now().label("now")).where(LEASED)
FAILED: Final = (
    update(DELIVERY)
    .where(DELIVERY.c.id == bindparam("failed"))
    .values(token=None, state=bindparam("then"), due_at=bindparam("due"), finished_at=bindparam("finished"))
)
OTHERS: Final = DELIVERY.alias("others")
SITES: Final = select(EVENT.c.site_id).where(among(EVENT.c.id, "ids")).distinct()
LISTENING: Final = select(ENDPOINT).where(ENDPOINT.c.enabled, among(ENDPOINT.c.site_id, "sites"))
OF_DELIVERY: Final = [DELIVERY.c[name] for name in Delivery.__dataclass_fields__]


@lru_cache
def _leased(lease: timedelta, *, tried: bool) -> Any:
    """Lease what is due for longest at one endpoint where nobody is at it, of what was tried before or of the rest."""
    own = OTHERS.c.attempts > 1 if tried else OTHERS.c.attempts == 1
    held = and_(OTHERS.c.state == literal_column("'waiting'"), OTHERS.c.token.is_not(None), OTHERS.c.due_at > db_now())
    busy = exists().where(OTHERS.c.endpoint_id == bindparam("endpoint"), held, own)
    oldest = select(DELIVERY.c.id).where(THERE, DUE, _class(tried=tried), ~busy).order_by(DELIVERY.c.due_at)
    # Materialised, because PostgreSQL may otherwise run the subquery anew for each row and pass the limit.
    few = oldest.limit(bindparam("most")).with_for_update(skip_locked=True).cte("few").prefix_with("MATERIALIZED")
    return (
        update(DELIVERY)
        .where(DELIVERY.c.id.in_(select(few.c.id)))
        .values(token=bindparam("held"), attempts=DELIVERY.c.attempts + 1, due_at=db_now(lease))
        .returning(*OF_DELIVERY, db_now().label("now"))
    )


def _class(*, tried: bool) -> Any:
    return DELIVERY.c.attempts > 0 if tried else DELIVERY.c.attempts == 0


class SqlDeliveries(Store):
    """Events on their way to endpoints. What somebody holds is due again when the lease runs out."""

    def clock(self) -> datetime:
        """Tell the database's time."""
        moment: datetime = self.connection.execute(select(db_now())).scalar_one()
        return moment

    def plan(self, event_ids: Collection[UUID]) -> int:
        """Plan a delivery of each of these events to each endpoint that wants to hear of it; return how many."""
        if not event_ids:
            return 0
        named = {"ids": list(event_ids)}
        sites = self.connection.execute(SITES, named).scalars().all()
        listening = [
            found
            for row in self.connection.execute(LISTENING, {"sites": sites}).mappings()
            if (found := endpoint_of(row))
        ]
        if not listening:
            return 0
        now = self.clock()
        rows = self.connection.execute(HEARD_AMONG, named).mappings().all()
        due = [each for endpoint in listening for each in planned(endpoint, rows, now)]
        if due:
            self.connection.execute(DELIVERY.insert(), due)
        return len(due)

    def plan_ping(self, delivery: Delivery) -> None:
        """Plan something that is no event."""
        self.connection.execute(DELIVERY.insert(), [as_row(delivery, self.clock())])

    def claim(self, endpoint_id: UUID, token: UUID, most: int, lease: timedelta, *, tried: bool) -> Claimed | None:
        """Lease what is due for longest at an endpoint that is locked; nothing while somebody is at it already."""
        wanted = {"endpoint": endpoint_id, "held": token, "most": most}
        rows = [dict(row) for row in self.connection.execute(_leased(lease, tried=tried), wanted).mappings()]
        if not rows:
            return None
        now = max(row.pop("now") for row in rows)
        return Claimed(token, now, sorted((Delivery(**row) for row in rows), key=lambda each: each.event_id or each.id))

    def settle(self, tokens: Sequence[UUID], attempted: Sequence[Attempted]) -> datetime:
        """Write down attempts whose lease still holds, and tell the time; the rest is somebody else's now."""
        leased = self.connection.execute(HELD, {"held": list(tokens)}).all()
        if not leased:
            return self.clock()
        held = {row.id for row in leased}
        now: datetime = leased[0].now
        live = [each for each in attempted if each.delivery.id in held]
        if live:
            self._write_down(live, now)
        return now

    def _write_down(self, live: Sequence[Attempted], now: datetime) -> None:
        forgotten = self._forgotten([each for each in live if each.outcome.answer])
        self.connection.execute(ATTEMPT.insert(), [_tried(each, now, forgotten) for each in live])
        arrived = [each.delivery.id for each in live if each.outcome.arrived]
        if arrived:
            ended = {"state": State.DELIVERED, "token": None, "finished_at": now}
            self.connection.execute(update(DELIVERY).where(DELIVERY.c.id.in_(arrived)).values(**ended))
        if failed := [_failed(each, now) for each in live if not each.outcome.arrived]:
            self.connection.execute(FAILED, failed)

    def _forgotten(self, answered: Sequence[Attempted]) -> set[UUID]:
        """Name the events whose comment's text is there no longer; the others keep theirs until we commit.

        An answer may repeat what it was told, so that it goes with the text, also where it comes after that.
        """
        if not answered:
            return set()
        spoken = select(EVENT.c.id, EVENT.c.revision, COMMENT.c.revision.label("now"), COMMENT.c.text == "").join(
            COMMENT, COMMENT.c.id == EVENT.c.comment_id
        )
        told = spoken.where(EVENT.c.id.in_([each.delivery.event_id for each in answered if each.delivery.event_id]))
        rows = self.connection.execute(told.order_by(COMMENT.c.id).with_for_update(read=True, of=COMMENT)).all()
        return {event for event, then, now, empty in rows if then != now or empty}

    def release(self, tokens: Sequence[UUID]) -> None:
        """Give back what was leased and not tried, as if it had not been taken."""
        if not tokens:
            return
        untried = {"token": None, "attempts": DELIVERY.c.attempts - 1, "due_at": db_now()}
        self.connection.execute(update(DELIVERY).where(LEASED).values(**untried), {"held": list(tokens)})

    def put_off(self, endpoint_id: UUID, until: datetime, most: int) -> int:
        """Let some of what waits for an endpoint not be due before a moment; say how much there was."""
        sooner = select(DELIVERY.c.id).where(THERE, WAITS, DELIVERY.c.token.is_(None), DELIVERY.c.due_at < until)
        return self._some(sooner, endpoint_id, most, due_at=until)

    def bury(self, endpoint_id: UUID, most: int) -> int:
        """Let some of what waits for an endpoint be dead, to be replayed when it is back; say how much there was."""
        waiting = select(DELIVERY.c.id).where(THERE, WAITS)
        return self._some(waiting, endpoint_id, most, state=State.DEAD, token=None, finished_at=db_now())

    def _some(self, which: Select[Any], endpoint_id: UUID, most: int, **then: Any) -> int:
        some = DELIVERY.c.id.in_(which.limit(most))
        return self.connection.execute(update(DELIVERY).where(some).values(**then), {"endpoint": endpoint_id}).rowcount

    def replay(self, endpoint: Endpoint, chosen: Replay) -> Replayed:
        """Let a page of what ended be due afresh, and what an endpoint that is held was never told since a moment."""
        return replay(self.connection, endpoint, chosen, self.clock())

    def would_replay(self, endpoint: Endpoint, chosen: Replay) -> Replayed:
        """Count a page of what a replay since a moment would send, and nothing of any other."""
        return would(self.connection, endpoint, chosen, self.clock())

    def due_endpoints(self, *, tried: bool) -> list[UUID]:
        """Name the endpoints for which something is due, for the first time or again; who waits longest comes first."""
        due = select(DELIVERY.c.endpoint_id).where(DUE, _class(tried=tried)).group_by(DELIVERY.c.endpoint_id)
        return list(self.connection.execute(due.order_by(func.min(DELIVERY.c.due_at))).scalars())

    def due_among(self, endpoint_ids: Sequence[UUID], *, tried: bool) -> set[UUID]:
        """Name those of these endpoints for which something is due, for the first time or again."""
        due = exists().where(DELIVERY.c.endpoint_id == ENDPOINT.c.id, DUE, _class(tried=tried))
        found = select(ENDPOINT.c.id).where(among(ENDPOINT.c.id, "ids"), due)
        return set(self.connection.execute(found, {"ids": list(endpoint_ids)}).scalars()) if endpoint_ids else set()

    def due(self) -> set[bool]:
        """Say whether something is due for the first time (False), and whether something is again (True)."""
        ways = (select(DELIVERY.c.id).where(DUE, _class(tried=tried)).limit(1) for tried in (False, True))
        return {tried for tried, way in zip((False, True), ways, strict=True) if self.connection.execute(way).first()}

    def purge(self, age: timedelta, most: int) -> int:
        """Forget some of what ended before that; its attempts go with it."""
        old = select(DELIVERY.c.id).where(DELIVERY.c.finished_at < db_now(-age)).order_by(DELIVERY.c.finished_at)
        return self.connection.execute(delete(DELIVERY).where(DELIVERY.c.id.in_(old.limit(most)))).rowcount

    def underway(self) -> Underway:
        """Say how much is due and how much is dead, and for how many seconds the oldest is due."""
        due = select(func.count(), func.min(DELIVERY.c.due_at)).where(DUE)
        waiting, oldest = self.connection.execute(due).one()
        dead = select(func.count()).where(DELIVERY.c.state == literal_column("'dead'"))
        lag = (self.clock() - oldest).total_seconds() if oldest else 0.0
        return Underway(waiting, self.connection.execute(dead).scalar_one(), lag)


def _failed(each: Attempted, now: datetime) -> dict[str, Any]:
    """Let a delivery be due again after its pause, or be dead."""
    dead = each.again is None
    return {
        "failed": each.delivery.id,
        "then": State.DEAD if dead else State.WAITING,
        "due": now + (each.again or timedelta()),
        "finished": now if dead else None,
    }


def _tried(each: Attempted, now: datetime, forgotten: Collection[UUID]) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "site_id": each.delivery.site_id,
        "delivery_id": each.delivery.id,
        "ended_at": now,
        "status": each.outcome.status,
        "failure": each.outcome.failure,
        "latency_ms": each.outcome.latency_ms,
        "answer": "" if each.delivery.event_id in forgotten else each.outcome.answer,
    }
