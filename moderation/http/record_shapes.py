"""What a record shows: each link with everything that its hash is made of, and what is needed to recompute it."""

from itertools import pairwise
from typing import Any
from uuid import UUID

from pydantic import Field

from moderation.domain.comment import Status
from moderation.domain.decision import Actor, Decision
from moderation.domain.record import INPUTS, document
from moderation.http.answers.base import Shown
from moderation.services.record import Record


class Overridden(Shown):
    """The decision that stood before another one, where that decided otherwise."""

    id: UUID
    by: Actor
    status: Status


class RuleCited(Shown):
    """A house rule as its author was told it; `digest` in the document is the hash of both."""

    title: str
    text: str


class LinkShown(Shown):
    """One decision."""

    hash: str | None = Field(description="SHA-256 of `document`; null where it is older than records.")
    document: dict[str, Any] = Field(description="Everything that the hash is made of, the hash before it included.")
    note: str = Field(description="For moderators; in `document` it is only a hash.")
    note_salt: str | None = Field(description="With which the notes were hashed, in hexadecimal.")
    public_note: str = Field(description="For the author; in `document` it is only a hash.")
    rule: RuleCited | None = Field(description="The house rule that it cites, as it was worded then.")
    who: str | None = Field(description="What the person or the key is called.")
    overrode: Overridden | None


class InputsShown(Shown):
    """What was written, as it is kept now."""

    text: str
    name: str
    website: str


class BrokenAt(Shown):
    """Where a record is not what was written down."""

    version: int = Field(description="The first link that breaks.")
    what: str


class RecordShown(Shown):
    """Every decision about one comment, oldest first."""

    comment: UUID
    site: UUID
    version: int
    status: Status
    revision: int
    inputs: InputsShown
    salt: str | None = Field(
        description="With which the inputs were hashed, in hexadecimal; null once they are erased."
    )
    links: list[LinkShown]
    policies: dict[str, str] = Field(description="The policies that links name by their hash, as TOML.")
    broken: BrokenAt | None = Field(description="Null where everything is as it was written.")


def whole_record(record: Record) -> dict[str, Any]:
    """Show a record."""
    comment, decisions = record.comment, record.decisions
    return {
        "comment": str(comment.id),
        "site": str(comment.site_id),
        "version": comment.version,
        "status": comment.status,
        "revision": comment.revision,
        "inputs": {name: getattr(comment, name) or "" for name in INPUTS},
        "salt": _hex(comment.salt),
        "links": [_link(record, before, decision) for before, decision in pairwise([None, *decisions]) if decision],
        "policies": dict(record.policies),
        "broken": None if record.broken is None else {"version": record.broken.version, "what": record.broken.what},
    }


def _link(record: Record, before: Decision | None, decision: Decision) -> dict[str, Any]:
    rule = record.rules.get(decision.id)
    return {
        "hash": _hex(decision.link),
        "document": document(decision, before.link if before else None),
        "note": decision.note,
        "note_salt": _hex(decision.salt),
        "public_note": decision.public_note,
        "rule": {"title": rule.title, "text": rule.text} if rule else None,
        "who": record.names.get(decision.actor_id) if decision.actor_id else None,
        "overrode": _overridden(before, decision),
    }


def _overridden(before: Decision | None, decision: Decision) -> dict[str, Any] | None:
    if before is None or before.status is decision.status or before.status is Status.PENDING:
        return None
    return {"id": str(before.id), "by": before.by, "status": before.status}


def _hex(octets: bytes | None) -> str | None:
    return None if octets is None else octets.hex()
