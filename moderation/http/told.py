"""What endpoints are told, for the document: a shape and an example for each type of event."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel

from moderation.domain.comment import Status
from moderation.domain.decision import Actor
from moderation.domain.delivery import PING, Delivery, ping_told
from moderation.domain.event import EventType, told
from moderation.http.answers.telling import ToldEvent, ToldPing

TOLD: Final[dict[str, type[BaseModel]]] = {**{str(kind): ToldEvent for kind in EventType}, PING: ToldPing}
"""Every type of event with its shape."""

SIGNED: Final[dict[str, dict[str, Any]]] = {
    "webhook-id": {
        "description": "The event's id, the same on every attempt.",
        "schema": {"type": "string", "pattern": "^evt_"},
    },
    "webhook-timestamp": {
        "description": "When this attempt was made, in seconds since 1970.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
    "webhook-signature": {
        "description": "Signatures over `id.timestamp.body`, with a space between them; one of them has to fit.",
        "schema": {"type": "string", "pattern": "^v1,"},
    },
}

_SITE, _COMMENT, _EVENT, _ENDPOINT = (UUID(f"0197f1c{digit}-7a05-713b-bc1b-4e3064077ef{digit}") for digit in range(4))
_BEGAN: Final = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
_PAST: Final[dict[EventType, tuple[Status, Status | None, Actor, int, tuple[str, ...]]]] = {
    EventType.RECEIVED: (Status.PENDING, None, Actor.AUTHOR, 1, ()),
    EventType.HELD: (Status.HELD, Status.PENDING, Actor.POLICY, 2, ("links",)),
    EventType.APPROVED: (Status.APPROVED, Status.PENDING, Actor.POLICY, 2, ()),
    EventType.REJECTED: (Status.REJECTED, Status.HELD, Actor.PERSON, 3, ()),
    EventType.SPAM: (Status.SPAM, Status.HELD, Actor.KEY, 3, ()),
    EventType.EDITED: (Status.PENDING, Status.APPROVED, Actor.AUTHOR, 3, ()),
    EventType.DELETED: (Status.DELETED, Status.APPROVED, Actor.AUTHOR, 3, ()),
    EventType.FLAGGED: (Status.APPROVED, Status.APPROVED, Actor.READER, 3, ("spam",)),
    EventType.APPEALED: (Status.REJECTED, Status.REJECTED, Actor.AUTHOR, 4, ("off-topic",)),
    EventType.ERASED: (Status.DELETED, Status.APPROVED, Actor.ERASURE, 3, ()),
}
"""What came before each event of the examples."""


def _example(kind: EventType) -> dict[str, Any]:
    """Tell of a comment as publishers are told of every one."""
    status, previous, by, sequence, reasons = _PAST[kind]
    text = "" if status is Status.DELETED else "First, and glad of it."
    return told(
        {
            "id": _EVENT,
            "type": kind,
            "sequence": sequence,
            "status": status,
            "previous": previous,
            "by": by,
            "reasons": reasons,
            "created_at": _BEGAN + timedelta(seconds=sequence),
            "comment_id": _COMMENT,
            "site_id": _SITE,
            "thread": "article-42",
            "parent_id": None,
            "name": "" if status is Status.DELETED else "Ann",
            "website": None,
            "text": text,
            "html": f"<p>{text}</p>" if sequence > 1 else None,
            "received_at": _BEGAN,
            "revision": 1,
            "revision_now": 1,
            "status_now": status,
            "rule": "civil" if kind is EventType.REJECTED else None,
        }
    )


EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    **{str(kind): _example(kind) for kind in EventType},
    PING: ping_told(Delivery(_EVENT, _SITE, _ENDPOINT, None, PING, _BEGAN)),
}
"""An example of each."""
