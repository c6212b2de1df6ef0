"""What a site asks of its commenters, for its owners: house rules, their versions, and canned notes."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple
from uuid import UUID

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from moderation.domain.comment import UNTOLD
from moderation.domain.errors import Conflict, Invalid, Stale
from moderation.domain.house_rule import HouseRule
from moderation.domain.site import Site
from moderation.domain.starters import STARTERS
from moderation.http.console.meanings import REASONS
from moderation.http.console.owned import faults_of, own_site, told
from moderation.http.console.printing import printed
from moderation.http.console.speech import gettext, spoken
from moderation.http.console.typed import number_in
from moderation.http.context import deps
from moderation.http.guard import for_people
from moderation.services import canned_notes, house_rules

blueprint = Blueprint("rules", __name__, url_prefix="/sites/<uuid:site_id>/rules")
ABOUT_NOBODY: Final = {
    "honeypot",
    "first-comment",
    "unscored",
    "scoring-failed",
    "no-proof",
    "policy-holds-all",
    "undone",
    "staff",
    "rescored",
}
MAPPABLE: Final = tuple(code for code in REASONS if code not in UNTOLD | ABOUT_NOBODY)
"""Reasons that say something of the comment, for which a rule may be chosen beforehand."""
TYPED: Final = ("title", "text", "guidance", "others")
NOTHING: Final = {**dict.fromkeys(TYPED, ""), "reasons": ()}


class Note(NamedTuple):
    """A canned note that could not be kept: which one it was to be, what was typed, and what is wrong with it."""

    id: UUID | None
    typed: Mapping[str, str]
    faults: Mapping[str, str]


@blueprint.get("")
@for_people
def listed(site_id: UUID) -> ResponseReturnValue:
    """List a site's house rules and canned notes, offer some to begin with, and let its owner write others."""
    return _listed(own_site(site_id))


@blueprint.post("")
@for_people
def add(site_id: UUID) -> ResponseReturnValue:
    """Add a rule behind the others."""
    site, typed = own_site(site_id), _typed()

    def act() -> str:
        return gettext(
            "%(title)s: may be cited from now on.", title=house_rules.add(deps(), site.id, **_choices(typed)).title
        )

    return _done(site, act, lambda faults, status: _listed(site, typed=typed, faults=faults, status=status))


@blueprint.post("/begin")
@for_people
def begin(site_id: UUID) -> ResponseReturnValue:
    """Take over some of the rules that are offered."""
    site = own_site(site_id)
    made = house_rules.begin(deps(), site.id, request.form.getlist("codes"))
    return told(_page(site), gettext("Taken over: %(number)s. Change them as you like.", number=len(made)))


@blueprint.get("/<uuid:rule_id>")
@for_people
def show(site_id: UUID, rule_id: UUID) -> ResponseReturnValue:
    """Show a rule with all its versions, to be changed."""
    site = own_site(site_id)
    return _shown(site, house_rules.get(deps(), site.id, rule_id))


@blueprint.post("/<uuid:rule_id>")
@for_people
def change(site_id: UUID, rule_id: UUID) -> ResponseReturnValue:
    """Change a rule; other words make another version."""
    site, typed = own_site(site_id), _typed()
    found = house_rules.get(deps(), site.id, rule_id)
    choices = {**_choices(typed), "active": typed["active"], "seen": number_in(request.form.get("seen", ""))}

    def act() -> str:
        kept = house_rules.change(deps(), site.id, rule_id, **choices)
        same = kept.version == found.version
        return gettext("Kept.") if same else gettext("Kept, as version %(number)s.", number=kept.version)

    return _done(site, act, lambda faults, status: _shown(site, found, typed, faults, status), f"/{rule_id}")


@blueprint.post("/<uuid:rule_id>/place")
@for_people
def place(site_id: UUID, rule_id: UUID) -> ResponseReturnValue:
    """Put a rule in another place; the first nine have a number for a key."""
    site = own_site(site_id)
    house_rules.change(deps(), site.id, rule_id, position=number_in(request.form.get("position", "")))
    return told(_page(site), gettext("Moved."))


@blueprint.post("/<uuid:rule_id>/remove")
@for_people
def remove(site_id: UUID, rule_id: UUID) -> ResponseReturnValue:
    """Remove a rule; whoever was told it reads it still."""
    site = own_site(site_id)
    house_rules.remove(deps(), site.id, rule_id)
    return told(_page(site), gettext("Removed. Whoever was told it reads it still."))


@blueprint.post("/canned")
@blueprint.post("/canned/<uuid:note_id>")
@for_people
def keep_note(site_id: UUID, note_id: UUID | None = None) -> ResponseReturnValue:
    """Keep a canned note, or another text in its place."""
    site, typed = own_site(site_id), {name: request.form.get(name, "") for name in ("title", "text")}

    def act() -> str:
        canned_notes.keep(deps(), site.id, typed["title"], typed["text"], note_id=note_id)
        return gettext("Kept.")

    return _done(site, act, lambda faults, status: _listed(site, note=Note(note_id, typed, faults), status=status))


@blueprint.post("/canned/<uuid:note_id>/remove")
@for_people
def remove_note(site_id: UUID, note_id: UUID) -> ResponseReturnValue:
    """Remove a canned note; what was written with it stays."""
    site = own_site(site_id)
    canned_notes.remove(deps(), site.id, note_id)
    return told(_page(site), gettext("Removed."))


def _done(
    site: Site, act: Callable[[], str], again: Callable[[Mapping[str, str], int], Response], where: str = ""
) -> ResponseReturnValue:
    """Do something and say so, or show the form again with what is wrong beside its fields."""
    try:
        return told(_page(site) + where, act())
    except Invalid as error:
        return again(faults_of(error), 422)
    except Conflict as error:
        return again({"title": spoken(error.detail)}, 409)
    except Stale as error:
        return again({"title": spoken(error.detail)}, 412)


def _listed(
    site: Site,
    *,
    typed: Mapping[str, Any] | None = None,
    note: Note | None = None,
    faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    rules = house_rules.listed(deps(), site.id)
    taken = {rule.code for rule in rules}
    return printed(
        "rules.html",
        status=status,
        site=site,
        rules=rules,
        offered=[each for each in STARTERS if each.code not in taken],
        canned=canned_notes.listed(deps(), site.id),
        reasons=_mappable(),
        typed=typed or NOTHING,
        wrong=note,
        faults=faults or {},
        now=deps().now(),
    )


def _shown(
    site: Site,
    rule: HouseRule,
    typed: Mapping[str, Any] | None = None,
    faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    kept = {
        "title": rule.title,
        "text": rule.text,
        "guidance": rule.guidance,
        "reasons": rule.reasons,
        "others": " ".join(code for code in rule.reasons if code not in MAPPABLE),
        "active": rule.active,
    }
    versions = house_rules.versions(deps(), site.id, rule.id)
    facts: dict[str, Any] = {"site": site, "rule": rule, "versions": versions, "reasons": _mappable()}
    return printed("rule.html", status=status, typed=typed or kept, faults=faults or {}, **facts)


def _typed() -> dict[str, Any]:
    """Give what was typed, as the form shows it again."""
    found: dict[str, Any] = {name: request.form.get(name, "") for name in TYPED}
    return found | {"reasons": request.form.getlist("reasons"), "active": "active" in request.form}


def _choices(typed: Mapping[str, Any]) -> dict[str, Any]:
    words = {name: typed[name] for name in ("title", "text", "guidance")}
    return words | {"reasons": (*typed["reasons"], *typed["others"].split())}


def _mappable() -> dict[str, str]:
    """Give the reasons that one may choose, as they are said in the language of whoever looks."""
    return {code: REASONS[code] for code in MAPPABLE}


def _page(site: Site) -> str:
    return f"/console/sites/{site.id}/rules"
