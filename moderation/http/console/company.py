"""Working together: who reads which card, and what became new since the page was opened."""

import json
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from moderation.domain.errors import NotFound
from moderation.http.console.asked import asked_in, seen_by
from moderation.http.console.gate import person
from moderation.http.console.printing import printed
from moderation.http.console.queue import counted, lines_of
from moderation.http.console.typed import id_in
from moderation.http.context import deps
from moderation.http.guard import for_people
from moderation.services import desk, waves, workplace

blueprint = Blueprint("company", __name__)
TAG_BYTES: Final = 12


@blueprint.post("/claims")
@for_people
def claim() -> ResponseReturnValue:
    """Say that a card is being read, and hear who began before; it keeps nobody from deciding."""
    card = id_in(request.form.get("card", ""))
    if card is None:
        raise NotFound("There is no such comment.")
    seen_by(card)
    return {"reader": workplace.read(deps(), person(), card) or ""}


@blueprint.get("/pulse")
@for_people
def pulse() -> ResponseReturnValue:
    """Tell the numbers on the tabs, what is on the first page, and who reads what of it; 304 where all is as it was.

    Of a wave that is in view it is told how much of it waits, also beyond what a line counts.
    """
    wanted = asked_in(request.args)
    lines, _ = lines_of(wanted)
    told: dict[str, Any] = {
        "counts": counted(wanted),
        "most": desk.MOST_COUNTED,
        "head": [[line["key"], line["alike"]] for line in lines],
        "readers": {line["key"]: line["reader"] for line in lines if line["reader"]},
        "card": _in_view(lines, request.args.get("card", "")),
    }
    body = json.dumps(told, sort_keys=True)
    answer = Response(body, mimetype="application/json")
    answer.set_etag(blake2b(body.encode(), digest_size=TAG_BYTES).hexdigest())
    return answer.make_conditional(request)


def _in_view(lines: list[dict[str, Any]], card: str) -> list[Any] | None:
    """Count a wave that is in view, with a statement of its own only where it is more than a line counts."""
    for line in lines:
        if line["wave"] and line["key"] == card:
            return [card, waves.waiting(deps(), line["site_id"], UUID(card)) if line["more"] else line["alike"]]
    return None


@blueprint.get("/lines")
@for_people
def lines() -> ResponseReturnValue:
    """Give the lines of the first page alone, for our script to put those that are new among the others."""
    wanted = asked_in(request.args)
    found, sites = lines_of(wanted)
    facts: dict[str, Any] = {"lines": found, "sites": sites, "wanted": wanted, "now": deps().now()}
    return printed("lines.html", **facts, card=None)
