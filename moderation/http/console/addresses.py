"""Looking at an author's address: for seniors and owners who say why and proved just now that it is them."""

from typing import Final
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from moderation.domain.decision import Actor
from moderation.domain.errors import NotFound
from moderation.domain.person import Role
from moderation.http.console.gate import person
from moderation.http.console.owned import surely
from moderation.http.console.printing import printed
from moderation.http.console.speech import gettext
from moderation.http.context import deps
from moderation.http.guard import for_people
from moderation.services import desk, review
from moderation.services.review import Moderator

blueprint = Blueprint("addresses", __name__)
REASON_MAX: Final = 1000


@blueprint.route("/comments/<uuid:comment_id>/email", methods=["GET", "POST"])
@for_people
def look(comment_id: UUID) -> ResponseReturnValue:
    """Ask why, and show the address once, in the answer to that and nowhere else."""
    site_id = _senior_at(comment_id)
    surely(f"/console/comments/{comment_id}/email")
    if request.method == "GET":
        return printed("address.html", comment_id=comment_id, address="", fault="")
    reason = request.form.get("reason", "").replace("\0", "").strip()
    if not 1 <= len(reason) <= REASON_MAX:
        fault = gettext("Say why, in %(limit)s characters at most.", limit=REASON_MAX)
        return printed("address.html", status=422, comment_id=comment_id, address="", fault=fault)
    address = review.reveal(deps(), Moderator(site_id, person().id, Actor.PERSON), comment_id, reason)
    return printed("address.html", comment_id=comment_id, address=address.reveal(), fault="")


def _senior_at(comment_id: UUID) -> UUID:
    """Name the site of a comment at which somebody is at least a senior; raises NotFound for every other."""
    site_id = desk.site_of(deps(), person(), comment_id)
    if site_id not in person().sites(Role.SENIOR):
        raise NotFound("There is no such comment.")
    return site_id
