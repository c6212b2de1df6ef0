"""Comments: their statuses, the moves between them, and a submission as it arrives."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from moderation.domain.privacy import SecretEmail


class Status(StrEnum):
    """Where a comment stands. Nothing but `approved` is ever public."""

    PENDING = "pending"
    APPROVED = "approved"
    HELD = "held"
    SPAM = "spam"
    REJECTED = "rejected"
    DELETED = "deleted"


DECIDED: Final = frozenset({Status.APPROVED, Status.HELD, Status.SPAM, Status.REJECTED})
EDITABLE: Final = frozenset({Status.PENDING, Status.APPROVED, Status.HELD})


class FormToken(StrEnum):
    """What the signed form token said about how the form was used."""

    ABSENT = "absent"
    SOUND = "sound"
    YOUNG = "young"
    REUSED = "reused"
    UNSOUND = "unsound"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How a comment arrived: facts about the sending, never about the person."""

    form_token: FormToken = FormToken.ABSENT
    form_age: float | None = None
    """Seconds between handing out the form and its return."""
    honeypot: bool = False
    echoes: int = 0
    """How many other authors of this site sent the same words within a day."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A reply as a scorer sees it: cleaned, complete, not yet judged."""

    text: str
    name: str = ""
    email: SecretEmail | None = None
    website: str | None = None
    language: str | None = None
    circumstances: Circumstances = Circumstances()
