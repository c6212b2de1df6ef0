"""Where a site's publisher hears of events, for its owners: endpoints, how they fare, and what became of each event."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from moderation.domain.delivery import State
from moderation.domain.endpoint import Endpoint, Format
from moderation.domain.errors import Fault, Invalid, NotFound
from moderation.domain.event import PREFIX, EventType
from moderation.domain.person import Role
from moderation.http.console.gate import person
from moderation.http.console.owned import own_site, own_sites
from moderation.http.console.printing import printed
from moderation.http.console.speech import Spoken, gettext, spoken
from moderation.http.context import deps
from moderation.http.guard import for_people
from moderation.http.words import marked
from moderation.services import webhooks
from moderation.services.ports import Replay, Row

blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks")
SHOWN: Final = 30
TYPED: Final = ("url", "description", "thread_prefix", "language")
FORMATS: Final = Spoken(
    {
        Format.STANDARD: marked("A program of yours (Standard Webhooks)"),
        Format.SLACK: marked("A chat like Slack, Mattermost or Rocket.Chat"),
        Format.MATRIX: marked("A Matrix room, by a bridge such as Hookshot"),
    }
)
ENDED: Final = Spoken(
    {
        "gone": marked("It said that it wants to hear nothing any more."),
        "failing": marked("It did nothing but fail for five days."),
        "owner": marked("An owner disabled it."),
    }
)
FAILURES: Final = Spoken(
    {
        "refused": marked("not public, or not by https"),
        "unreached": marked("nobody there"),
        "untrusted": marked("certificate not trusted"),
        "too-slow": marked("no answer in 15 seconds"),
        "secret-unreadable": marked("secret cannot be read"),
    }
)
STATES: Final = Spoken(
    {
        State.WAITING: marked("waiting"),
        State.DELIVERED: marked("delivered"),
        State.DEAD: marked("dead"),
    }
)


@blueprint.get("")
@for_people
def show() -> ResponseReturnValue:
    """List the endpoints of every site that is somebody's own, and let them add one."""
    return _listed()


@blueprint.post("")
@for_people
def add() -> ResponseReturnValue:
    """Add an endpoint, and show its secret this once."""
    site = own_site(request.form.get("site", ""))
    typed = {name: request.form.get(name, "").strip() for name in TYPED}
    chosen = [kind for kind in EventType if kind.value in request.form.getlist("events")]
    form = next((form for form in Format if form.value == request.form.get("format")), Format.STANDARD)
    choices = {name: value or None for name, value in typed.items() if name not in {"url", "description"}}
    warnings: list[Fault] = []
    try:
        made, secret = webhooks.add(
            deps(),
            site.id,
            warn=warnings.append,
            url=typed["url"],
            description=typed["description"],
            events=tuple(chosen),
            format=form,
            **choices,
        )
    except Invalid as error:
        faults = {fault.pointer.removeprefix("/"): spoken(fault.detail) for fault in error.faults}
        return _listed(
            typed={**typed, "site": str(site.id), "events": chosen, "format": form}, faults=faults, status=422
        )
    return printed("secret.html", endpoint=made, secret=secret, warnings=_said(warnings), rotated=False)


@blueprint.get("/<uuid:endpoint_id>")
@for_people
def endpoint(endpoint_id: UUID) -> ResponseReturnValue:
    """Show an endpoint and what became of each event, the newest first."""
    found = _endpoint(endpoint_id)
    state = request.args.get("state", "")
    wanted = {"state": State(state)} if state in set(State) else {}
    cursor = request.args.get("cursor")
    page = webhooks.deliveries(deps(), found.site_id, found.id, wanted, cursor=cursor, limit=SHOWN)
    return printed(
        "webhook.html",
        endpoint=found,
        site=own_site(str(found.site_id)),
        ended=ENDED.get(str(found.ended), ""),
        rests=bool(found.rests_until and found.rests_until > deps().now()),
        deliveries=[_delivery(row) for row in page.rows],
        states=STATES,
        state=state if wanted else "",
        cursor=cursor,
        next=page.next,
        now=deps().now(),
    )


@blueprint.post("/<uuid:endpoint_id>/test")
@for_people
def ping(endpoint_id: UUID) -> ResponseReturnValue:
    """Send a ping, which goes the way of every event."""
    found = _endpoint(endpoint_id)
    webhooks.ping(deps(), found.site_id, found.id)
    return _back(found, gettext("A ping is on its way; load this page again to see what became of it."))


@blueprint.post("/<uuid:endpoint_id>/rotate")
@for_people
def rotate(endpoint_id: UUID) -> ResponseReturnValue:
    """Make a new secret, and show it this once."""
    found = _endpoint(endpoint_id)
    changed, secret = webhooks.rotate(deps(), found.site_id, found.id)
    return printed("secret.html", endpoint=changed, secret=secret, warnings=[], rotated=True)


@blueprint.post("/<uuid:endpoint_id>/enabled")
@for_people
def enable(endpoint_id: UUID) -> ResponseReturnValue:
    """Let an endpoint hear of events again, or no more."""
    found, enabled = _endpoint(endpoint_id), request.form.get("enabled") == "yes"
    webhooks.change(deps(), found.site_id, found.id, enabled=enabled)
    ended = gettext("It hears nothing any more; what waited is dead.")
    return _back(found, gettext("It hears of events again.") if enabled else ended)


@blueprint.post("/<uuid:endpoint_id>/replay")
@for_people
def replay(endpoint_id: UUID) -> ResponseReturnValue:
    """Send one delivery once more, or every dead one, a thousand at a time."""
    found = _endpoint(endpoint_id)
    chosen = Replay((_id(request.form["delivery"]),) if request.form.get("delivery") else None)
    planned, onwards = webhooks.replay(deps(), found.site_id, found.id, chosen)
    sent = gettext("Sent once more: %(number)s.", number=planned)
    sentence = sent if planned else gettext("Nothing was there to send.")
    return _back(found, f"{sentence} {gettext('There are more; send again.')}" if onwards else sentence)


def _listed(
    typed: dict[str, Any] | None = None, faults: dict[str, str] | None = None, status: int = 200
) -> ResponseReturnValue:
    owned = own_sites()
    nothing: dict[str, Any] = dict.fromkeys((*TYPED, "site"), "")
    return printed(
        "webhooks.html",
        status=status,
        sites=[(site, webhooks.listed(deps(), site.id)) for site in owned],
        kinds=list(EventType),
        formats=FORMATS,
        typed={**nothing, "events": [], "format": Format.STANDARD, **(typed or {})},
        faults=faults or {},
        now=deps().now(),
    )


def _endpoint(endpoint_id: UUID) -> Endpoint:
    """Give an endpoint of a site of somebody's own; raises NotFound for every other."""
    for site_id in person().sites(Role.OWNER):
        found = next((item for item in webhooks.listed(deps(), site_id) if item.id == endpoint_id), None)
        if found is not None:
            return found
    raise NotFound("There is no such endpoint.")


def _said(warnings: Iterable[Fault]) -> list[str]:
    return [spoken(warning.detail) for warning in warnings]


def _back(found: Endpoint, sentence: str) -> ResponseReturnValue:
    flash(sentence)
    return redirect(f"/console/webhooks/{found.id}", 303)


def _delivery(row: Row) -> dict[str, Any]:
    last: Row = row["log"][-1] if row["log"] else {}
    return {
        "id": row["id"],
        "event": f"{PREFIX}{row['event_id'] or row['id']}",
        "type": row["type"],
        "state": str(row["state"]),
        "attempts": row["attempts"],
        "came_of_it": last.get("status") or FAILURES.get(last.get("failure") or "", last.get("failure") or ""),
        "latency": last.get("latency_ms"),
        "answer": last.get("answer", ""),
        "planned_at": row["planned_at"],
        "due_at": row["due_at"] if row["state"] is State.WAITING else None,
    }


def _id(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        raise NotFound("There is no such delivery.") from None
