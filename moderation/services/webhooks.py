"""Webhooks: who listens at a site, with which secret, and what is sent once more."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from moderation.domain.audit import Act
from moderation.domain.delivery import PING, Delivery
from moderation.domain.endpoint import MOST_ENDPOINTS, OVERLAP, Endpoint
from moderation.domain.errors import Conflict, Fault, Invalid, NotFound
from moderation.domain.remote import new_secret
from moderation.domain.sentence import Sentence
from moderation.services.aside import lay_aside
from moderation.services.endpoint_choices import fitted
from moderation.services.noting import note
from moderation.services.paging import Page, paged, place
from moderation.services.ports import Bell, Deps, Replay, Replayed, Uow
from moderation.services.sealed import seal
from moderation.services.ways import Warn, unheard, wrong_ways

PAGES: Final = 10
"""So many pages of a replay are counted, and sent, while somebody waits."""


def add(deps: Deps, site_id: UUID, *, url: str, warn: Warn = unheard, **choices: Any) -> tuple[Endpoint, str]:
    """Add an endpoint; the secret beside it is told this once. Raises Invalid with every fault.

    What is odd about it and kept all the same is said to `warn`.
    """
    endpoint_id, secret = deps.new_id(), new_secret()
    bare = Endpoint(endpoint_id, site_id, url, "", (), None, None, deps.now(), seal(deps, site_id, endpoint_id, secret))
    endpoint = fitted(deps, bare, {"url": url, **choices}, wrong_ways(deps, "/url", url, warn))
    with deps.uow(site_id) as uow:
        if len(uow.endpoints.of(site_id)) >= MOST_ENDPOINTS:
            raise Conflict(
                Sentence("A site has at most %(most)s endpoints.", most=MOST_ENDPOINTS), code="too-many-endpoints"
            )
        uow.endpoints.add(endpoint)
        note(deps, uow, Act.ENDPOINT_ADDED, [site_id], subject=endpoint.id, server=_server(endpoint))
        uow.commit()
    return endpoint, secret


def listed(deps: Deps, site_id: UUID) -> list[Endpoint]:
    """List a site's endpoints."""
    with deps.reading(site_id) as uow:
        return uow.endpoints.of(site_id)


def get(deps: Deps, site_id: UUID, endpoint_id: UUID) -> Endpoint:
    """Give one endpoint."""
    with deps.reading(site_id) as uow:
        return _found(uow.endpoints.get(site_id, endpoint_id))


def site_of(deps: Deps, endpoint_id: UUID) -> UUID:
    """Say whose an endpoint is that an operator names."""
    with deps.reading(None) as uow:
        return _found(uow.endpoints.find(endpoint_id)).site_id


def change(deps: Deps, site_id: UUID, endpoint_id: UUID, *, warn: Warn = unheard, **choices: Any) -> Endpoint:
    """Change what an endpoint wants; what is not named stays as it is, but headers do not follow to another server.

    What waits for one that is disabled is dead and can be replayed; one that is enabled begins afresh.
    What is odd about it and kept all the same is said to `warn`.
    """
    faults = wrong_ways(deps, "/url", choices.get("url"), warn)  # Nothing is open while a name is looked up.
    with deps.uow(site_id) as uow:
        found = _held(uow, site_id, endpoint_id)
        changed = fitted(deps, found, choices, faults)
        uow.endpoints.save(changed)
        server = _server(changed) if "url" in choices else None
        note(deps, uow, Act.ENDPOINT_CHANGED, [site_id], subject=endpoint_id, changed=sorted(choices), server=server)
        uow.commit()
    if not changed.enabled:
        lay_aside(deps, endpoint_id)
    return changed


def rotate(deps: Deps, site_id: UUID, endpoint_id: UUID) -> tuple[Endpoint, str]:
    """Make a new secret, told this once; for a day the one before it signs too."""
    secret = new_secret()
    with deps.uow(site_id) as uow:
        found = _held(uow, site_id, endpoint_id)
        sealed = seal(deps, site_id, endpoint_id, secret)
        changed = replace(found, secret=sealed, old_secret=found.secret, old_until=uow.deliveries.clock() + OVERLAP)
        uow.endpoints.save(changed)
        note(deps, uow, Act.SECRET_ROTATED, [site_id], subject=endpoint_id)
        uow.commit()
    return changed, secret


def remove(deps: Deps, site_id: UUID, endpoint_id: UUID) -> None:
    """Remove an endpoint with everything that was planned for it."""
    with deps.uow(site_id) as uow:
        found = _held(uow, site_id, endpoint_id)
        uow.endpoints.remove(endpoint_id)
        note(deps, uow, Act.ENDPOINT_REMOVED, [site_id], subject=endpoint_id, server=_server(found))
        uow.commit()


def ping(deps: Deps, site_id: UUID, endpoint_id: UUID) -> Delivery:
    """Plan a ping, which is delivered as an event is; raises Conflict where the endpoint is disabled."""
    with deps.uow(site_id) as uow:
        _enabled(_held(uow, site_id, endpoint_id))
        planned = Delivery(deps.new_id(), site_id, endpoint_id, None, PING, uow.deliveries.clock())
        uow.deliveries.plan_ping(planned)
        uow.commit()
    deps.ring(Bell.DELIVER)
    return planned


def replay(
    deps: Deps, site_id: UUID, endpoint_id: UUID, chosen: Replay, *, cursor: str | None = None
) -> tuple[int, str | None]:
    """Send a page of what was chosen once more, in order and under the same ids; what waits already is left alone.

    Give how much that is, and the cursor of what follows, if anything does.
    """
    purpose = _purpose(endpoint_id, chosen)
    after = place(deps, cursor, purpose)
    if len(chosen.deliveries or ()) > chosen.most:
        raise Invalid(
            [Fault("/deliveries", "too-many", Sentence("Choose at most %(most)s deliveries.", most=chosen.most))]
        )
    with deps.uow(site_id) as uow:
        endpoint = _enabled(_held(uow, site_id, endpoint_id))
        done = uow.deliveries.replay(endpoint, replace(chosen, after=after.int if after else 0))
        since = chosen.since.isoformat() if chosen.since else None
        note(deps, uow, Act.EVENTS_REPLAYED, [site_id], subject=endpoint_id, planned=done.planned, since=since)
        uow.commit()
    deps.ring(Bell.DELIVER)
    return done.planned, _onwards(deps, done, purpose)


def would_replay(
    deps: Deps, site_id: UUID, endpoint_id: UUID, chosen: Replay, *, cursor: str | None = None, pages: int = PAGES
) -> tuple[int, bool]:
    """Count what `replay` since a moment would send within so many pages, and say whether more follows.

    Raises Conflict where the endpoint is disabled; nothing is changed.
    """
    after = place(deps, cursor, _purpose(endpoint_id, chosen))
    chosen, counted = replace(chosen, after=after.int if after else 0), 0
    with deps.reading(site_id) as uow:
        endpoint = _enabled(_found(uow.endpoints.get(site_id, endpoint_id)))
        for _ in range(pages):
            page = uow.deliveries.would_replay(endpoint, chosen)
            counted += page.planned
            if page.after is None:
                return counted, False
            chosen = replace(chosen, after=page.after)
    return counted, True


def _purpose(endpoint_id: UUID, chosen: Replay) -> str:
    return f"replay:{endpoint_id}:{chosen.since.isoformat() if chosen.since else 'dead'}"


def _onwards(deps: Deps, done: Replayed, purpose: str) -> str | None:
    return None if done.after is None else deps.seals.sign_cursor(str(UUID(int=done.after)), purpose)


def deliveries(
    deps: Deps, site_id: UUID, endpoint_id: UUID, wanted: Mapping[str, Any], *, cursor: str | None, limit: int
) -> Page:
    """Give a page of an endpoint's deliveries, the newest first, each with its attempts."""
    get(deps, site_id, endpoint_id)
    purpose = f"deliveries:{endpoint_id}"
    after = place(deps, cursor, purpose)
    with deps.views(site_id) as views:
        rows = views.deliveries(endpoint_id, wanted, after=after, limit=limit + 1)
    return paged(deps, rows, purpose, limit)


def _found(endpoint: Endpoint | None) -> Endpoint:
    if endpoint is None:
        raise NotFound("There is no such endpoint.")
    return endpoint


def _server(endpoint: Endpoint) -> str | None:
    return urlsplit(endpoint.url).hostname


def _held(uow: Uow, site_id: UUID, endpoint_id: UUID) -> Endpoint:
    return _found(uow.endpoints.hold(site_id, endpoint_id))


def _enabled(endpoint: Endpoint) -> Endpoint:
    if not endpoint.enabled:
        raise Conflict("The endpoint is disabled; enable it first.", code="endpoint-disabled")
    return endpoint
