"""Merging two waves that are one campaign: choosing the other, hearing what would be so, and doing it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from moderation.domain.errors import NotFound
from moderation.domain.wave import Wave
from moderation.http.console.asked import asked_in
from moderation.http.console.gate import person
from moderation.http.console.naming import BECAME
from moderation.http.console.printing import printed
from moderation.http.console.queue import lines_for, queue_page
from moderation.http.console.speech import gettext
from moderation.http.console.typed import id_in
from moderation.http.context import deps
from moderation.http.guard import for_people
from moderation.services import merging, people, waves
from moderation.services.merging import Union

blueprint = Blueprint("merging", __name__)


@blueprint.get("/waves/<uuid:wave_id>/merging")
@for_people
def choose(wave_id: UUID) -> ResponseReturnValue:
    """Show with which others a wave may be merged; once one is chosen, what would be so."""
    site_id = waves.site_of(deps(), person(), wave_id)
    into = id_in(request.args.get("into", ""))
    union = merging.foreseen(deps(), site_id, wave_id, into) if into else None
    offered = [] if into else merging.offered(deps(), site_id, wave_id)
    lines = None if offered is None else lines_for(offered)[0]
    return printed(
        "merging.html",
        wanted=asked_in(request.args),
        wave_id=wave_id,
        into=into,
        union=union,
        standing=_standing(union) if union else {},
        lines=lines,
        now=deps().now(),
    )


@blueprint.post("/waves/<uuid:wave_id>/merging")
@for_people
def merge(wave_id: UUID) -> ResponseReturnValue:
    """Merge a wave into another of its site."""
    site_id = waves.site_of(deps(), person(), wave_id)
    into = id_in(request.form.get("into", ""))
    if into is None:
        raise NotFound("There is no such wave.")
    merging.merge(deps(), site_id, wave_id, into)
    notice = {"sentence": gettext("They are one card now."), "missed": "", "undo": [str(wave_id)]}
    return queue_page(asked_in(request.form), named=into, notice=notice)


def split_off(wave: Wave) -> dict[str, Any]:
    """Split a wave off again, and tell our script what is so now."""
    merging.split(deps(), wave.site_id, wave.id)
    return {"comment": str(wave.id), "status": "held", "told": gettext("They are two cards again.")}


def _standing(union: Union) -> dict[str, Any]:
    """Tell what would go for what arrives like either."""
    stance = union.standing
    if stance is None:
        return {}
    name = people.names(deps(), [stance.actor_id]).get(stance.actor_id, gettext("somebody"))
    return {"word": BECAME[stance.status], "until": stance.until, "by": name}
