"""What waits, shown once to whoever sent it: its id and a digest stand in the address to which a form led."""

from collections.abc import Mapping
from datetime import timedelta
from hmac import compare_digest
from typing import Final
from uuid import UUID

from moderation.domain.comment import Comment, Status
from moderation.domain.errors import NotFound
from moderation.domain.site import Site
from moderation.http.context import deps
from moderation.services import authors

UNAPPROVED: Final = "unapproved"
HASH: Final = "moderation-hash"
SHOWN: Final = timedelta(minutes=10)
"""An address is easily passed on; after that nobody sees by it what is not public."""
WAITING: Final = frozenset({Status.PENDING, Status.HELD})


def moderation_hash(comment: Comment) -> str:
    """Give the digest that shows a comment to its author while it waits; it proves nothing else."""
    sent = str(int(comment.received_at.timestamp()))
    return deps().seals.digest("moderation-hash", comment.id.bytes, sent).hex()[:32]


def waiting(site: Site, asked: Mapping[str, str]) -> Comment | None:
    """Give the comment that an address shows, if it waits still and was sent within ten minutes."""
    try:
        found = authors.show(deps(), UUID(asked.get(UNAPPROVED, "")))
    except (ValueError, NotFound):
        return None
    known = compare_digest(moderation_hash(found).encode(), asked.get(HASH, "").encode())
    fresh = deps().now() - found.received_at < SHOWN
    return found if known and fresh and found.site_id == site.id and found.status in WAITING else None
