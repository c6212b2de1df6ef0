"""What leaves of bans and notes: no address, fingerprint or network names anybody."""

from typing import Any
from uuid import UUID

from moderation.domain.ban import TYPED, Ban
from moderation.domain.note import Note
from moderation.http.context import deps
from moderation.http.shapes import instant
from moderation.services.doers import OPERATOR_ID


def ban(made: Ban) -> dict[str, Any]:
    """Show a ban that holds for somebody; what is kept of an address or a network stays here."""
    return {
        "id": str(made.id),
        "effect": made.effect,
        "mark": made.mark,
        "pattern": made.value if made.mark in TYPED else None,
        "reason": made.reason,
        "actor": doer(made.actor_id),
        "created_at": instant(made.created_at),
        "until": instant(made.until),
    }


def ban_on_record(made: Ban) -> dict[str, Any]:
    """Show a ban with where it was made, and how it ended."""
    return ban(made) | {
        "comment": None if made.comment_id is None else str(made.comment_id),
        "in_force": made.holds(deps().now()),
        "lifted_at": instant(made.lifted_at),
        "lifted_by": made.lifted_by and doer(made.lifted_by),
    }


def note(written: Note) -> dict[str, Any]:
    """Show a note."""
    return {
        "id": str(written.id),
        "comment": str(written.comment_id),
        "about": "comment" if written.fingerprint is None else "author",
        "text": written.text,
        "actor": doer(written.actor_id),
        "created_at": instant(written.created_at),
    }


def doer(doer_id: UUID) -> str | None:
    """Name a person or a key; the operator has no id."""
    return None if doer_id == OPERATOR_ID else str(doer_id)
