"""Pinning by key: which comments stand before all others on their page."""

from typing import Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from moderation.domain.scope import Scope
from moderation.http.answers.review import PinShown
from moderation.http.context import deps, key
from moderation.http.described import described
from moderation.http.guard import requires
from moderation.services import pins

blueprint = Blueprint("pins", __name__, url_prefix="/v1/moderation/comments/<uuid:comment_id>/pin")
PRIVATE = {"Cache-Control": "no-store"}


@blueprint.put("")
@requires(Scope.MODERATE)
@described({200: PinShown}, problems=["not-pinnable", "pins-full"])
def pin(comment_id: UUID) -> ResponseReturnValue:
    """Let a public comment that answers nobody stand before all others on its page; twice is the same as once."""
    return _pinned(comment_id, pinned=True), 200, PRIVATE


@blueprint.delete("")
@requires(Scope.MODERATE)
@described({200: PinShown})
def unpin(comment_id: UUID) -> ResponseReturnValue:
    """Let a comment stand at its place again; twice is the same as once."""
    return _pinned(comment_id, pinned=False), 200, PRIVATE


def _pinned(comment_id: UUID, *, pinned: bool) -> dict[str, Any]:
    thread = pins.pin(deps(), key().site_id, comment_id, pinned=pinned)
    return {"comment": str(comment_id), "thread": thread.key, "pinned": pinned}
