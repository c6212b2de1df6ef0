"""Running sites: listing one's own, adding another, and what each has chosen."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from moderation.domain.errors import Conflict, Fault, Invalid
from moderation.domain.site import REQUIRABLE, Site
from moderation.http.console.gate import person
from moderation.http.console.owned import faults_of, own_site, own_sites, told
from moderation.http.console.printing import printed
from moderation.http.console.speech import Spoken, gettext, spoken
from moderation.http.context import deps, web
from moderation.http.guard import for_people
from moderation.http.words import marked
from moderation.services import first_steps, sites

blueprint = Blueprint("sites", __name__, url_prefix="/sites")
POLICIES: Final = Spoken(
    {
        "default": marked("Publishes what scores well, holds what is doubtful"),
        "strict": marked("Holds first comments, too"),
    }
)
DAYS: Final = 5
"""Digits of a number of days that are read."""


@blueprint.get("")
@for_people
def listed() -> ResponseReturnValue:
    """List the sites that somebody owns, and let them add one."""
    return _listed()


@blueprint.post("")
@for_people
def add() -> ResponseReturnValue:
    """Add a site, whose owner is whoever adds it."""
    own_sites()
    typed = {"name": request.form.get("name", ""), "origins": request.form.get("origins", "")}
    policy = request.form.get("policy", "")
    policy = deps().starting_policy(policy if policy in POLICIES else "default")
    try:
        made = sites.create(
            deps(), name=typed["name"], origins=typed["origins"].split(), policy=policy, owner=person().id
        )
    except Invalid as error:
        return _listed(typed, faults_of(error), 422)
    except Conflict as error:
        return _listed(typed, {"name": spoken(error.detail)}, 409)
    sentence = gettext("%(name)s is there; these are the first steps.", name=made.name)
    return told(f"/console/sites/{made.id}/start", sentence)


@blueprint.get("/<uuid:site_id>")
@for_people
def show(site_id: UUID) -> ResponseReturnValue:
    """Show what a site has chosen."""
    site = own_site(site_id)
    return _settings(site, _chosen(site))


@blueprint.post("/<uuid:site_id>")
@for_people
def change(site_id: UUID) -> ResponseReturnValue:
    """Change what a site has chosen; a secret that was made for its scorer is shown this once."""
    site, typed, warnings = own_site(site_id), _typed(), list[Fault]()
    try:
        changed, secret = sites.change_and_tell(deps(), site.id, warn=warnings.append, **_choices(typed))
    except Invalid as error:
        return _settings(site, typed, faults_of(error), 422)
    except Conflict as error:
        return _settings(site, typed, {"name": spoken(error.detail)}, 409)
    web().forget(changed.key)
    odd = [spoken(warning.detail) for warning in warnings]
    if secret:
        return printed("scorer_secret.html", site=changed, secret=secret, warnings=odd)
    kept = gettext("Kept. Readers see it within two seconds.")
    return told(f"/console/sites/{site.id}", " ".join([kept, *odd]))


@blueprint.get("/<uuid:site_id>/start")
@for_people
def start(site_id: UUID) -> ResponseReturnValue:
    """Show the first steps of a site, each with whether it is done."""
    site = own_site(site_id)
    return printed("start.html", site=site, steps=first_steps.of(deps(), site), server=web().public_url)


def _listed(
    typed: Mapping[str, str] | None = None, faults: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    own = [(site, first_steps.of(deps(), site)) for site in own_sites()]
    nothing = {"name": "", "origins": ""}
    return printed(
        "sites.html", status=status, sites=own, policies=POLICIES, typed=typed or nothing, faults=faults or {}
    )


def _settings(
    site: Site, typed: Mapping[str, Any], faults: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    return printed("site.html", status=status, site=site, typed=typed, requirable=REQUIRABLE, faults=faults or {})


def _chosen(site: Site) -> dict[str, Any]:
    """Give what a site has chosen as its form shows it."""
    return {
        "name": site.name,
        "origins": "\n".join(site.origins),
        "required": list(site.required),
        "close_after_days": "" if site.close_after_days is None else str(site.close_after_days),
        "share_campaigns": site.share_campaigns,
        "learn": site.learn,
        "scorer_url": site.scorer_url or "",
        "new_secret": False,
    }


def _typed() -> dict[str, Any]:
    """Give what was typed, as the form shows it again."""
    found: dict[str, Any] = {
        name: request.form.get(name, "").strip() for name in ("name", "origins", "close_after_days", "scorer_url")
    }
    found |= {name: name in request.form for name in ("share_campaigns", "learn", "new_secret")}
    return found | {"required": ["text", *request.form.getlist("required")]}


def _choices(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Read what was typed; a number of days that is none is one that no site can have."""
    days = typed["close_after_days"]
    readable = int(days) if days.isdecimal() and len(days) <= DAYS else 0
    secret = {"scorer_secret": None} if typed["new_secret"] and typed["scorer_url"] else {}
    return {
        "name": typed["name"],
        "origins": tuple(typed["origins"].split()),
        "required": tuple(item for item in REQUIRABLE if item in typed["required"]),
        "close_after_days": readable if days else None,
        "share_campaigns": typed["share_campaigns"],
        "learn": typed["learn"],
        "scorer_url": typed["scorer_url"] or None,
        **secret,
    }
