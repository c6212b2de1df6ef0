"""Noting: whatever changes how a site is run is written down for its audit, in the transaction that changes it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from moderation.domain.audit import Act, Entry, Who
from moderation.services.ports import Deps, Uow


def note(
    deps: Deps,
    uow: Uow,
    act: Act,
    sites: Iterable[UUID],
    *,
    by: Who | None = None,
    subject: UUID | None = None,
    **told: Any,
) -> None:
    """Write down at each of these sites what was done; by whoever the request is made for, unless said otherwise."""
    who, note_id, now = by or deps.by, deps.new_id(), deps.now()
    uow.audit.note([Entry(note_id, site, act, who.kind, who.id, now, subject, told) for site in sites])
