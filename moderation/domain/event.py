"""Events: what publishers hear about a comment, once for each change."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from moderation.domain.comment import Status
from moderation.domain.decision import Actor


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


def event_type(status: Status, by: Actor) -> EventType:
    """Name the event that a move to `status` gives."""
    if status is Status.PENDING:
        return EventType.EDITED if by is Actor.AUTHOR else EventType.RECEIVED
    if by is Actor.ERASURE:
        return EventType.ERASED
    return EventType(f"comment.{status}")
