"""The thread as a page of its own, for a frame on a site that runs no script: what was said, and the form.

Whom the site signed in comes by a form of the site's that leads into the frame, with their token in its body.
"""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from moderation.domain.errors import Unauthenticated
from moderation.domain.scope import Scope
from moderation.http.context import site
from moderation.http.discussion import discussion
from moderation.http.guard import for_site
from moderation.http.paper import page
from moderation.http.problems import headers_of, status_of
from moderation.http.signed_in import signed_in
from moderation.http.typed import read_form
from moderation.http.words import language_of, refusal_sentence

blueprint = Blueprint("thread", __name__, url_prefix="/embed/<pk>")

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
    language = language_of(request.args.get("lang"), request.accept_languages)
    shown = page(
        "embed/thread.html",
        language,
        status=status_of(error) if error else 200,
        negotiated=True,
        frame_ancestors=site().origins,
        form_targets=site().origins,
        title=named.get("thread_title", ""),
        refusal=refusal_sentence(language, error.code, None) if error else None,
        **discussion(site(), named, language=language, query=named, token=token),
    )
    shown.headers.extend(headers_of(error) if error else {})
    return shown
