"""What the widget asks before it draws its form: what the site requires, and whether the page still takes comments."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from moderation.domain.scope import Scope
from moderation.http.context import deps, site
from moderation.http.guard import for_site
from moderation.http.submission import asked_key
from moderation.services import threads

blueprint = Blueprint("about", __name__, url_prefix="/embed/<pk>")


@blueprint.get("/about")
@for_site(Scope.READ)
def show(pk: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Say what a form on this page needs, with a token that tells how long it was open."""
    key = asked_key(request.args.get("thread"), None)
    thread, now = threads.find(deps(), site(), key), deps().now()
    return (
        {
            "required": list(dict.fromkeys((*site().required, "text"))),
            "closed": thread is not None and thread.is_closed(site().close_after_days, now),
            "members_only": site().members_only,
            "proof": site().proof,
            "tells": site().tell_authors and deps().may_post,
            "count": thread.approved if thread else 0,
            "token": deps().seals.form_token(site().id, key, now),
        },
        200,
        {"Cache-Control": "no-store"},
    )
