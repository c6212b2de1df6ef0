"""What leaves: one list of fields for each kind of reader, and nothing that is not on it.

The public shape knows no address, mask, hash or network; only an author with a receipt
and a moderator see the mask.
"""

from datetime import datetime
from typing import Any

from moderation.domain import event
from moderation.domain.comment import Comment, Status, public_reason
from moderation.http.context import deps, web
from moderation.services.addresses import address_of
from moderation.services.authors import editable_until
from moderation.services.citing import Told, told
from moderation.services.ports import Row


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
        **told_to_author(told(deps(), [comment]).get(comment.id)),
    }


def told_to_author(found: Told | None) -> dict[str, Any]:
    """Show an author, beside the reason, the house rule that was not kept and what a moderator wrote; often neither."""
    if found is None:
        return {}
    rule = found.rule
    words = {"code": rule.code, "version": rule.version, "title": rule.title, "text": rule.text} if rule else {}
    return ({"rule": words} if words else {}) | ({"note": found.note} if found.note else {})


def status_url(comment: Comment) -> str:
    """Say where a comment's author asks for its status."""
    return f"{web().public_url}/v1/comments/{comment.id}"


def mask_of(comment: Comment) -> str | None:
    """Give an address as its mask."""
    address = address_of(deps(), comment)
    return None if address is None else str(address)


def _id(value: Any) -> str | None:
    return None if value is None else str(value)
