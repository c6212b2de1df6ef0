"""The record of a comment by key: every decision about it, as links that anybody can recompute."""

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from moderation.domain.scope import Scope
from moderation.http.context import deps, key
from moderation.http.described import described
from moderation.http.guard import requires
from moderation.http.record_shapes import RecordShown, whole_record
from moderation.services.record import record

blueprint = Blueprint("record", __name__, url_prefix="/v1/moderation")


@blueprint.get("/comments/<uuid:comment_id>/record")
@requires(Scope.MODERATE)
@described({200: RecordShown})
def show(comment_id: UUID) -> ResponseReturnValue:
    """Show how each decision about a comment came about: what was checked, what was decided, by whom, over what."""
    return whole_record(record(deps(), key().site_id, comment_id)), 200, {"Cache-Control": "no-store"}
