"""What moderators see of a comment: everything that helps to decide it, and the address only as its mask."""

from typing import Any
from uuid import UUID

from moderation.domain.appeal import Appeal
from moderation.domain.comment import Comment, Status
from moderation.domain.decision import Decision
from moderation.domain.signal import Signal
from moderation.http.context import deps
from moderation.http.shapes import instant
from moderation.services.addresses import opened
from moderation.services.hearings import words_of
from moderation.services.ports import Row
from moderation.services.review import Dossier


def listed_comment(row: Row) -> dict[str, Any]:
    """Show one line of the review queue."""
    return {
        "id": str(row["id"]),
        "status": row["status"],
        "version": row["version"],
        "reasons": list(row["reasons"]),
        "site": str(row["site_id"]),
        "thread": row["thread"],
        "thread_title": row["thread_title"],
        "parent": _id(row["parent_id"]),
        "depth": row["depth"],
        "author": {
            "name": row["name"],
            "email": _mask(row),
            "url": row["website"],
            "staff": row["staff"],
            "member": row["member"],
        },
        "text": row["text"],
        "html": row["html"],
        "language": row["language"],
        "created_at": instant(row["received_at"]),
        "edited_at": instant(row["edited_at"]),
    }


def whole_comment(dossier: Dossier) -> dict[str, Any]:
    """Show one comment with its signals, its history and its author's record."""
    comment = dossier.comment
    return {
        "id": str(comment.id),
        "status": comment.status,
        "version": comment.version,
        "reasons": list(comment.reasons),
        "site": str(comment.site_id),
        "thread": comment.thread,
        "parent": _id(comment.parent_id),
        "depth": comment.depth,
        "author": _author(dossier),
        "text": comment.text,
        "html": comment.html,
        "language": comment.language,
        "signals": [_signal(signal) for signal in dossier.signals],
        "flags": dossier.flags,
        "appeal": None if dossier.appeal is None else _appeal(dossier.appeal),
        "history": [_decision(decision) for decision in dossier.history],
        **_times(comment),
    }


def _author(dossier: Dossier) -> dict[str, Any]:
    comment, mask = dossier.comment, dossier.email
    record = {status: dossier.record.get(status, 0) for status in Status} if dossier.record else None
    return {
        "name": comment.name,
        "email": None if mask is None else str(mask),
        "url": comment.website,
        "staff": comment.staff,
        "member": comment.member,
        "record": record,
    }


def _times(comment: Comment) -> dict[str, str | None]:
    moments = {"created_at": comment.received_at, "edited_at": comment.edited_at, "deleted_at": comment.deleted_at}
    return {name: instant(moment) for name, moment in moments.items()}


def _signal(signal: Signal) -> dict[str, Any]:
    findings = [
        {"code": finding.code, "detail": finding.detail, "spans": [list(span) for span in finding.spans]}
        for finding in signal.findings
    ]
    return {
        "kind": signal.kind,
        "value": signal.value,
        "scorer": signal.scorer,
        "language": signal.language,
        "attributes": dict(signal.attributes),
        "findings": findings,
    }


def _appeal(appeal: Appeal) -> dict[str, Any]:
    return {
        "text": words_of(deps(), appeal),
        "created_at": instant(appeal.created_at),
        "against": str(appeal.against),
        "outcome": appeal.outcome,
        "decision": _id(appeal.decision_id),
        "decided_at": instant(appeal.decided_at),
    }


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "id": str(decision.id),
        "version": decision.version,
        "previous": decision.previous,
        "status": decision.status,
        "reasons": list(decision.reasons),
        "by": decision.by,
        "actor": _id(decision.actor_id),
        "note": decision.note,
        "undoes": _id(decision.undoes),
        "created_at": instant(decision.created_at),
        "rule": {"code": decision.cites.code, "version": decision.cites.version} if decision.cites else None,
        "public_note": decision.public_note,
    }


def _mask(row: Row) -> str | None:
    address = opened(deps(), row["email"], site_id=row["site_id"], comment_id=row["id"])
    return None if address is None else str(address)


def _id(value: UUID | None) -> str | None:
    return None if value is None else str(value)
