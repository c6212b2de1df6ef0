"""Deliveries: one event on its way to one endpoint, when it is tried again, and when it is given up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final, Self
from uuid import UUID

from moderation.domain.endpoint import Ending, Endpoint
from moderation.domain.event import PREFIX, instant

SCHEDULE: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (0, 5, 5 * 60, 30 * 60, *(hours * 3600 for hours in (2, 5, 10, 14, 20, 24)))
)
"""How long to wait before each attempt, as Standard Webhooks has it; after the last one the delivery is dead."""
JITTER: Final = 0.2
MOST_WAIT: Final = timedelta(hours=24)
"""A receiver may ask for more patience, but not for more than this."""
GRACE: Final = timedelta(seconds=10)
"""A person's decision may be undone for so long before anybody hears of it."""
TOO_OFTEN: Final = 10
"""After so many failures in a row an endpoint is left alone for a while."""
REST: Final = timedelta(seconds=15)
MOST_REST: Final = timedelta(minutes=15)
GIVE_UP: Final = timedelta(days=5)
"""An endpoint that did nothing but fail for so long is disabled."""
KEPT: Final = timedelta(days=30)
ANSWER_MAX: Final = 1000
PING: Final = "ping"


class State(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event, or a ping, on its way to one endpoint."""

    id: UUID
    site_id: UUID
    endpoint_id: UUID
    event_id: UUID | None
    """None for a ping."""
    type: str
    planned_at: datetime
    attempts: int = 0

    @property
    def message_id(self) -> str:
        """Give the id under which every attempt is sent: the event's own."""
        return f"{PREFIX}{self.event_id or self.id}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt: a status with an answer, or the kind of failure without one."""

    status: int | None
    failure: str | None
    latency_ms: int
    answer: str = ""
    retry_after: timedelta | None = None

    @property
    def arrived(self) -> bool:
        """Whether the receiver took it: 2xx and nothing else."""
        return self.status is not None and HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def gone(self) -> bool:
        """Whether the receiver wants to hear nothing any more."""
        return self.status == HTTPStatus.GONE


@dataclass(frozen=True, slots=True)
class Underway:
    """How delivering goes on a whole installation."""

    due: int
    dead: int
    lag: float
    """For how many seconds the oldest is due."""


def pause(attempts: int, outcome: Outcome, chance: float) -> timedelta | None:
    """Say how long to wait after so many attempts, for a chance from 0 to 1; None where it is given up."""
    if attempts >= len(SCHEDULE):
        return None
    jittered = SCHEDULE[attempts] * (1 - JITTER + 2 * JITTER * chance)
    return max(jittered, min(outcome.retry_after or timedelta(), MOST_WAIT))


@dataclass(frozen=True, slots=True)
class Health:
    """How an endpoint fares: failures in a row, since when, until when it rests, and whether that was its end."""

    failures: int
    failing_since: datetime | None
    rests_until: datetime | None
    ended: Ending | None

    @classmethod
    def of(cls, endpoint: Endpoint) -> Self:
        """Say how an endpoint fared so far."""
        return cls(endpoint.failures, endpoint.failing_since, endpoint.rests_until, endpoint.ended)


def fare(endpoint: Endpoint, outcomes: Sequence[Outcome], now: datetime) -> Health:
    """Say how an endpoint fares after these attempts, in the order in which they ended."""
    failures, since = endpoint.failures, endpoint.failing_since
    for outcome in outcomes:
        failures, since = (0, None) if outcome.arrived else (failures + 1, since or now)
    rests = now + _rest(failures) if failures >= TOO_OFTEN else None
    if any(outcome.gone for outcome in outcomes):
        return Health(failures, since, rests, Ending.GONE)
    given_up = since is not None and now - since >= GIVE_UP
    return Health(failures, since, rests, Ending.FAILING if given_up else None)


def _rest(failures: int) -> timedelta:
    """Rest longer each time that the one attempt after a rest fails, too."""
    doublings = min(failures - TOO_OFTEN, 10)
    return min(REST * (1 << doublings), MOST_REST)


def ping_told(delivery: Delivery) -> dict[str, Any]:
    """Give a ping as it is told: it says nothing but that it arrives."""
    return {
        "type": PING,
        "id": delivery.message_id,
        "timestamp": instant(delivery.planned_at),
        "sequence": 0,
        "data": {},
    }
