"""Events: the numbering pass, and the feed that catches a publisher up."""

from typing import Any, Final
from uuid import UUID

from moderation.domain.errors import Fault, Invalid
from moderation.domain.event import PREFIX
from moderation.services.correspondence import write_to_authors
from moderation.services.paging import Page
from moderation.services.ports import Bell, Deps

BATCH: Final = 1000
MOST_PLANNED: Final = 2000
"""Deliveries that one pass plans at most, so that nobody waits long for it, however many endpoints a site has."""


def number(deps: Deps, batch: int = BATCH) -> int:
    """Give positions to committed events and plan their deliveries, in one transaction; return how many there were.

    An event is numbered once, by one pass at a time, so each endpoint gets one delivery of it and each author one mail.
    """
    with deps.uow(None) as uow:
        numbered = uow.events.number(min(batch, MOST_PLANNED // max(1, uow.endpoints.busiest())))
        uow.deliveries.plan(numbered)
        written = write_to_authors(deps, uow, numbered)
        uow.commit()
    if written:
        deps.ring(Bell.MAIL)
    return len(numbered)


def feed(deps: Deps, site_id: UUID, *, after: str | None, limit: int) -> Page:
    """Give the events after a cursor, or after an event's own id, oldest first.

    The cursor that comes back leads on from the last row, also where nothing follows yet.
    """
    with deps.views(site_id) as views:
        position = _position(deps, site_id, after, views.position_of) if after else 0
        rows = views.feed(site_id, after=position, limit=limit)
    cursor = deps.seals.sign_cursor(str(rows[-1]["position"]), f"events:{site_id}") if rows else None
    return Page(rows, cursor)


def _position(deps: Deps, site_id: UUID, after: str, position_of: Any) -> int:
    try:
        if after.startswith(PREFIX):
            position = position_of(site_id, UUID(after.removeprefix(PREFIX)))
        else:
            position = int(deps.seals.read_cursor(after, f"events:{site_id}"))
    except ValueError:
        position = None
    if position is None:
        raise Invalid([Fault("/after", "cursor-invalid", "Use a cursor or an event's id from this feed.")])
    return int(position)
