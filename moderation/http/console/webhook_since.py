"""Everything since a moment, sent once more: how much that would be is said first."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Self
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from moderation.domain.endpoint import Endpoint
from moderation.domain.errors import Fault, Invalid
from moderation.domain.text import Unfit
from moderation.domain.window import WORLD, parse_moment, parse_zone, zones
from moderation.http.console.owned import faults_of, own_site, told
from moderation.http.console.printing import printed
from moderation.http.console.speech import gettext
from moderation.http.console.webhook_changes import ROOM, back, own_endpoint
from moderation.http.context import deps
from moderation.http.guard import for_people
from moderation.services import webhooks
from moderation.services.ports import Replay
from moderation.services.webhooks import PAGES

blueprint = Blueprint("webhook_since", __name__, url_prefix="/webhooks/<uuid:endpoint_id>/since")
MOST_TYPED: Final = 500


@dataclass(frozen=True, slots=True)
class Typed:
    """From when on, on which clocks, and where sending ended before."""

    since: str = ""
    zone: str = WORLD
    cursor: str = ""

    @classmethod
    def of(cls, sent: MultiDict[str, str]) -> Self:
        """Read it from an address or a form."""
        told = {name: sent.get(name, "")[:MOST_TYPED] for name in ("since", "zone", "cursor")}
        return cls(told["since"], told["zone"] or WORLD, told["cursor"])

    def moment(self) -> datetime:
        """Give the moment that is meant; raises Invalid with every fault."""
        faults, moment = list[Fault](), deps().now()
        try:
            parse_zone(self.zone)
        except Unfit as error:
            faults.append(Fault("/zone", error.code, error.detail))
        try:
            moment = parse_moment(self.since, self.zone, moment)
        except Unfit as error:
            faults.append(Fault("/since", error.code, error.detail))
        if faults:
            raise Invalid(faults)
        return moment


@blueprint.get("")
@for_people
def ask(endpoint_id: UUID) -> ResponseReturnValue:
    """Let an owner choose a moment, and say how much would be sent again since then."""
    found, typed = own_endpoint(endpoint_id), Typed.of(request.args)
    if not typed.since:
        return _shown(found, typed)
    try:
        since = typed.moment()
        chosen, cursor = Replay(since=since), typed.cursor or None
        count, more = webhooks.would_replay(deps(), found.site_id, found.id, chosen, cursor=cursor, pages=PAGES)
    except Invalid as error:
        return _shown(found, typed, faults=faults_of(error), status=422)
    return _shown(found, typed, counted={"since": since, "count": count, "more": more})


@blueprint.post("")
@for_people
def send(endpoint_id: UUID) -> ResponseReturnValue:
    """Send again what was counted; where that is not all, lead to what is left."""
    found, typed = own_endpoint(endpoint_id), Typed.of(request.form)
    try:
        chosen, cursor = Replay(since=typed.moment()), typed.cursor or None
        planned = 0
        for _ in range(PAGES):
            page, cursor = webhooks.replay(deps(), found.site_id, found.id, chosen, cursor=cursor)
            planned += page
            if cursor is None:
                break
    except Invalid as error:
        return _shown(found, typed, faults=faults_of(error), status=422)
    sentence = gettext("Sent once more: %(number)s.", number=planned)
    if cursor is None:
        return back(found, sentence if planned else gettext("Nothing was there to send."))
    left = urlencode({**asdict(typed), "cursor": cursor})
    return told(f"{ROOM}/{found.id}/since?{left}", f"{sentence} {gettext('There are more; send again.')}")


def _shown(
    found: Endpoint,
    typed: Typed,
    *,
    counted: dict[str, Any] | None = None,
    faults: dict[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    return printed(
        "webhook_since.html",
        status=status,
        endpoint=found,
        at=own_site(found.site_id).name,
        typed=typed,
        zones=[WORLD, *sorted(zones())],
        counted=counted,
        faults=faults or {},
    )
