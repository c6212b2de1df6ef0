"""Sending: what was claimed goes out with nothing open, several at once, and what came of each is noted."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from threading import Thread
from time import monotonic
from typing import Any, Final
from uuid import UUID

import structlog

from moderation.domain.delivery import Delivery, Outcome, ping_told
from moderation.domain.endpoint import Endpoint
from moderation.domain.errors import Unreadable
from moderation.domain.event import told
from moderation.domain.formats import WRITTEN_AS
from moderation.services.ports import Claimed, Deps, Parcel
from moderation.services.sealed import headers_of, secrets_of

AT_ONCE: Final = 8
"""So many requests may be under way to one endpoint, for the first time or again."""
START: Final = 3.0
"""Seconds after the claim in which an attempt begins; it ends within its deadline of fifteen, and so in the lease."""
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


@dataclass(frozen=True, slots=True)
class Sent:
    """A batch, and what came of each delivery of it that was tried, in the order in which they ended."""

    batch: Batch
    ended: Sequence[tuple[Delivery, Outcome]]

    @property
    def lacking(self) -> bool:
        """Say whether there was no time for some of it."""
        return len(self.ended) < len(self.batch.deliveries)


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
