"""Notes: what moderators of a site write down for each other about a comment or its author."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from moderation.domain.sentence import Sentence
from moderation.domain.text import Unfit, clean_text

NOTE_MAX: Final = 1000


@dataclass(frozen=True, slots=True)
class Note:
    """One note; with a fingerprint it is about the author of the comment, and seen with all of theirs."""

    id: UUID
    site_id: UUID
    comment_id: UUID
    text: str
    actor_id: UUID
    created_at: datetime
    fingerprint: bytes | None = None


def parse_note(typed: str) -> str:
    """Give a note as it is kept; raise `Unfit` for an empty or an endless one."""
    text = clean_text(typed)
    if not text:
        raise Unfit("required", "Write a few words.")
    if len(text) > NOTE_MAX:
        raise Unfit("too-long", Sentence("Use at most %(limit)s characters.", limit=NOTE_MAX))
    return text
