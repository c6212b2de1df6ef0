"""Taking in replies: `POST /v1/sites/<pk>/comments`, from scripts, servers and plain forms."""

from flask import Blueprint, Response, redirect
from flask.typing import ResponseReturnValue

from moderation.domain.errors import ModerationError
from moderation.domain.member import Member
from moderation.domain.scope import Scope
from moderation.http import pages, problems
from moderation.http.answers.public import OwnComment
from moderation.http.context import deps, site
from moderation.http.described import HTML, Answer, described
from moderation.http.fields import is_form
from moderation.http.guard import for_site
from moderation.http.rates import rate_headers
from moderation.http.shapes import own_comment, status_url
from moderation.http.submission import Submission, arrival_of, sent_json
from moderation.http.typed import read_form
from moderation.services import intake

blueprint = Blueprint("intake", __name__, url_prefix="/v1/sites/<pk>/comments")


@blueprint.post("")
@for_site(Scope.SUBMIT, Scope.MODERATE)
@described(
    {
        202: Answer(OwnComment, headers=("Location", "RateLimit", "RateLimit-Policy")),
        303: Answer(media=HTML, headers=("Location",), sentence="A form was taken in; onwards to where it says."),
        307: Answer(media=HTML, headers=("Location",), sentence="The same, from a frame that a member goes on using."),
    },
    body=Submission,
    headers=["Idempotency-Key"],
    problems=[
        *("duplicate", "thread-closed", "gone", "idempotency-in-progress", "length-required", "rate-limited"),
        *("members-only", "member-token-invalid", "member-token-expired", "member-token-used"),
    ],
    forms=True,
    members=True,
)
def submit(pk: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Take in a comment; the verdict follows later, by webhook or by asking.

    Whoever the site itself signed in brings its token: `Authorization: Member …`. Name and
    address are then those of the token.
    """
    if is_form():
        return _submit_form()
    sent, faults = sent_json()
    accepted = intake.receive(deps(), site(), arrival_of(sent, site(), faults))
    comment = accepted.comment
    headers = {"Location": status_url(comment), "Cache-Control": "no-store", **rate_headers(accepted.standings)}
    return own_comment(comment), 202, headers


def _submit_form() -> ResponseReturnValue:
    """Take in a plain form: onwards to the page it came from, or the form again with what was typed."""
    typed = read_form()
    try:
        arrival = arrival_of(pages.sent_form(typed.values), site(), typed.faults)
        intake.receive(deps(), site(), arrival)
    except ModerationError as error:
        return pages.form_again(site(), typed.values, error)
    onwards = pages.onwards(site(), typed.values)
    return redirect(onwards, 307 if _stays_seated(arrival.member, onwards) else 303)


def _stays_seated(member: Member | None, onwards: str) -> bool:
    """Tell whether the browser takes the form along: the frame goes on being a member's if it has the token again.

    A token that was good for one comment is used by now, and no address may hold one.
    """
    return member is not None and not member.token_id and pages.is_frame(site(), onwards)


@blueprint.errorhandler(Exception)
def refused(error: Exception) -> Response:
    """Answer whoever sent a form with a page, programs with a problem."""
    answer = problems.answered(error)
    return pages.refusal(answer) if is_form() else answer
