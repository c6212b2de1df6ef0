"""Deliveries: what was planned is claimed, and what came of sending it is written down."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from random import random
from time import monotonic
from typing import Final
from uuid import UUID

import structlog

from moderation.domain.delivery import KEPT, TOO_OFTEN, Delivery, Health, Outcome, Underway, fare, pause
from moderation.domain.endpoint import Endpoint
from moderation.domain.notice import Kind, Mail
from moderation.services.ports import Attempted, Claimed, Deps, Uow
from moderation.services.sending import Batch, Sent

BATCH: Final = 64
LEASE: Final = timedelta(seconds=25)
PURGED: Final = 500
log = structlog.get_logger()


def waiting(deps: Deps, *, tried: bool) -> list[UUID]:
    """Name the endpoints for which something is due, for the first time or again."""
    with deps.reading(None) as uow:
        return uow.deliveries.due_endpoints(tried=tried)


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


def _events(claimed: Iterable[Claimed | None]) -> set[UUID]:
    return {each.event_id for one in claimed if one for each in one.deliveries if each.event_id is not None}


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
