"""Where a site's publisher hears of events: endpoints, their secrets, what became of each delivery, and replay."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic import AwareDatetime, Field, StrictBool, StrictStr

from moderation.domain.delivery import State
from moderation.domain.endpoint import (
    DESCRIPTION_MAX,
    LANGUAGE_MAX,
    MOST_HEADERS,
    PREFIX_MAX,
    VALUE_MAX,
    Endpoint,
    Format,
    parse_description,
    parse_language,
    parse_url,
)
from moderation.domain.errors import Fault
from moderation.domain.event import PREFIX, EventType
from moderation.domain.remote import URL_MAX
from moderation.domain.scope import Scope
from moderation.http.answers.telling import (
    DeliveryPage,
    EndpointAdded,
    EndpointChanged,
    EndpointMade,
    EndpointPage,
    EndpointShown,
    PingPlanned,
    Replayed,
)
from moderation.http.context import deps
from moderation.http.described import NOTHING, Answer, described
from moderation.http.fields import Shape, example, fitting, read, read_if_sent, read_query
from moderation.http.guard import requires
from moderation.http.paging import Paged, listed
from moderation.http.shapes import instant
from moderation.services import webhooks
from moderation.services.ports import Replay, Row

blueprint = Blueprint("webhooks", __name__, url_prefix="/v1/sites/<uuid:site_id>/webhooks")
PRIVATE = {"Cache-Control": "no-store"}
MOST_REPLAYED = 100


class EndpointChoices(Shape):
    """What of an endpoint is to change; what is left out stays as it is."""

    model_config = example(events=["comment.approved", "comment.deleted"], enabled=True)

    url: Annotated[str, fitting(parse_url)] = Field("", max_length=URL_MAX, description="Where events are posted.")
    description: Annotated[str, fitting(parse_description)] = Field("", max_length=DESCRIPTION_MAX)
    events: tuple[EventType, ...] = Field((), max_length=len(EventType), description="None of them means all.")
    thread_prefix: str | None = Field(
        None, min_length=1, max_length=PREFIX_MAX, description="Only of pages whose id begins with this; null for all."
    )
    language: Annotated[str, fitting(parse_language)] | None = Field(
        None, max_length=LANGUAGE_MAX, description="Only of comments in this language, once it is known; null for all."
    )
    headers: dict[str, Annotated[StrictStr, Field(max_length=VALUE_MAX)]] = Field(
        {}, max_length=MOST_HEADERS, description="Go along with every event; only their names are shown again."
    )
    format: Format = Field(Format.STANDARD, description="`slack` and `matrix` are a line and an excerpt for a chat.")
    enabled: StrictBool = Field(default=True, description="What waits for one that is disabled is dead.")


class NewEndpoint(EndpointChoices):
    """Where events are to be posted, and which."""

    model_config = example(url="https://www.example.com/hooks", events=["comment.approved", "comment.deleted"])

    url: Annotated[str, fitting(parse_url)] = Field(max_length=URL_MAX, description="Where events are posted.")


class DeliveryQuery(Paged):
    """Which deliveries are wanted."""

    state: State | None = Field(None, description="Where they stand.")
    event: str | None = Field(
        None,
        pattern=f"^{PREFIX}[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$",
        description="Only that of this event.",
    )


class ReplayChoices(Shape):
    """What is to be sent once more; without anything, every dead delivery."""

    model_config = example(since="2026-11-23T09:30:00Z")

    deliveries: tuple[UUID, ...] | None = Field(None, min_length=1, max_length=MOST_REPLAYED, description="These.")
    since: AwareDatetime | None = Field(None, description="Everything since then, also what was never planned.")
    cursor: StrictStr | None = Field(None, max_length=500, description="`next` of the answer before.")


@blueprint.get("")
@requires(Scope.ADMIN)
@described({200: EndpointPage})
def endpoints(site_id: UUID) -> ResponseReturnValue:
    """List a site's endpoints; no secret is among them."""
    return {"items": [_shown(item) for item in webhooks.listed(deps(), site_id)], "next": None}, 200, PRIVATE


@blueprint.post("")
@requires(Scope.ADMIN)
@described({201: EndpointAdded}, body=NewEndpoint, problems=["too-many-endpoints"])
def add(site_id: UUID) -> ResponseReturnValue:
    """Add an endpoint; its secret is in this answer and nowhere else."""
    choices, warnings = read(NewEndpoint).model_dump(exclude_unset=True), list[Fault]()
    made, secret = webhooks.add(deps(), site_id, warn=warnings.append, **choices)
    return {**_saved(made, warnings), "secret": secret}, 201, PRIVATE


@blueprint.get("/<uuid:endpoint_id>")
@requires(Scope.ADMIN)
@described({200: EndpointShown})
def show(site_id: UUID, endpoint_id: UUID) -> ResponseReturnValue:
    """Show an endpoint, and how it fares."""
    return _shown(webhooks.get(deps(), site_id, endpoint_id)), 200, PRIVATE


@blueprint.patch("/<uuid:endpoint_id>")
@requires(Scope.ADMIN)
@described({200: EndpointChanged}, body=EndpointChoices)
def change(site_id: UUID, endpoint_id: UUID) -> ResponseReturnValue:
    """Change what an endpoint wants to hear, or whether it hears anything."""
    choices, warnings = read(EndpointChoices).model_dump(exclude_unset=True), list[Fault]()
    changed = webhooks.change(deps(), site_id, endpoint_id, warn=warnings.append, **choices)
    return _saved(changed, warnings), 200, PRIVATE


@blueprint.delete("/<uuid:endpoint_id>")
@requires(Scope.ADMIN)
@described({204: NOTHING})
def remove(site_id: UUID, endpoint_id: UUID) -> ResponseReturnValue:
    """Remove an endpoint with everything that was planned for it."""
    webhooks.remove(deps(), site_id, endpoint_id)
    return "", 204, PRIVATE


@blueprint.post("/<uuid:endpoint_id>/rotate")
@requires(Scope.ADMIN)
@described({200: EndpointMade})
def rotate(site_id: UUID, endpoint_id: UUID) -> ResponseReturnValue:
    """Make a new secret, in this answer and nowhere else; for a day the one before it signs too."""
    changed, secret = webhooks.rotate(deps(), site_id, endpoint_id)
    return {**_shown(changed), "secret": secret}, 200, PRIVATE


@blueprint.post("/<uuid:endpoint_id>/test")
@requires(Scope.ADMIN)
@described({202: PingPlanned}, problems=["endpoint-disabled"])
def ping(site_id: UUID, endpoint_id: UUID) -> ResponseReturnValue:
    """Send a ping, which goes the way of every event; its delivery shows what became of it."""
    return {"delivery": str(webhooks.ping(deps(), site_id, endpoint_id).id)}, 202, PRIVATE


@blueprint.get("/<uuid:endpoint_id>/deliveries")
@requires(Scope.ADMIN)
@described({200: Answer(DeliveryPage, headers=("Link",))}, query=DeliveryQuery)
def deliveries(site_id: UUID, endpoint_id: UUID) -> ResponseReturnValue:
    """List what was planned for an endpoint, the newest first, with every attempt and what was answered."""
    wanted = read_query(DeliveryQuery)
    chosen = {"state": wanted.state, "event_id": wanted.event and UUID(wanted.event.removeprefix(PREFIX))}
    page = webhooks.deliveries(deps(), site_id, endpoint_id, chosen, cursor=wanted.cursor, limit=wanted.limit)
    document, status, headers = listed(page, _delivery)
    return document, status, headers | PRIVATE


@blueprint.post("/<uuid:endpoint_id>/replay")
@requires(Scope.ADMIN)
@described({202: Replayed}, body=ReplayChoices, body_optional=True, problems=["endpoint-disabled"])
def replay(site_id: UUID, endpoint_id: UUID) -> ResponseReturnValue:
    """Send once more, under the same ids: some deliveries, everything since a moment, or every dead one.

    A call goes through a thousand at most, the oldest first; `next` leads on.
    """
    wanted = read_if_sent(ReplayChoices)
    chosen = Replay(wanted.deliveries, wanted.since)
    planned, onwards = webhooks.replay(deps(), site_id, endpoint_id, chosen, cursor=wanted.cursor)
    return {"planned": planned, "next": onwards}, 202, PRIVATE


def _saved(endpoint: Endpoint, warnings: Iterable[Fault]) -> dict[str, Any]:
    return {**_shown(endpoint), "warnings": [asdict(each) for each in warnings]}


def _shown(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "id": str(endpoint.id),
        "url": endpoint.url,
        "description": endpoint.description,
        "events": list(endpoint.events),
        "thread_prefix": endpoint.thread_prefix,
        "language": endpoint.language,
        "headers": list(endpoint.header_names),
        "format": endpoint.format,
        "enabled": endpoint.enabled,
        "ended": endpoint.ended,
        "failures": endpoint.failures,
        "failing_since": instant(endpoint.failing_since),
        "rests_until": instant(endpoint.rests_until),
        "old_secret_until": instant(endpoint.old_until),
        "created_at": instant(endpoint.created_at),
    }


def _delivery(row: Row) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "event": f"{PREFIX}{row['event_id'] or row['id']}",
        "type": row["type"],
        "state": row["state"],
        "attempts": [_attempt(each) for each in row["log"]],
        "planned_at": instant(row["planned_at"]),
        "due_at": instant(row["due_at"]) if row["state"] is State.WAITING else None,
        "finished_at": instant(row["finished_at"]),
    }


def _attempt(row: Row) -> dict[str, Any]:
    return {
        "ended_at": instant(row["ended_at"]),
        "status": row["status"],
        "failure": row["failure"],
        "latency_ms": row["latency_ms"],
        "answer": row["answer"],
    }
