"""Laying aside: what waits for an endpoint that is gone, or rests, does not stand before what can be sent."""

from typing import Final
from uuid import UUID

from moderation.services.ports import Deps

LAID_ASIDE: Final = 5000
"""So many deliveries at once: nobody waits long for what they hang on."""


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
