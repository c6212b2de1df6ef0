"""The record of a comment at the desk: to be read, printed, or kept as the file that the API gives."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, json
from flask.typing import ResponseReturnValue

from moderation.domain.comment import Status
from moderation.domain.decision import Actor, Decision
from moderation.http.console.appealed import word_of
from moderation.http.console.gate import person
from moderation.http.console.meanings import meaning
from moderation.http.console.naming import BECAME, INPUT_OF
from moderation.http.console.printing import printed
from moderation.http.console.shown import BY
from moderation.http.console.speech import gettext
from moderation.http.context import deps
from moderation.http.guard import for_people
from moderation.http.record_shapes import whole_record
from moderation.services import desk
from moderation.services.record import Record, record

blueprint = Blueprint("record", __name__)


@blueprint.get("/comments/<uuid:comment_id>/record")
@for_people
def show(comment_id: UUID) -> ResponseReturnValue:
    """Show a record on a page that prints well."""
    found = _found(comment_id)
    links = [_link(found, decision) for decision in found.decisions]
    return printed("record.html", comment=found.comment, broken=found.broken, links=links, input_of=INPUT_OF)


@blueprint.get("/comments/<uuid:comment_id>/record.json")
@for_people
def keep(comment_id: UUID) -> ResponseReturnValue:
    """Give a record as a file."""
    document = json.dumps(whole_record(_found(comment_id)), ensure_ascii=False, indent=2) + "\n"
    name = f'attachment; filename="record-{comment_id}.json"'
    return Response(document, mimetype="application/json", headers={"Content-Disposition": name})


def _found(comment_id: UUID) -> Record:
    return record(deps(), desk.site_of(deps(), person(), comment_id), comment_id)


def _link(found: Record, decision: Decision) -> dict[str, Any]:
    known = decision.evidence or {}
    return {
        "version": decision.version,
        "word": word_of(decision),
        "status": str(decision.status),
        "before": gettext("still being checked") if decision.previous is Status.PENDING else BECAME[decision.previous],
        "by": _by(found, decision),
        "at": decision.created_at,
        "reasons": [meaning(code) for code in decision.reasons],
        "note": decision.note,
        "rule": found.rules.get(decision.id),
        "public_note": decision.public_note,
        "checks": [*_checks(known)],
        "inputs": known.get("inputs"),
        "policy": known.get("policy"),
        "hash": decision.link.hex() if decision.link else None,
    }


def _checks(known: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Give each check with the rules that fired at it."""
    for check in known.get("checks", ()):
        fired = [rule for rule in known["fired"] if rule["signal"] == check["kind"]]
        yield {**check, "value": float(check["value"]), "fired": fired}


def _by(found: Record, decision: Decision) -> str:
    name = found.names.get(decision.actor_id, "") if decision.actor_id else ""
    if decision.by is Actor.PERSON:
        return name or gettext("somebody")
    return f"{BY.get(decision.by) or gettext('an erasure')}{f', {name}' if name else ''}"
