"""Deliveries: what was planned is claimed, sent with nothing open, and what came of it is written down."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import random
from threading import Thread
from time import monotonic
from typing import Any, Final
from uuid import UUID

import structlog

from moderation.domain.delivery import KEPT, TOO_OFTEN, Delivery, Health, Outcome, Underway, fare, pause, ping_told
from moderation.domain.endpoint import Endpoint
from moderation.domain.errors import Unreadable
from moderation.domain.event import told
from moderation.domain.formats import WRITTEN_AS
from moderation.domain.notice import Kind, Mail
from moderation.services.ports import Attempted, Deps, Parcel, Uow
from moderation.services.sealed import headers_of, secrets_of

BATCH: Final = 64
AT_ONCE: Final = 8
"""So many requests may be under way to one endpoint, for the first time or again."""
START: Final = 3.0
"""Seconds after the claim in which an attempt begins; it ends within its deadline of fifteen, and so in the lease."""
LEASE: Final = timedelta(seconds=25)
PURGED: Final = 500
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Batch:
    """What was claimed at one endpoint under one token, with the events as they are to be told."""

    endpoint: Endpoint
    token: UUID
    claimed_at: datetime
    """By the database's clock."""
    since: float
    """The same moment by the clock of this process that nobody sets."""
    deliveries: Sequence[Delivery] = ()
    rows: Mapping[UUID, Mapping[str, Any]] = field(default_factory=dict)

    def now(self) -> datetime:
        """Tell the time as the database has it, whatever the clock of this machine says."""
        return self.claimed_at + timedelta(seconds=monotonic() - self.since)

    def body_of(self, delivery: Delivery, desk: str) -> bytes:
        """Write what is told of a delivery's event, of which the comment is as it is now, as the endpoint reads it."""
        what = ping_told(delivery) if delivery.event_id is None else told(self.rows[delivery.event_id])
        return WRITTEN_AS[self.endpoint.format](what, desk)


def waiting(deps: Deps, *, tried: bool) -> list[UUID]:
    """Name the endpoints for which something is due, for the first time or again."""
    with deps.reading(None) as uow:
        return uow.deliveries.due_endpoints(tried=tried)


@dataclass(frozen=True, slots=True)
class Round:
    """One batch that was sent: how much of it was tried, and whether something was due there as it was written down."""

    tried: int
    more: bool


def deliver(deps: Deps, endpoint_id: UUID, *, tried: bool) -> Round:
    """Send one batch of what is due at an endpoint.

    A claim is a lease. Who comes back after it ran out changes nothing, and the event is sent
    again under the same id: at least once. Nothing is open while we talk.
    """
    batch = _claimed(deps, endpoint_id, tried=tried)
    if batch is None:
        return Round(0, more=False)
    ended = _sent(deps, batch)
    return Round(len(ended), _write_down(deps, batch, ended, tried=tried))


def underway(deps: Deps) -> Underway:
    """Say how much is due and how much is dead on this installation, and for how long the oldest is due."""
    with deps.reading(None) as uow:
        return uow.deliveries.underway()


def purge(deps: Deps) -> int:
    """Forget some of what ended a month ago; say how much there was."""
    with deps.uow(None) as uow:
        gone = uow.deliveries.purge(KEPT, PURGED)
        uow.commit()
    return gone


def _claimed(deps: Deps, endpoint_id: UUID, *, tried: bool) -> Batch | None:
    """Lease what is due; an endpoint that failed many times in a row gets a single one, to see whether it is back."""
    with deps.uow(None) as uow:
        endpoint, token = uow.endpoints.lock(endpoint_id), deps.new_id()
        if endpoint is None:  # It was disabled while this was planned, which is dead then, too.
            uow.deliveries.bury(endpoint_id)
            uow.commit()
            return None
        began, most = monotonic(), 1 if endpoint.failures >= TOO_OFTEN else BATCH
        claimed = uow.deliveries.claim(endpoint_id, token, most, LEASE, tried=tried)
        if claimed is None:
            return None
        rows = uow.events.told([each.event_id for each in claimed.deliveries if each.event_id is not None])
        uow.commit()
    return Batch(endpoint, token, claimed.at, began, claimed.deliveries, rows)


def _sent(deps: Deps, batch: Batch) -> list[tuple[Delivery, Outcome]]:
    """Send what was claimed, several at once; give what was tried, in the order in which it ended."""
    try:
        secrets = secrets_of(deps, batch.endpoint, batch.now())
        parcel = partial(Parcel, batch.endpoint.url, secrets, headers_of(deps, batch.endpoint))
    except Unreadable:
        return [(delivery, Outcome(None, "secret-unreadable", 0)) for delivery in batch.deliveries]
    ended: list[tuple[Delivery, Outcome]] = []
    attempt = partial(_attempt, deps, batch, parcel, monotonic() + START, ended)
    left = deque(batch.deliveries)
    courier = partial(Thread, target=_one_by_one, args=(attempt, left), name="courier", daemon=True)
    beside = [courier() for _ in batch.deliveries[1:AT_ONCE]]
    for each in beside:
        each.start()
    _one_by_one(attempt, left)
    for each in beside:
        each.join()
    return ended


def _one_by_one(attempt: Callable[[Delivery], None], left: deque[Delivery]) -> None:
    """Attempt what is left, which other couriers take from as well."""
    with suppress(IndexError):  # Nothing is left.
        while True:
            attempt(left.popleft())


def _attempt(
    deps: Deps,
    batch: Batch,
    parcel: Callable[[str, bytes, datetime], Parcel],
    until: float,
    ended: list[tuple[Delivery, Outcome]],
    delivery: Delivery,
) -> None:
    """Send one delivery and note what came of it, unless it is too late to begin."""
    if monotonic() >= until:
        return
    try:
        outcome = deps.send(
            parcel(delivery.message_id, batch.body_of(delivery, f"{deps.public_url}/console"), batch.now())
        )
    except Exception as error:  # noqa: BLE001 (whatever it is, the others go on, and this is tried again)
        log.warning("delivery-failed", delivery=str(delivery.id), error=type(error).__name__)
        outcome = Outcome(None, "unexpected", 0)
    ended.append((delivery, outcome))


def _write_down(deps: Deps, batch: Batch, ended: Sequence[tuple[Delivery, Outcome]], *, tried: bool) -> bool:
    """Keep what came of each attempt whose lease still holds, and how the endpoint fares; give back the rest.

    Say whether more is due there, so that nobody has to claim it to find that out; no, where there was no time for any.
    """
    attempted = [Attempted(delivery, outcome, _again(delivery, outcome)) for delivery, outcome in ended]
    with deps.uow(None) as uow:
        endpoint = uow.endpoints.lock(batch.endpoint.id)
        now = uow.deliveries.settle(batch.token, attempted)
        if len(ended) < len(batch.deliveries):
            uow.deliveries.release(batch.token)
        if endpoint is not None and endpoint.url == batch.endpoint.url:  # Who was asked is who is judged.
            _note(deps, uow, endpoint, fare(endpoint, [outcome for _, outcome in ended], now))
        more = bool(ended) and uow.deliveries.is_due(batch.endpoint.id, tried=tried)
        uow.commit()
    return more


def _again(delivery: Delivery, outcome: Outcome) -> timedelta | None:
    """Say how long to wait before the next attempt; None where there is none."""
    return None if outcome.arrived else pause(delivery.attempts, outcome, random())  # noqa: S311 (jitter is no secret)


def _note(deps: Deps, uow: Uow, endpoint: Endpoint, health: Health) -> None:
    """Keep how an endpoint fares; tell operators where it is in trouble, and owners by mail where that is its end."""
    if health != Health.of(endpoint):
        uow.endpoints.note(endpoint.id, health)
    names = {"endpoint": str(endpoint.id), "site": str(endpoint.site_id)}
    if health.rests_until is not None:
        uow.deliveries.put_off(endpoint.id, health.rests_until)
        log.warning("endpoint-rests", failures=health.failures, **names)
    if health.ended is not None:
        uow.deliveries.bury(endpoint.id)
        owners = uow.notices.owners(endpoint.site_id)
        uow.notices.plan([Mail(deps.new_id(), endpoint.site_id, owner.id, Kind.ENDED) for owner in owners])
        log.warning("endpoint-disabled", reason=health.ended, **names)
