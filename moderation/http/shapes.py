"""What leaves: one list of fields for each kind of reader, and nothing that is not on it.

The public shape knows no address, mask, hash or network; only an author with a receipt
and a moderator see the mask.
"""

from datetime import datetime
from typing import Any, Final

from moderation.domain import event
from moderation.domain.comment import Comment, Status
from moderation.http.context import deps, web
from moderation.services.addresses import address_of
from moderation.services.authors import editable_until
from moderation.services.ports import Row

UNTOLD: Final = frozenset({"honeypot", "form-too-fast", "form-reused", "form-unsound", "wave"})
"""Reasons that an author is not told, because they would teach a spammer how they were caught."""


def instant(moment: datetime | None) -> str | None:
    """Write a moment as RFC 3339 in UTC."""
    return None if moment is None else event.instant(moment)


def public_comment(row: Row, thread: str) -> dict[str, Any]:
    """Show a comment to anybody; what is not public but has public replies is a gap."""
    if row["status"] is not Status.APPROVED:
        return {"id": str(row["id"]), "parent": _id(row["parent_id"]), "depth": row["depth"], "gone": True}
    return {
        "id": str(row["id"]),
        "thread": thread,
        "parent": _id(row["parent_id"]),
        "depth": row["depth"],
        "author": {"name": row["name"], "url": row["website"], **({"staff": True} if row["staff"] else {})},
        "text": row["text"],
        "html": row["html"],
        "created_at": instant(row["received_at"]),
        "edited_at": instant(row["edited_at"]),
    }


def own_comment(comment: Comment) -> dict[str, Any]:
    """Show an author their own comment, in whatever state it is, the same way wherever they look."""
    return {
        "id": str(comment.id),
        "status": comment.status,
        "reason": public_reason(comment),
        "thread": comment.thread,
        "parent": _id(comment.parent_id),
        "depth": comment.depth,
        "author": {"name": comment.name, "email": mask_of(comment), "url": comment.website},
        "text": comment.text,
        "html": comment.html,
        "created_at": instant(comment.received_at),
        "edited_at": instant(comment.edited_at),
        "editable_until": instant(editable_until(comment)),
        "status_url": status_url(comment),
        "receipt": deps().seals.receipt(comment.id),
    }


def status_url(comment: Comment) -> str:
    """Say where a comment's author asks for its status."""
    return f"{web().public_url}/v1/comments/{comment.id}"


def public_reason(comment: Comment) -> str | None:
    """Give the first reason that an author may be told; none for what is public or still waits."""
    if comment.status in {Status.PENDING, Status.APPROVED, Status.DELETED}:
        return None
    told = (code for code in comment.reasons if code not in UNTOLD)
    return next(told, "in-review" if comment.status is Status.HELD else "house-rules")


def mask_of(comment: Comment) -> str | None:
    """Give an address as its mask."""
    address = address_of(deps(), comment)
    return None if address is None else str(address)


def _id(value: Any) -> str | None:
    return None if value is None else str(value)
