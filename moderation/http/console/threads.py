"""A site's pages, for its owners: found by title, given another one, closed, opened, merged."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from moderation.domain.errors import Conflict, Fault, Invalid
from moderation.domain.site import Site
from moderation.domain.text import Unfit, clean_line
from moderation.domain.thread import TITLE_MAX, Thread, thread_key
from moderation.http.console.owned import faults_of, own_site, told
from moderation.http.console.printing import printed
from moderation.http.console.speech import gettext, spoken
from moderation.http.context import deps
from moderation.http.guard import for_people
from moderation.services import sites, threads
from moderation.services.ports import Row

blueprint = Blueprint("threads", __name__, url_prefix="/sites/<uuid:site_id>/threads")
SHOWN: Final = 50
LONGEST: Final = 200


@blueprint.get("")
@for_people
def listed(site_id: UUID) -> ResponseReturnValue:
    """List a site's pages, the newest first; only those whose title, id or address has these words in it."""
    site, words = own_site(site_id), request.args.get("q", "").replace("\0", "").strip()[:LONGEST]
    page = sites.threads(deps(), site.id, words=words, cursor=request.args.get("cursor"), limit=SHOWN)
    return printed(
        "threads.html",
        site=site,
        threads=[_line(row, site) for row in page.rows],
        words=words,
        cursor=request.args.get("cursor"),
        next=page.next,
    )


@blueprint.get("/<uuid:thread_id>")
@for_people
def show(site_id: UUID, thread_id: UUID) -> ResponseReturnValue:
    """Show one page."""
    site = own_site(site_id)
    return _shown(site, sites.thread(deps(), site.id, thread_id))


@blueprint.post("/<uuid:thread_id>/title")
@for_people
def entitle(site_id: UUID, thread_id: UUID) -> ResponseReturnValue:
    """Give a page another title, or none."""
    site, found = _found(site_id, thread_id)
    typed = request.form.get("title", "")

    def change() -> str:
        sites.change_thread(deps(), site.id, found.id, title=_title(typed))
        return gettext("Kept.")

    return _done(site, found, change, title=typed)


@blueprint.post("/<uuid:thread_id>/closed")
@for_people
def close(site_id: UUID, thread_id: UUID) -> ResponseReturnValue:
    """Take no more comments on a page, or take them again."""
    site, found = _found(site_id, thread_id)
    closed = request.form.get("closed") == "yes"
    sites.change_thread(deps(), site.id, found.id, closed=closed)
    ended = gettext("It takes no more comments; what is there stays readable.")
    return told(_page(found), ended if closed else gettext("It takes comments again."))


@blueprint.post("/<uuid:thread_id>/merge")
@for_people
def merge(site_id: UUID, thread_id: UUID) -> ResponseReturnValue:
    """Move a page's comments into another one of the same site."""
    site, found = _found(site_id, thread_id)
    typed = request.form.get("into", "")

    def change() -> str:
        sites.merge_threads(deps(), site.id, found.id, _meant(site, typed))
        return gettext("Its comments are there now; its address leads there, too.")

    return _done(site, found, change, into=typed)


def _done(site: Site, found: Thread, change: Callable[[], str], **typed: str) -> ResponseReturnValue:
    """Change a page, or say beside the field why that cannot be."""
    try:
        sentence = change()
    except Invalid as error:
        return _shown(site, found, typed, faults_of(error), 422)
    except Conflict as error:
        return _shown(site, found, typed, {"into": spoken(error.detail)}, 409)
    now = sites.thread(deps(), site.id, found.id)
    return told(f"/console/sites/{site.id}/threads/{now.merged_into or now.id}", sentence)


def _shown(
    site: Site,
    found: Thread,
    typed: dict[str, str] | None = None,
    faults: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    return printed(
        "thread.html",
        status=status,
        site=site,
        thread=found,
        closed=found.is_closed(site.close_after_days, deps().now()),
        typed={"title": found.title or "", "into": "", **(typed or {})},
        faults=faults or {},
    )


def _found(site_id: UUID, thread_id: UUID) -> tuple[Site, Thread]:
    site = own_site(site_id)
    return site, sites.thread(deps(), site.id, thread_id)


def _line(row: Row, site: Site) -> dict[str, Any]:
    found = Thread(**row)
    return {"thread": found, "closed": found.is_closed(site.close_after_days, deps().now())}


def _title(typed: str) -> str:
    try:
        return clean_line(typed, limit=TITLE_MAX)
    except Unfit as error:
        raise Invalid([Fault("/title", error.code, error.detail)]) from None


def _meant(site: Site, typed: str) -> UUID:
    """Find the page that somebody names by its id or its address."""
    try:
        found = threads.find(deps(), site, thread_key(typed, None))
    except Unfit as error:
        raise Invalid([Fault("/into", error.code, "Name a page by its id or its address.")]) from None
    if found is None:
        raise Invalid([Fault("/into", "thread-not-found", "There is no such page of this site.")])
    return found.id


def _page(found: Thread) -> str:
    return f"/console/sites/{found.site_id}/threads/{found.id}"
