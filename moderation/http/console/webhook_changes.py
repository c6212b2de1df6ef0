"""What an owner does to an endpoint: changed, given another secret, disabled, enabled, removed."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from moderation.domain.endpoint import Endpoint
from moderation.domain.errors import Fault, Invalid, NotFound
from moderation.domain.event import EventType
from moderation.domain.person import Role
from moderation.http.console.gate import person
from moderation.http.console.owned import faults_of, own_site, told
from moderation.http.console.printing import printed
from moderation.http.console.speech import gettext, spoken
from moderation.http.console.webhook_form import FORMATS, changes, typed_in, typed_of
from moderation.http.context import deps
from moderation.http.guard import for_people
from moderation.services import webhooks

blueprint = Blueprint("webhook_changes", __name__, url_prefix="/webhooks/<uuid:endpoint_id>")
ROOM = "/console/webhooks"


@blueprint.get("/settings")
@for_people
def form(endpoint_id: UUID) -> ResponseReturnValue:
    """Show what an endpoint wants to hear, and let its owner choose otherwise."""
    found = own_endpoint(endpoint_id)
    return _form(found, typed_of(found))


@blueprint.post("/settings")
@for_people
def change(endpoint_id: UUID) -> ResponseReturnValue:
    """Change what differs; the audit names it."""
    found, typed, warnings = own_endpoint(endpoint_id), typed_in(request.form), list[Fault]()
    wanted = changes(typed, found)
    try:
        if wanted:
            webhooks.change(deps(), found.site_id, found.id, warn=warnings.append, **wanted)
    except Invalid as error:
        return _form(found, typed, faults_of(error), 422)
    sentence = gettext("Saved.") if wanted else gettext("Nothing was changed.")
    return back(found, " ".join([sentence, *(spoken(warning.detail) for warning in warnings)]))


@blueprint.post("/rotate")
@for_people
def rotate(endpoint_id: UUID) -> ResponseReturnValue:
    """Make a new secret, and show it this once."""
    found = own_endpoint(endpoint_id)
    changed, secret = webhooks.rotate(deps(), found.site_id, found.id)
    return printed("secret.html", endpoint=changed, secret=secret, warnings=[], rotated=True)


@blueprint.post("/enabled")
@for_people
def enable(endpoint_id: UUID) -> ResponseReturnValue:
    """Let an endpoint hear of events again, or no more."""
    found, enabled = own_endpoint(endpoint_id), request.form.get("enabled") == "yes"
    webhooks.change(deps(), found.site_id, found.id, enabled=enabled)
    ended = gettext("It hears nothing any more; what waited is dead.")
    return back(found, gettext("It hears of events again.") if enabled else ended)


@blueprint.get("/remove")
@for_people
def ask(endpoint_id: UUID) -> ResponseReturnValue:
    """Ask once more, since nothing brings an endpoint back."""
    found = own_endpoint(endpoint_id)
    return printed("webhook_gone.html", endpoint=found, at=own_site(found.site_id).name)


@blueprint.post("/remove")
@for_people
def remove(endpoint_id: UUID) -> ResponseReturnValue:
    """Remove an endpoint with everything that was planned for it."""
    found = own_endpoint(endpoint_id)
    webhooks.remove(deps(), found.site_id, found.id)
    return told(ROOM, gettext("%(url)s is removed, and hears nothing any more.", url=found.url))


def own_endpoint(endpoint_id: UUID) -> Endpoint:
    """Give an endpoint of a site of somebody's own; raises NotFound for every other."""
    for site_id in person().sites(Role.OWNER):
        found = next((item for item in webhooks.listed(deps(), site_id) if item.id == endpoint_id), None)
        if found is not None:
            return found
    raise NotFound("There is no such endpoint.")


def back(found: Endpoint, sentence: str) -> ResponseReturnValue:
    """Go back to an endpoint's page, and say there what was done."""
    return told(f"{ROOM}/{found.id}", sentence)


def _form(
    found: Endpoint, typed: dict[str, Any], faults: dict[str, str] | None = None, status: int = 200
) -> ResponseReturnValue:
    return printed(
        "webhook_form.html",
        status=status,
        endpoint=found,
        at=own_site(found.site_id).name,
        typed=typed,
        faults=faults or {},
        kinds=list(EventType),
        formats=FORMATS,
    )
