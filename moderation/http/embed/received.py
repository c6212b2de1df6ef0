"""Where a plain form leads when it does not say where else: thank you, and what happens next."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from moderation.domain.scope import Scope
from moderation.http.context import site
from moderation.http.guard import for_site
from moderation.http.paper import page
from moderation.http.usual import usual_time
from moderation.http.words import language_of

blueprint = Blueprint("received", __name__, url_prefix="/embed/<pk>")


@blueprint.get("/received")
@for_site(Scope.READ)
def show(pk: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Say thank you, in the form's language."""
    language = language_of(request.args.get("lang"), request.accept_languages)
    return page(
        "received.html",
        language,
        negotiated=True,
        frame_ancestors=site().origins,
        site=site(),
        usual=usual_time(site().id, language),
    )
