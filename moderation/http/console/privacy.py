"""What an author asked for, at the desk: owners take along what is kept about them, or see to it that nothing is."""

from typing import Any
from uuid import UUID

from flask import Blueprint, json, request
from flask.typing import ResponseReturnValue

from moderation.domain.comment import Comment
from moderation.domain.errors import NotFound
from moderation.domain.site import Site
from moderation.http.cells import as_file
from moderation.http.console.gate import person
from moderation.http.console.owned import own_site, surely, told
from moderation.http.console.printing import printed
from moderation.http.console.speech import gettext
from moderation.http.context import deps
from moderation.http.described import JSON
from moderation.http.guard import for_people
from moderation.services import desk, erasing, exporting, portraits

blueprint = Blueprint("privacy", __name__, url_prefix="/comments/<uuid:comment_id>/author")


@blueprint.post("/export")
@for_people
def export(comment_id: UUID) -> ResponseReturnValue:
    """Give everything that the site keeps about an author as a file, to whoever proved just now that it is them."""
    site, whose, _ = _author(comment_id)
    surely(_page(comment_id))
    found = exporting.whole(deps(), [exporting.export(deps(), site, [whose])])
    return as_file(iter([json.dumps(found, ensure_ascii=False, indent=2)]), JSON, "author.json")


@blueprint.route("/erase", methods=["GET", "POST"])
@for_people
def erase(comment_id: UUID) -> ResponseReturnValue:
    """Say how much would go, and erase it once the word for it is typed."""
    site, whose, comment = _author(comment_id)
    surely(f"{_page(comment_id)}/erase")
    word = gettext("erase")
    if request.method == "GET":
        return _asked(site, whose, comment, word)
    if request.form.get("word", "").strip().casefold() != word.casefold():
        return _asked(site, whose, comment, word, gettext("Type the word, so that nobody is erased by a slip."), 422)
    erasing.ask(deps(), site.id, [whose], keep_bans="keep_bans" in request.form)
    return told(_page(comment_id), gettext("They are being erased; it takes some seconds."))


def _asked(
    site: Site, whose: bytes, comment: Comment, word: str, fault: str = "", status: int = 200
) -> ResponseReturnValue:
    shown: dict[str, Any] = {"comment_id": comment.id, "author": comment.name or gettext("Nobody"), "site": site.name}
    kept = erasing.count(deps(), site.id, whose)
    keep_bans = "keep_bans" in request.form
    return printed("erase.html", status=status, **shown, kept=kept, word=word, fault=fault, keep_bans=keep_bans)


def _author(comment_id: UUID) -> tuple[Site, bytes, Comment]:
    """Find whoever wrote a comment at a site that somebody owns; raises NotFound where nobody is known by it."""
    site = own_site(desk.site_of(deps(), person(), comment_id))
    comment = portraits.portrait(deps(), site.id, comment_id).comment
    if comment.fingerprint is None:
        raise NotFound("Without an address, no author is known.")
    return site, comment.fingerprint, comment


def _page(comment_id: UUID) -> str:
    return f"/console/comments/{comment_id}/author"
