"""Banning from an author's page, the list of bans, and lifting them."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from moderation.domain.ban import Ban, Effect, Mark
from moderation.domain.errors import Conflict, Invalid, Malformed, NotFound
from moderation.domain.person import Role
from moderation.http.console.gate import person
from moderation.http.console.known import named, told_ban
from moderation.http.console.portraits import author_page
from moderation.http.console.printing import printed
from moderation.http.console.speech import Spoken, gettext, spoken
from moderation.http.context import deps
from moderation.http.guard import for_people
from moderation.http.words import marked
from moderation.services import bans, desk
from moderation.services.bans import BanWish

blueprint = Blueprint("bans", __name__)
SHOWN: Final = 50
TYPED: Final = ("effect", "mark", "name", "domain", "days", "reason")
_DIGITS: Final = 4
BANNED: Final = Spoken(
    {
        Effect.BAN: marked("From now on what they send is rejected; you find it under Rejected."),
        Effect.PREMODERATE: marked("From now on a person reads what they send before anybody else does."),
    }
)


@blueprint.get("/bans")
@for_people
def show() -> ResponseReturnValue:
    """List the bans of every site at which somebody may ban, the newest first."""
    site_ids = person().sites(Role.SENIOR)
    if not site_ids:
        raise NotFound("Bans are for seniors and owners.")
    cursor = request.args.get("cursor")
    page = bans.listed(deps(), site_ids, cursor=cursor, limit=SHOWN)
    listed: list[Ban] = [row["ban"] for row in page.rows]
    names, now = bans.names(deps(), listed), deps().now()
    sites = {site.id: site.name for site in desk.sites(deps(), person())}
    return printed(
        "bans.html",
        bans=[{**told_ban(ban, names, now), "site": sites.get(ban.site_id, "")} for ban in listed],
        several=len(site_ids) > 1,
        cursor=cursor,
        next=page.next,
        now=now,
    )


@blueprint.post("/comments/<uuid:comment_id>/bans")
@for_people
def ban(comment_id: UUID) -> ResponseReturnValue:
    """Ban whoever wrote a comment, or whoever is like them."""
    site_id = desk.site_of(deps(), person(), comment_id)
    typed = {name: request.form.get(name, "").strip() for name in TYPED}
    try:
        made = bans.ban(deps(), person(), site_id, comment_id, _wish(typed))
    except Invalid as error:
        faults = {fault.pointer.removeprefix("/"): spoken(fault.detail) for fault in error.faults}
        return author_page(site_id, comment_id, typed=typed, faults=faults, status=422)
    except Conflict as error:
        return author_page(site_id, comment_id, typed=typed, faults={"mark": spoken(error.detail)}, status=409)
    flash(BANNED[made.effect])
    return redirect(f"/console/comments/{comment_id}/author", 303)


@blueprint.post("/bans/<uuid:ban_id>/lift")
@for_people
def lift(ban_id: UUID) -> ResponseReturnValue:
    """End a ban; what was rejected while it held stays so, and is there to be looked over."""
    site_id = bans.site_of(deps(), person(), ban_id)
    lifted = bans.lift(deps(), person(), site_id, ban_id)
    meanwhile = gettext("Undone. What was rejected meanwhile stays under Rejected.")
    flash(meanwhile if lifted.undone else gettext("Lifted, from now on."))
    at = named(request.form.get("at"))
    return redirect(f"/console/comments/{at}/author" if at else "/console/bans", 303)


def _wish(typed: dict[str, Any]) -> BanWish:
    try:
        effect, mark = Effect(typed["effect"]), Mark(typed["mark"])
    except ValueError:
        raise Malformed("Choose what is to become of whom.") from None
    return BanWish(effect, mark, typed["reason"], typed.get(mark.value, ""), _days(typed["days"]))


def _days(typed: str) -> int | None:
    if not typed:
        return None
    return int(typed) if typed.isdecimal() and len(typed) <= _DIGITS else 0
