"""Limits that more than one use case is under."""

from datetime import timedelta
from uuid import UUID

from moderation.domain.privacy import network_key
from moderation.services.ports import Deps, Limit


def network_limit(deps: Deps, site_id: UUID, address: str) -> Limit:
    """Say how much may be sent to a site from one network, whatever is sent; the counter is told no address."""
    place = deps.seals.digest("network", str(site_id), network_key(address)).hex()
    return Limit("network", 20, timedelta(minutes=10), place)
