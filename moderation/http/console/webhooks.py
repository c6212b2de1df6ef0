"""Where a site's publisher hears of events, for its owners: endpoints, how they fare, and what became of each event."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from moderation.domain.delivery import State
from moderation.domain.errors import Fault, Invalid, NotFound
from moderation.domain.event import PREFIX, EventType
from moderation.http.console.owned import faults_of, own_site, own_sites
from moderation.http.console.printing import printed
from moderation.http.console.speech import Spoken, gettext, spoken
from moderation.http.console.webhook_changes import back, own_endpoint
from moderation.http.console.webhook_form import FORMATS, NOTHING, choices_of, typed_in
from moderation.http.context import deps
from moderation.http.guard import for_people
from moderation.http.words import marked
from moderation.services import webhooks
from moderation.services.ports import Replay, Row

blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks")
SHOWN: Final = 30
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
    site, typed, warnings = own_site(request.form.get("site", "")), typed_in(request.form), list[Fault]()
    try:
        made, secret = webhooks.add(deps(), site.id, warn=warnings.append, **choices_of(typed))
    except Invalid as error:
        return _listed({**typed, "site": str(site.id)}, faults_of(error), 422)
    told = [spoken(warning.detail) for warning in warnings]
    return printed("secret.html", endpoint=made, secret=secret, warnings=told, rotated=False)


@blueprint.get("/<uuid:endpoint_id>")
@for_people
def endpoint(endpoint_id: UUID) -> ResponseReturnValue:
    """Show an endpoint and what became of each event, the newest first."""
    found = own_endpoint(endpoint_id)
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
    found = own_endpoint(endpoint_id)
    webhooks.ping(deps(), found.site_id, found.id)
    return back(found, gettext("A ping is on its way; load this page again to see what became of it."))


@blueprint.post("/<uuid:endpoint_id>/replay")
@for_people
def replay(endpoint_id: UUID) -> ResponseReturnValue:
    """Send one delivery once more, or every dead one, a thousand at a time."""
    found = own_endpoint(endpoint_id)
    chosen = Replay((_id(request.form["delivery"]),) if request.form.get("delivery") else None)
    planned, onwards = webhooks.replay(deps(), found.site_id, found.id, chosen)
    sent = gettext("Sent once more: %(number)s.", number=planned)
    sentence = sent if planned else gettext("Nothing was there to send.")
    return back(found, f"{sentence} {gettext('There are more; send again.')}" if onwards else sentence)


def _listed(
    typed: dict[str, Any] | None = None, faults: dict[str, str] | None = None, status: int = 200
) -> ResponseReturnValue:
    owned = own_sites()
    return printed(
        "webhooks.html",
        status=status,
        sites=[(site, webhooks.listed(deps(), site.id)) for site in owned],
        kinds=list(EventType),
        formats=FORMATS,
        typed={**NOTHING, "site": "", **(typed or {})},
        faults=faults or {},
        now=deps().now(),
    )


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
