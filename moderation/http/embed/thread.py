"""The thread as a page of its own, for a frame on a site that runs no script: what was said, and the form.

Whom the site signed in comes by a form of the site's that leads into the frame, with their token in its body.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from moderation.domain.comment import Comment
from moderation.domain.errors import Invalid, Unauthenticated
from moderation.domain.scope import Scope
from moderation.domain.thread import Thread
from moderation.http.context import deps, site
from moderation.http.conversation import Said, answerable, conversation
from moderation.http.form import ReplyForm, reply_form
from moderation.http.guard import for_site, own_origin
from moderation.http.paper import page
from moderation.http.problems import headers_of, status_of
from moderation.http.signed_in import signed_in
from moderation.http.submission import Submission, asked_key
from moderation.http.typed import read_form
from moderation.http.unapproved import UNAPPROVED, waiting
from moderation.http.usual import usual_time
from moderation.http.words import language_of, refusal_sentence
from moderation.services import threads

blueprint = Blueprint("thread", __name__, url_prefix="/embed/<pk>")

MOST = 100
"""Comments on one page."""
NAMES = ("thread", "thread_url", "thread_title")
"""What says which page this is, and stays in every address that leads here again."""


@blueprint.get("/thread")
@for_site(Scope.READ)
def show(pk: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Show a page of the thread and the form; only the site's own pages may put it into a frame."""
    return _page(None)


@blueprint.post("/thread")
@for_site(Scope.READ)
def show_member(pk: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Show the same to whom the site signed in; nothing is changed by it, and no token is in an address."""
    token = read_form().values.get("member", "")
    try:
        if member := signed_in(site(), token):
            member.current()
    except Unauthenticated as error:
        return _page(None, error)
    return _page(token)


def _page(token: str | None, error: Unauthenticated | None = None) -> Response:
    """Print the page, for a member where there is a token, and with why not where that does not count."""
    named = {name: request.args[name] for name in NAMES if request.args.get(name)}
    found = threads.find(deps(), site(), asked_key(named.get("thread"), named.get("thread_url")))
    starts, onwards = _read(found)
    language = language_of(request.args.get("lang"), request.accept_languages)
    here = f"{request.path}?{urlencode({**named, 'lang': language})}"
    shown = page(
        "embed/thread.html",
        language,
        status=status_of(error) if error else 200,
        negotiated=True,
        frame_ancestors=site().origins,
        form_targets=site().origins,
        title=named.get("thread_title", ""),
        site=site(),
        here=here,
        starts=starts,
        count=found.approved if found else 0,
        closed=found is not None and found.is_closed(site().close_after_days, deps().now()),
        later=f"{here}&{urlencode({'cursor': onwards})}" if onwards else None,
        form=_form({**named, "member": token}, answerable(request.args.get("replyto", ""), found), language, here),
        refusal=refusal_sentence(language, error.code, None) if error else None,
        received="received" in request.args,
        waiting=waiting(site(), request.args),
        usual=usual_time(site().id, language) if {"received", UNAPPROVED} & set(request.args) else None,
        members_only=site().members_only,
        now=deps().now(),
    )
    shown.headers.extend(headers_of(error) if error else {})
    return shown


def _read(found: Thread | None) -> tuple[list[Said], str | None]:
    """Read a page of the thread; whoever comes with a cursor that is none sees the first."""
    if found is None:
        return [], None
    try:
        read = threads.read(deps(), found, sort="oldest", cursor=request.args.get("cursor"), limit=MOST)
    except Invalid:
        read = threads.read(deps(), found, sort="oldest", cursor=None, limit=MOST)
    return conversation(read.rows, found.key)[0], read.next


def _form(named: Mapping[str, str | None], answered: Comment | None, language: str, here: str) -> ReplyForm:
    """Make an empty form, or one that answers the comment that the link named; it leads back here."""
    return reply_form(
        site(),
        Submission.model_validate({**named, "parent": str(answered.id) if answered else None}),
        language=language,
        redirect_to=f"{own_origin()}{here}&received=1#respond",
        answers=answered.name if answered else None,
    )
