"""A site's own lists at the desk: edited by seniors and owners, tried on the past before they are saved."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from moderation.domain.errors import Invalid, Malformed, NotFound, Stale
from moderation.domain.observation import DETAILS, LISTED_WEBSITE, WORD_LIST
from moderation.domain.person import Role
from moderation.domain.signal import Finding
from moderation.http.console.gate import person
from moderation.http.console.known import named_doer
from moderation.http.console.marking import pieces
from moderation.http.console.printing import printed
from moderation.http.console.speech import gettext, spoken
from moderation.http.context import deps
from moderation.http.guard import for_people
from moderation.services import desk, listings
from moderation.services.listings import Caught, Preview

blueprint = Blueprint("listings", __name__, url_prefix="/lists")
AROUND: Final = 160
"""So many characters are shown on either side of the first place."""


@blueprint.get("")
@for_people
def choose() -> ResponseReturnValue:
    """Lead to the lists of the only site, or let somebody choose one."""
    own = set(person().sites(Role.SENIOR))
    sites = [site for site in desk.sites(deps(), person()) if site.id in own]
    if not sites:
        raise NotFound("Lists are for seniors and owners.")
    if len(sites) == 1:
        return redirect(f"/console/lists/{sites[0].id}", 303)
    return printed("lists.html", sites=sites)


@blueprint.get("/<uuid:site_id>")
@for_people
def show(site_id: UUID) -> ResponseReturnValue:
    """Show the lists of a site, to be edited."""
    return _shown(site_id)


@blueprint.post("/<uuid:site_id>")
@for_people
def change(site_id: UUID) -> ResponseReturnValue:
    """Try what was typed on the past, or save it."""
    words, links = request.form.get("words", ""), request.form.get("links", "")
    typed = {"words": words, "links": links}
    listings.show(deps(), person(), site_id)
    entries = words.splitlines(), links.splitlines()
    try:
        if request.form.get("do") != "save":
            return _shown(site_id, typed, found=listings.preview(deps(), site_id, *entries))
        listings.save(deps(), person(), site_id, *entries, seen=_seen())
    except Invalid as error:
        faults = [(*_place(fault.pointer), spoken(fault.detail)) for fault in error.faults]
        return _shown(site_id, typed, faults=faults, status=422)
    except Stale as error:
        return _shown(site_id, typed, faults=[("", "", spoken(error.detail))], status=412)
    flash(gettext("Saved. It counts from the next comment on."))
    return redirect(f"/console/lists/{site_id}", 303)


@blueprint.post("/<uuid:site_id>/undo")
@for_people
def undo(site_id: UUID) -> ResponseReturnValue:
    """Take the last save back."""
    listings.show(deps(), person(), site_id)
    listings.undo(deps(), person(), site_id, seen=_seen())
    flash(gettext("The lists are as they were before the last save."))
    return redirect(f"/console/lists/{site_id}", 303)


def _shown(
    site_id: UUID,
    typed: dict[str, str] | None = None,
    *,
    found: Preview | None = None,
    faults: list[tuple[str, str, str]] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    lists = listings.show(deps(), person(), site_id)
    kept = {"words": "\n".join(lists.words), "links": "\n".join(lists.links)}
    return printed(
        "listing.html",
        status=status,
        lists=lists,
        saved_by=named_doer(listings.names(deps(), lists), lists.actor_id) if lists.actor_id else "",
        typed=typed or kept,
        found=found,
        sample=[_sampled(each) for each in found.sample] if found else [],
        faults=faults or [],
        now=deps().now(),
    )


def _sampled(caught: Caught) -> dict[str, Any]:
    """Show one comment that would be caught, cut to the first place, with every place in view marked."""
    text: str = caught.row["text"]
    first = min(start for start, _ in caught.spans) if caught.spans else 0
    begin, end = max(0, first - AROUND), first + AROUND
    inside = tuple((max(start, begin) - begin, min(stop, end) - begin) for start, stop in caught.spans if start < end)
    finding = Finding(WORD_LIST, DETAILS[WORD_LIST], inside)
    return {
        "id": str(caught.row["id"]),
        "name": caught.row["name"] or gettext("Nobody"),
        "status": str(caught.row["status"]),
        "at": caught.row["received_at"],
        "pieces": pieces(text[begin:end], [finding]),
        "before": begin > 0,
        "behind": end < len(text),
        "website": spoken(DETAILS[LISTED_WEBSITE]) if caught.by_website else "",
    }


def _place(pointer: str) -> tuple[str, str]:
    """Read which list and which line of it a fault is in; the first line is 1."""
    _, name, *place = pointer.split("/")
    return name, str(int(place[0]) + 1) if place else ""


def _seen() -> UUID | None:
    typed = request.form.get("seen", "")
    try:
        return UUID(typed) if typed else None
    except ValueError:
        raise Malformed("This page cannot be read any more; open the lists again.") from None
