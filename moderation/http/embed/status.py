"""Where a comment stands, for whoever holds its receipt, and where they may appeal.

A link carries the receipt behind its #, where no server and no log reads it. Our script puts it into the form; without
one it is pasted there.
"""

from typing import Any, Final

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from moderation.domain.appeal import APPEAL_MAX, Outcome
from moderation.domain.comment import Comment, Status, public_reason
from moderation.domain.errors import Invalid, ModerationError, NotFound
from moderation.domain.scope import Scope
from moderation.http import problems
from moderation.http.appealing import POSSIBLE, WAITING, state_of
from moderation.http.context import address, caller_site, deps, site
from moderation.http.guard import for_site
from moderation.http.paper import page
from moderation.http.words import APPEALS, FAULTS, REASONS, STANDING, language_of, marked, say
from moderation.services import appeals, authors

blueprint = Blueprint("status", __name__, url_prefix="/embed/<pk>/status")

NO_RECEIPT: Final = marked("This is no receipt of a comment here. Paste all of it.")
REFUSED: Final = {
    "already-appealed": marked("You appealed before. There is one appeal for each comment."),
    "not-appealable": marked("There can be no appeal any more."),
    "rate-limited": marked("That was a little fast. Wait a moment (%(seconds)s s), then send it again."),
    "stale": marked("This comment changed meanwhile. Please look at it again."),
}
"""Why an appeal was not taken in, by the code of what refused it."""
FAILED: Final = marked("That did not work. Please send it again shortly.")
FAULTS_OF: Final = {**FAULTS, "required": marked("Say why somebody should look at it again.")}
MADE: Final = frozenset({WAITING, *map(str, Outcome)})


@blueprint.get("")
@for_site(Scope.READ)
def ask(pk: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Ask for the receipt."""
    return _page(comment=None)


@blueprint.post("/comment")
@for_site(Scope.READ)
def show(pk: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Show where the comment stands, and take an appeal in where one came along.

    It has an address of its own, so that from there another link is another page, whatever stands behind its #.
    """
    comment = _own(request.form.get("receipt", ""))
    if comment is None:
        return _page(comment=None, fault=say(_language(), NO_RECEIPT), status=404)
    typed = request.form.get("appeal")
    if typed is None:
        return _standing(comment)
    try:
        return _standing(appeals.appeal(deps(), comment.id, typed, address=address()))
    except Invalid as error:
        sentence = say(_language(), FAULTS_OF.get(error.faults[0].code, ""), limit=APPEAL_MAX)
        return _standing(comment, typed=typed, fault=sentence or error.faults[0].detail, status=422)
    except ModerationError as error:
        return _refused(comment, typed, error)


@blueprint.errorhandler(ModerationError)
def refused(error: ModerationError) -> Response:
    """Say on the page that nothing can be shown, where there is a site to say it for."""
    if caller_site() is None:
        return problems.answered(error)
    shown = _page(comment=None, fault=say(_language(), FAILED), status=problems.status_of(error))
    shown.headers.extend(problems.headers_of(error))
    return shown


def _refused(comment: Comment, typed: str, error: ModerationError) -> Response:
    headers = problems.headers_of(error)
    sentence = say(_language(), REFUSED.get(error.code, FAILED), seconds=headers.get("Retry-After"))
    shown = _standing(comment, typed=typed, fault=sentence, status=problems.status_of(error))
    shown.headers.extend(headers)
    return shown


def _own(receipt: str) -> Comment | None:
    """Find the comment of this site that a receipt is of."""
    named = deps().seals.read_receipt(receipt.strip())
    try:
        found = authors.show(deps(), named) if named else None
    except NotFound:
        return None
    return found if found and found.site_id == site().id else None


def _standing(comment: Comment, *, typed: str = "", fault: str = "", status: int = 200) -> Response:
    """Show a comment as its author may know it."""
    language, reason = _language(), public_reason(comment)
    hearing = appeals.hearing(deps(), comment)
    state = state_of(hearing)
    return _page(
        comment=comment,
        gone=comment.status is Status.DELETED,
        receipt=deps().seals.receipt(comment.id),
        standing=say(language, STANDING[comment.status]),
        reason=say(language, REASONS[reason]) if reason in REASONS else "",
        possible=state == POSSIBLE,
        until=hearing.until,
        made=say(language, APPEALS[state]) if state in MADE else "",
        most=APPEAL_MAX,
        typed=typed,
        fault=fault,
        status=status,
    )


def _language() -> str:
    return language_of(request.args.get("lang") or site().language, request.accept_languages)


def _page(*, status: int = 200, **facts: Any) -> Response:
    """Print a page that is for one reader alone."""
    facts = {"fault": "", **facts}
    printed = page("embed/status.html", _language(), status=status, negotiated=True, site=site(), **facts)
    printed.headers["Referrer-Policy"] = "same-origin"  # With none, a browser would not say that a form is ours.
    return printed
