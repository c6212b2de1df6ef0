"""Laying aside: what waits for an endpoint that is gone, or rests, does not stand before what can be sent."""

from typing import Final
from uuid import UUID

from moderation.domain.endpoint import Endpoint
from moderation.services.ports import Deps, Uow

LAID_ASIDE: Final = 5000
"""So many deliveries at once: nobody waits long for what they hang on."""


def lay_aside(deps: Deps, endpoint_id: UUID) -> None:
    """Let what waits where it cannot be sent be dead, or due after the endpoint's rest; a piece at a time."""
    moved = LAID_ASIDE
    while moved == LAID_ASIDE:
        with deps.uow(None) as uow:
            found = uow.endpoints.find(endpoint_id)
            if found is None or (found.enabled and not found.rests_until):
                return
            moved = _piece(uow, uow.endpoints.hold(found.site_id, endpoint_id))
            uow.commit()


def _piece(uow: Uow, endpoint: Endpoint | None) -> int:
    """Lay some aside at an endpoint that is held, so that nobody enables it meanwhile; say how much that was."""
    if endpoint is None:
        return 0
    if not endpoint.enabled:
        return uow.deliveries.bury(endpoint.id, LAID_ASIDE)
    return uow.deliveries.put_off(endpoint.id, endpoint.rests_until, LAID_ASIDE) if endpoint.rests_until else 0
