"""Deliveries: what was planned is claimed, sent with nothing open, and what came of it is written down."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
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
from moderation.services.ports import Attempted, Claimed, Deps, Parcel, Uow
from moderation.services.sealed import headers_of, secrets_of

BATCH: Final = 64
AT_ONCE: Final = 8
"""So many requests may be under way to one endpoint, for the first time or again."""
START: Final = 3.0
"""Seconds after the claim in which an attempt begins; it ends within its deadline of fifteen, and so in the lease."""
LEASE: Final = timedelta(seconds=25)
PURGED: Final = 500
LAID_ASIDE: Final = 5000
"""So many deliveries at once: nobody waits long for what they hang on."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Batch:
    """What was claimed at one endpoint under one token, with the events as they are to be told."""

    endpoint: Endpoint
    claimed: Claimed
    since: float
    """The moment of the claim by the clock of this process that nobody sets."""
    rows: Mapping[UUID, Mapping[str, Any]]

    @property
    def deliveries(self) -> Sequence[Delivery]:
        """Give what was claimed, in the order of its events."""
        return self.claimed.deliveries

    def now(self) -> datetime:
        """Tell the time as the database has it, whatever the clock of this machine says."""
        return self.claimed.at + timedelta(seconds=monotonic() - self.since)

    def body_of(self, delivery: Delivery, desk: str) -> bytes:
        """Write what is told of a delivery's event, of which the comment is as it is now, as the endpoint reads it."""
        what = ping_told(delivery) if delivery.event_id is None else told(self.rows[delivery.event_id])
        return WRITTEN_AS[self.endpoint.format](what, desk)


def waiting(deps: Deps, *, tried: bool) -> list[UUID]:
    """Name the endpoints for which something is due, for the first time or again."""
    with deps.reading(None) as uow:
        return uow.deliveries.due_endpoints(tried=tried)


@dataclass(frozen=True, slots=True)
class Sent:
    """A batch, and what came of each delivery of it that was tried, in the order in which they ended."""

    batch: Batch
    ended: Sequence[tuple[Delivery, Outcome]]

    @property
    def lacking(self) -> bool:
        """Say whether there was no time for some of it."""
        return len(self.ended) < len(self.batch.deliveries)


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


def claim(deps: Deps, endpoint_ids: Sequence[UUID], *, tried: bool) -> list[Batch | None]:
    """Lease what is due at each of these endpoints, in one transaction; None where there is nothing, or it rests.

    A claim is a lease. Who comes back after it ran out changes nothing, and the event is sent
    again under the same id: at least once.
    """
    with deps.uow(None) as uow:
        endpoints, began = uow.endpoints.lock(endpoint_ids), monotonic()
        claimed = {name: _claimed(deps, uow, each, tried=tried) for name, each in endpoints.items()}
        rows = uow.events.told(_events(claimed.values()))
        uow.commit()
    return [
        Batch(endpoints[name], found, began, rows) if (found := claimed.get(name)) else None for name in endpoint_ids
    ]


def _claimed(deps: Deps, uow: Uow, endpoint: Endpoint, *, tried: bool) -> Claimed | None:
    """An endpoint that failed many times in a row gets a single delivery after its rest, to see whether it is back."""
    if endpoint.rests_until and uow.deliveries.clock() < endpoint.rests_until:
        return None
    most = 1 if endpoint.failures >= TOO_OFTEN else BATCH
    return uow.deliveries.claim(endpoint.id, deps.new_id(), most, LEASE, tried=tried)


def lay_aside(deps: Deps, endpoint_id: UUID) -> None:
    """Let what waits where it cannot be sent be dead, or due after the endpoint's rest; a piece at a time."""
    moved = LAID_ASIDE
    while moved == LAID_ASIDE:
        with deps.uow(None) as uow:
            endpoint = uow.endpoints.find(endpoint_id)
            if endpoint is None or not endpoint.enabled:
                moved = uow.deliveries.bury(endpoint_id, LAID_ASIDE)
            elif endpoint.rests_until:
                moved = uow.deliveries.put_off(endpoint_id, endpoint.rests_until, LAID_ASIDE)
            else:
                return
            uow.commit()


def _events(claimed: Iterable[Claimed | None]) -> set[UUID]:
    return {each.event_id for one in claimed if one for each in one.deliveries if each.event_id is not None}


def send(deps: Deps, batch: Batch) -> Sent:
    """Send what was claimed, several at once, with nothing open."""
    try:
        secrets = secrets_of(deps, batch.endpoint, batch.now())
        parcel = partial(Parcel, batch.endpoint.url, secrets, headers_of(deps, batch.endpoint))
    except Unreadable:
        return Sent(batch, [(delivery, Outcome(None, "secret-unreadable", 0)) for delivery in batch.deliveries])
    ended: list[tuple[Delivery, Outcome]] = []
    attempt = partial(_attempt, deps, batch, parcel, batch.since + START, ended)
    left = deque(batch.deliveries)
    courier = partial(Thread, target=_one_by_one, args=(attempt, left), name="courier", daemon=True)
    beside = [courier() for _ in batch.deliveries[1:AT_ONCE]]
    for each in beside:
        each.start()
    _one_by_one(attempt, left)
    for each in beside:
        each.join()
    return Sent(batch, ended)


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


def settle(deps: Deps, several: Sequence[Sent], *, tried: bool) -> list[bool]:
    """Write down, in one transaction, what came of each attempt whose lease still holds, and how each endpoint fares.

    Say of each whether more is to be done there, to be sent or laid aside, so that nobody has to claim it to find that
    out; no, where there was no time for any. What there was no time for is given back.
    """
    attempted = [
        Attempted(delivery, outcome, _again(delivery, outcome)) for one in several for delivery, outcome in one.ended
    ]
    with deps.uow(None) as uow:
        endpoints = uow.endpoints.lock([one.batch.endpoint.id for one in several])
        now = uow.deliveries.settle([one.batch.claimed.token for one in several], attempted)
        uow.deliveries.release([one.batch.claimed.token for one in several if one.lacking])
        aside = {one.batch.endpoint.id for one in several if _judged(deps, uow, endpoints, one, now)}
        due = uow.deliveries.due_among([one.batch.endpoint.id for one in several if one.ended], tried=tried)
        uow.commit()
    return [one.batch.endpoint.id in due | aside for one in several]


def _judged(deps: Deps, uow: Uow, endpoints: Mapping[UUID, Endpoint], one: Sent, now: datetime) -> bool:
    """Keep how whoever was asked fares; say whether nothing more can be sent there for now."""
    endpoint = endpoints.get(one.batch.endpoint.id)
    if endpoint is None or endpoint.url != one.batch.endpoint.url:
        return False
    health = fare(endpoint, [outcome for _, outcome in one.ended], now)
    _note(deps, uow, endpoint, health)
    return health.rests_until is not None or health.ended is not None


def _again(delivery: Delivery, outcome: Outcome) -> timedelta | None:
    """Say how long to wait before the next attempt; None where there is none."""
    return None if outcome.arrived else pause(delivery.attempts, outcome, random())  # noqa: S311 (jitter is no secret)


def _note(deps: Deps, uow: Uow, endpoint: Endpoint, health: Health) -> None:
    """Keep how an endpoint fares; tell operators where it is in trouble, and owners by mail where that is its end."""
    if health != Health.of(endpoint):
        uow.endpoints.note(endpoint.id, health)
    names = {"endpoint": str(endpoint.id), "site": str(endpoint.site_id)}
    if health.rests_until is not None:
        log.warning("endpoint-rests", failures=health.failures, **names)
    if health.ended is not None:
        owners = uow.notices.owners(endpoint.site_id)
        uow.notices.plan([Mail(deps.new_id(), endpoint.site_id, owner.id, Kind.ENDED) for owner in owners])
        log.warning("endpoint-disabled", reason=health.ended, **names)
