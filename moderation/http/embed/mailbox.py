"""Where links in mails to authors lead, and one's own comments: pages that act only when something is pressed."""

from typing import Any, Final

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from moderation.domain.comment import REFUSED as TURNED_DOWN
from moderation.domain.comment import Status, public_reason
from moderation.domain.errors import Invalid, ModerationError, NotFound
from moderation.domain.scope import Scope
from moderation.http import problems
from moderation.http.appealing import state_of
from moderation.http.context import address, caller_site, deps, site
from moderation.http.guard import for_site
from moderation.http.paper import page
from moderation.http.words import REASONS, REFUSALS, STANDING, fault_sentence, language_of, marked, say
from moderation.services import appeals, authors, mailboxes
from moderation.services.citing import told
from moderation.services.correspondence import CONFIRM, STOP, VISIT
from moderation.services.mailboxes import Own

blueprint = Blueprint("mailbox", __name__, url_prefix="/embed/<pk>")

ASKED: Final = {
    CONFIRM: (
        marked("Is this your address?"),
        marked(
            "A comment was written here with this address. If you wrote it, say so; then this browser is known here."
        ),
        marked("Yes, I wrote it"),
    ),
    VISIT: (
        marked("Your comments"),
        marked("The link is good once. This browser is known here afterwards."),
        marked("Show my comments"),
    ),
    STOP: (
        marked("No mail any more?"),
        marked("Nothing more is sent to you about comments here, unless you ask for it again."),
        marked("Send me nothing more"),
    ),
}
"""What each kind of link asks: the heading, a sentence, and the button."""
REFUSED: Final = {
    "not-found": marked("This link was used already, is too old, or is none of ours."),
    "no-mail": marked("No mail is sent from here at the moment."),
    "rate-limited": REFUSALS["rate-limited"],
    "conflict": marked("This comment changed meanwhile. Please look at it again."),
}
"""Why nothing was done, by the code of what refused it."""


@blueprint.get("/mail/<token>")
@for_site(Scope.READ)
def ask(pk: str, token: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Ask what a link from a mail is to do; looking changes nothing."""
    heading, sentence, button = ASKED[mailboxes.meant(deps(), site(), token)]
    return _page("embed/letter.html", heading=heading, sentence=sentence, button=button, own=None)


@blueprint.post("/mail/<token>")
@for_site(Scope.READ)
def follow(pk: str, token: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Do what a link from a mail is for; a mail program may say so too, by itself, to end what is sent."""
    what, own = mailboxes.follow(deps(), site(), token)
    if what == VISIT and own:
        return _list(own)
    if own:
        heading, sentence = marked("Thank you"), marked("Your address is confirmed, and this browser is known here.")
    else:
        heading, sentence = marked("No mail any more"), marked("Nothing more is sent to you about comments here.")
    return _page("embed/letter.html", heading=heading, sentence=sentence, button="", own=own)


@blueprint.get("/own")
@for_site(Scope.READ)
def own(pk: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Ask for the address under which somebody wrote comments here."""
    return _page("embed/visit.html", fault="", sent=False)


@blueprint.post("/own")
@for_site(Scope.READ)
def invite(pk: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Send a link to that address if anything was written under it, and say the same whether it was or not."""
    try:
        mailboxes.invite(deps(), site(), request.form.get("email", ""), address=address())
    except Invalid as error:
        fault = fault_sentence(_language(), error.faults[0])
        return _page("embed/visit.html", status=422, fault=fault, sent=False)
    return _page("embed/visit.html", fault="", sent=True)


@blueprint.post("/own/comments")
@for_site(Scope.READ)
def comments(pk: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Show one's own comments to whoever brings the token, withdrawn one by one as they ask for it."""
    token = request.form.get("author", "")
    own = mailboxes.own(deps(), site(), token)
    if withdrawn := request.form.get("withdraw"):
        named = deps().seals.read_receipt(withdrawn)
        if named is None or named not in {comment.id for comment in own.comments}:
            raise NotFound("There is no such comment.")
        authors.withdraw(deps(), named)
        own = mailboxes.own(deps(), site(), token)
    return _list(own)


@blueprint.errorhandler(ModerationError)
def refused(error: ModerationError) -> Response:
    """Say on a page why nothing was done, where there is a site to say it for."""
    if caller_site() is None:
        return problems.answered(error)
    headers = problems.headers_of(error)
    sentence = say(_language(), REFUSED.get(error.code, REFUSED["conflict"]), seconds=headers.get("Retry-After"))
    facts: dict[str, Any] = {"heading": marked("That did not work"), "sentence": sentence, "button": "", "own": None}
    shown = _page("embed/letter.html", status=problems.status_of(error), **facts)
    shown.headers.extend(headers)
    return shown


def _list(own: Own) -> Response:
    """List comments with where they stand and why."""
    language, receipt = _language(), deps().seals.receipt
    explained = told(deps(), own.comments)
    lines = [
        {
            "comment": comment,
            "standing": say(language, STANDING[comment.status]),
            "reason": say(language, REASONS[reason]) if (reason := public_reason(comment)) in REASONS else "",
            "told": explained.get(comment.id),
            "appeal": comment.status in TURNED_DOWN and state_of(appeals.hearing(deps(), comment)),
            "receipt": None if comment.status is Status.DELETED else receipt(comment.id),
        }
        for comment in own.comments
    ]
    return _page("embed/own.html", own=own, lines=lines)


def _language() -> str:
    return language_of(request.args.get("lang") or site().language, request.accept_languages)


def _page(name: str, *, status: int = 200, **facts: Any) -> Response:
    """Print a page that is for one reader alone, and that tells nobody where they came from."""
    printed = page(name, _language(), status=status, negotiated=True, site=site(), **facts)
    printed.headers["Referrer-Policy"] = "same-origin"  # With none, a browser would not say that a form is ours.
    return printed
