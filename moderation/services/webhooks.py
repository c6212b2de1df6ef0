"""Webhooks: who listens at a site, with which secret, and what is sent once more."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from moderation.domain.audit import Act
from moderation.domain.delivery import PING, Delivery
from moderation.domain.endpoint import (
    MOST_ENDPOINTS,
    MOST_HEADERS,
    OVERLAP,
    PREFIX_MAX,
    Ending,
    Endpoint,
    parse_description,
    parse_header,
    parse_language,
    parse_url,
)
from moderation.domain.errors import Conflict, Fault, Invalid, NotFound
from moderation.domain.remote import new_secret
from moderation.domain.sentence import Sentence
from moderation.domain.text import Unfit
from moderation.services.noting import note
from moderation.services.paging import Page, paged, place
from moderation.services.ports import Bell, Deps, Replay, Uow
from moderation.services.sealed import seal, seal_headers


def add(deps: Deps, site_id: UUID, *, url: str, **choices: Any) -> tuple[Endpoint, str]:
    """Add an endpoint; the secret beside it is told this once. Raises Invalid with every fault."""
    endpoint_id, secret = deps.new_id(), new_secret()
    bare = Endpoint(endpoint_id, site_id, url, "", (), None, None, deps.now(), seal(deps, site_id, endpoint_id, secret))
    endpoint = _chosen(deps, bare, {"url": url, **choices})
    with deps.uow(site_id) as uow:
        if len(uow.endpoints.of(site_id)) >= MOST_ENDPOINTS:
            raise Conflict(
                Sentence("A site has at most %(most)s endpoints.", most=MOST_ENDPOINTS), code="too-many-endpoints"
            )
        uow.endpoints.add(endpoint)
        note(deps, uow, Act.ENDPOINT_ADDED, [site_id], subject=endpoint.id, server=urlsplit(endpoint.url).hostname)
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


def change(deps: Deps, site_id: UUID, endpoint_id: UUID, **choices: Any) -> Endpoint:
    """Change what an endpoint wants; what is not named stays as it is, but headers do not follow to another server.

    What waits for one that is disabled is dead and can be replayed; one that is enabled begins afresh.
    """
    with deps.uow(site_id) as uow:
        found = _held(uow, site_id, endpoint_id)
        changed = _chosen(deps, found, choices)
        uow.endpoints.save(changed)
        if not changed.enabled:
            uow.deliveries.bury(endpoint_id)
        note(deps, uow, Act.ENDPOINT_CHANGED, [site_id], subject=endpoint_id, changed=sorted(choices))
        uow.commit()
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
        if not uow.endpoints.remove(site_id, endpoint_id):
            raise NotFound("There is no such endpoint.")
        note(deps, uow, Act.ENDPOINT_REMOVED, [site_id], subject=endpoint_id)
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
    purpose = f"replay:{endpoint_id}:{chosen.since.isoformat() if chosen.since else 'dead'}"
    after = place(deps, cursor, purpose)
    if len(chosen.deliveries or ()) > chosen.most:
        raise Invalid(
            [Fault("/deliveries", "too-many", Sentence("Choose at most %(most)s deliveries.", most=chosen.most))]
        )
    with deps.uow(site_id) as uow:
        endpoint = _enabled(_held(uow, site_id, endpoint_id))
        done = uow.deliveries.replay(endpoint, replace(chosen, after=after.int if after else 0))
        note(deps, uow, Act.EVENTS_REPLAYED, [site_id], subject=endpoint_id, planned=done.planned)
        uow.commit()
    deps.ring(Bell.DELIVER)
    return done.planned, None if done.after is None else deps.seals.sign_cursor(str(UUID(int=done.after)), purpose)


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


def _held(uow: Uow, site_id: UUID, endpoint_id: UUID) -> Endpoint:
    return _found(uow.endpoints.hold(site_id, endpoint_id))


def _enabled(endpoint: Endpoint) -> Endpoint:
    if not endpoint.enabled:
        raise Conflict("The endpoint is disabled; enable it first.", code="endpoint-disabled")
    return endpoint


def _chosen(deps: Deps, endpoint: Endpoint, choices: Mapping[str, Any]) -> Endpoint:
    """Clean what was chosen and refuse what none can have, with every fault at once."""
    faults: list[Fault] = []
    fitted = dict(choices)
    for name, parse in (("url", parse_url), ("description", parse_description), ("language", parse_language)):
        if fitted.get(name) is not None:
            fitted[name] = _fit(f"/{name}", parse, fitted[name], faults)
    if len(fitted.get("thread_prefix") or "") > PREFIX_MAX:
        faults.append(
            Fault("/thread_prefix", "too-long", Sentence("Write at most %(limit)s characters.", limit=PREFIX_MAX))
        )
    if "headers" not in fitted and _is_elsewhere(endpoint.url, fitted.get("url")):
        fitted |= {"headers": None, "header_names": ()}  # They are secrets of whoever was there before.
    if "headers" in choices:
        fitted |= _with_headers(deps, endpoint, fitted.pop("headers") or {}, faults)
    if not faults and "url" in choices and not deps.may_reach(fitted["url"]):
        faults.append(Fault("/url", "url-refused", "Use https on port 443 or 8443, and a server that is public."))
    if faults:
        raise Invalid(faults)
    return replace(endpoint, **fitted, **_ability(choices.get("enabled")))


def _is_elsewhere(before: str, url: str | None) -> bool:
    return url is not None and urlsplit(url)[:2] != urlsplit(before)[:2]


def _with_headers(deps: Deps, endpoint: Endpoint, headers: Mapping[str, str], faults: list[Fault]) -> dict[str, Any]:
    """Seal headers that go along; only their names are shown again."""
    if len(headers) > MOST_HEADERS:
        faults.append(Fault("/headers", "too-many", Sentence("Choose at most %(most)s headers.", most=MOST_HEADERS)))
    if len({name.lower() for name in headers}) < len(headers):
        faults.append(Fault("/headers", "repeated", "Give each header once."))
    for name, value in headers.items():
        try:
            parse_header(name, value)
        except Unfit as error:
            faults.append(Fault("/headers", error.code, error.detail))
    return {
        "headers": seal_headers(deps, endpoint.site_id, endpoint.id, headers),
        "header_names": tuple(headers),
    }


def _ability(enabled: bool | None) -> dict[str, Any]:  # noqa: FBT001 (as it was chosen)
    """Give what follows from enabling or disabling."""
    if enabled is None:
        return {}
    return {"ended": None if enabled else Ending.OWNER, "failures": 0, "failing_since": None, "rests_until": None}


def _fit(pointer: str, parse: Callable[[str], str], typed: str, faults: list[Fault]) -> str:
    """Give what was typed as it is kept, or note why it cannot be."""
    try:
        return parse(typed)
    except Unfit as error:
        faults.append(Fault(pointer, error.code, error.detail))
        return typed
