"""Events: what publishers hear about a comment, once for each change."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from moderation.domain.comment import REFUSED, Status
from moderation.domain.decision import Actor

PREFIX: Final = "evt_"
MOST_BYTES: Final = 20_000
"""A body above this leaves its HTML out, and then its text."""


class EventType(StrEnum):
    """Every kind of event; the words travel in webhooks and in `/v1/events`."""

    RECEIVED = "comment.received"
    HELD = "comment.held"
    APPROVED = "comment.approved"
    REJECTED = "comment.rejected"
    SPAM = "comment.spam"
    EDITED = "comment.edited"
    DELETED = "comment.deleted"
    FLAGGED = "comment.flagged"
    APPEALED = "comment.appealed"
    ERASED = "comment.erased"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a comment; `sequence` orders those of one comment.

    It holds no text: what is told of a comment is read from its row when the event
    leaves, and only while the row still holds the revision that the event speaks of.
    """

    id: UUID
    site_id: UUID
    comment_id: UUID
    type: EventType
    sequence: int
    revision: int
    status: Status
    previous: Status | None
    reasons: tuple[str, ...]
    by: Actor
    created_at: datetime
    rule: str | None = None
    """The code of the house rule that is cited."""
    link: bytes | None = None
    """The hash of the decision that it tells, so that a site's events bear witness to all of its records."""


def event_type(status: Status, by: Actor) -> EventType:
    """Name the event that a move to `status` gives."""
    if status is Status.PENDING:
        return EventType.EDITED if by is Actor.AUTHOR else EventType.RECEIVED
    if by is Actor.AUTHOR and status in REFUSED:
        return EventType.APPEALED
    if by is Actor.ERASURE:
        return EventType.ERASED
    return EventType(f"comment.{status}")


def told(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give an event as publishers read it, in the feed and in webhooks alike.

    The row is the event's, with its comment as it is now. A text is told only while it is
    the one that the event speaks of: an old event never carries a newer, unjudged text, and
    none carries what was deleted since.
    """
    gone = row["text"] == "" or row["status_now"] is Status.DELETED
    same = row["revision"] == row["revision_now"] and not gone
    comment = {
        "id": str(row["comment_id"]),
        "site": str(row["site_id"]),
        "thread": row["thread"],
        "parent": None if row["parent_id"] is None else str(row["parent_id"]),
        "status": row["status"],
        "reasons": list(row["reasons"]),
        "author": {"name": row["name"], "url": row["website"]},
        "text": row["text"] if same else None,
        "html": row["html"] if same else None,
        "created_at": instant(row["received_at"]),
    }
    cited = {"rule": row["rule"]} if row["rule"] else {}
    return _within_bytes(
        {
            "type": row["type"],
            "id": f"{PREFIX}{row['id']}",
            "timestamp": instant(row["created_at"]),
            "sequence": row["sequence"],
            "data": {"comment": comment, "previous": row["previous"], "by": row["by"], **cited},
        }
    )


def encoded(body: Mapping[str, Any]) -> bytes:
    """Write a body as it travels: JSON in UTF-8 without spaces."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def instant(moment: datetime) -> str:
    """Write a moment as RFC 3339 in UTC."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _within_bytes(body: dict[str, Any]) -> dict[str, Any]:
    for name in ("html", "text"):
        if len(encoded(body)) > MOST_BYTES:
            body["data"]["comment"][name] = None
    return body
