"""Authors by key: what a site knows of whoever wrote a comment. No address, fingerprint or network names them."""

from typing import Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from moderation.domain.author import Seen
from moderation.domain.comment import Status
from moderation.domain.scope import Scope
from moderation.http import author_shapes
from moderation.http.answers.review import AuthorShown
from moderation.http.context import deps, key
from moderation.http.described import Answer, described
from moderation.http.guard import requires
from moderation.http.shapes import instant
from moderation.services import portraits
from moderation.services.portraits import Portrait

blueprint = Blueprint("authors", __name__, url_prefix="/v1/moderation")


@blueprint.get("/comments/<uuid:comment_id>/author")
@requires(Scope.MODERATE)
@described({200: Answer(AuthorShown)})
def show(comment_id: UUID) -> ResponseReturnValue:
    """Show whoever wrote a comment: their record at this site, bans that hold for them, and notes."""
    return _author(portraits.portrait(deps(), key().site_id, comment_id)), 200, {"Cache-Control": "no-store"}


def _author(found: Portrait) -> dict[str, Any]:
    comment = found.comment
    return {
        "comment": str(comment.id),
        "site": str(comment.site_id),
        "name": comment.name,
        "email": None if found.email is None else str(found.email),
        "record": {status: found.record.get(status, 0) for status in Status} if found.record else None,
        "seen": None if found.seen is None else _seen(found.seen),
        "bans": [author_shapes.ban(each) for each in found.beside.bans],
        "notes": [author_shapes.note(each) for each in found.beside.notes],
    }


def _seen(seen: Seen) -> dict[str, Any]:
    return {
        "first": instant(seen.first),
        "last": instant(seen.last),
        "names": [{"name": name, "comments": often} for name, often in seen.names],
        "decided": seen.decided,
        "overturned": seen.overturned,
    }
