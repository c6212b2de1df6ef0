"""A site's secret keys, for its owners: made and shown once, listed, and ended."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from moderation.domain.errors import Invalid
from moderation.domain.scope import Scope
from moderation.domain.site import Site
from moderation.http.console.owned import faults_of, own_site, surely, told
from moderation.http.console.printing import printed
from moderation.http.console.speech import Spoken, gettext
from moderation.http.context import deps
from moderation.http.guard import for_people
from moderation.http.words import marked
from moderation.services import keys

blueprint = Blueprint("keys", __name__, url_prefix="/sites/<uuid:site_id>/keys")
MAY: Final = Spoken(
    {
        Scope.SUBMIT: marked("send comments in"),
        Scope.READ: marked("read what is public"),
        Scope.MODERATE: marked("read what waits, decide, and follow events"),
        Scope.REVEAL: marked("see addresses, one at a time and written down"),
        Scope.ADMIN: marked("run the site: settings, policy, webhooks, keys, people"),
        Scope.PRIVACY: marked("export and erase authors"),
    }
)


@blueprint.get("")
@for_people
def listed(site_id: UUID) -> ResponseReturnValue:
    """List a site's keys, and let its owner make one."""
    return _listed(own_site(site_id))


@blueprint.post("")
@for_people
def make(site_id: UUID) -> ResponseReturnValue:
    """Make a key, and show its secret this once."""
    site = own_site(site_id)
    surely(_page(site))
    name, wanted = request.form.get("name", ""), request.form.getlist("scopes")
    scopes = [scope for scope in Scope if scope.value in wanted]
    if not scopes:
        return _listed(site, name, wanted, {"scopes": gettext("Choose at least one thing that the key may do.")}, 422)
    try:
        made, secret = keys.create(deps(), site.id, name=name, scopes=scopes)
    except Invalid as error:
        return _listed(site, name, wanted, faults_of(error), 422)
    return printed("key.html", site=site, key=made, secret=secret)


@blueprint.post("/<uuid:key_id>/revoke")
@for_people
def revoke(site_id: UUID, key_id: UUID) -> ResponseReturnValue:
    """End a key for good, at once."""
    site = own_site(site_id)
    surely(_page(site))
    keys.revoke(deps(), site.id, key_id)
    return told(_page(site), gettext("That key opens nothing any more."))


def _listed(
    site: Site,
    name: str = "",
    scopes: Sequence[str] = (),
    faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    return printed(
        "keys.html",
        status=status,
        site=site,
        keys=keys.listed(deps(), site.id),
        may=MAY,
        typed=name,
        scopes=scopes,
        faults=faults or {},
        now=deps().now(),
    )


def _page(site: Site) -> str:
    return f"/console/sites/{site.id}/keys"
