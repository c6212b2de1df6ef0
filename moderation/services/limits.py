"""Limits that more than one use case is under, and whose turn it is."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from threading import Event
from time import monotonic
from typing import Final
from uuid import UUID

from moderation.domain.errors import Conflict
from moderation.domain.privacy import network_key
from moderation.services.ports import Deps, Limit, Standing

PATIENCE: Final = 5.0
GLANCE: Final = 0.01
RISKY: Final[Mapping[str, int]] = {"network": 8, "site": 10}
"""So many within a limit's window, from one network or to one site, are more than people send by themselves."""


def network_limit(deps: Deps, site_id: UUID, address: str) -> Limit:
    """Say how much may be sent to a site from one network, whatever is sent; the counter is told no address."""
    place = deps.seals.digest("network", str(site_id), network_key(address)).hex()
    return Limit("network", 20, timedelta(minutes=10), place)


def site_limit(site_id: UUID) -> Limit:
    """Say how much may be sent to a site, whoever sends it."""
    return Limit("site", 100, timedelta(seconds=1), str(site_id))


def risk_of(standings: Iterable[Standing]) -> float:
    """Say how near it is to what is risky, by what was counted anyway: from 1.0 on it is."""
    used = ((standing.limit.name, standing.limit.amount - standing.remaining) for standing in standings)
    return max((amount / RISKY[name] for name, amount in used if name in RISKY), default=0.0)


@contextmanager
def in_turn(deps: Deps, request: str | None) -> Iterator[None]:
    """Let requests that are the same go one after the other, so that the later ones find what the first one did.

    One without a name waits for nobody. Raises Conflict for one that waited five seconds.
    """
    if request is None:
        yield
        return
    until = monotonic() + PATIENCE
    while not deps.limits.begin(request):
        if monotonic() > until:
            raise Conflict("The first request under this key is still under way.", code="idempotency-in-progress")
        Event().wait(GLANCE)
    try:
        yield
    finally:
        deps.limits.end(request)
