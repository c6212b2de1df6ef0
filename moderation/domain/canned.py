"""Canned notes: texts that moderators of a site put into a note to an author, so that they need not type them anew."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from moderation.domain.text import Unfit, clean_line, clean_text

TITLE_MAX: Final = 80
PUBLIC_NOTE_MAX: Final = 1000
MOST_CANNED: Final = 100


@dataclass(frozen=True, slots=True)
class CannedNote:
    """One text, and what moderators call it."""

    id: UUID
    site_id: UUID
    title: str
    text: str
    created_at: datetime


def parse_title(typed: str) -> str:
    """Give what a canned note is called; raise `Unfit` for nothing, or too much."""
    title = clean_line(typed, limit=TITLE_MAX)
    if not title:
        raise Unfit("required", "Say what you call it.")
    return title


def parse_text(typed: str) -> str:
    """Give the text of a canned note; raise `Unfit` for nothing, or too much."""
    text = parse_public_note(typed)
    if not text:
        raise Unfit("required", "Write a few words.")
    return text


def parse_public_note(typed: str) -> str:
    """Give what a moderator writes to an author, which may be nothing; raise `Unfit` for too much."""
    text = clean_text(typed)
    if len(text) > PUBLIC_NOTE_MAX:
        raise Unfit("too-long", f"Use at most {PUBLIC_NOTE_MAX} characters.")
    return text
