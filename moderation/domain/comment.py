"""Comments: their statuses, a comment as it is kept, and a submission as a scorer sees it."""

from dataclasses import dataclass, replace
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
EDITABLE: Final = frozenset(Status) - {Status.DELETED}
REFUSED: Final = frozenset({Status.REJECTED, Status.SPAM})
"""Turned down; which of the two it was is no difference to its author."""


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
    """How many other authors sent nearly the same words within a day; counted when it is scored."""
    pace: int = 0
    """How many comments this author sent in the ten minutes before, where that is many; counted with the echoes."""


@dataclass(frozen=True, slots=True)
class Around:
    """What was sent around a comment: by others in nearly the same words, and by its own author just before."""

    echoes: int = 0
    pace: int = 0


ALONE: Final = Around()
UNTOLD: Final = frozenset(
    {"honeypot", "form-too-fast", "form-reused", "form-unsound", "wave", "banned", "premoderated"}
)
"""Reasons that an author is not told, because they would teach a spammer how they were caught."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A reply as a scorer sees it: cleaned, complete, not yet judged."""

    text: str
    name: str = ""
    email: SecretEmail | None = None
    website: str | None = None
    language: str | None = None
    circumstances: Circumstances = Circumstances()
    thread: str = ""
    """The page, as its site names it: an id of its own, or an address."""


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment as it is kept."""

    id: UUID
    site_id: UUID
    thread_id: UUID
    thread: str
    """The site's own id for the page."""
    parent_id: UUID | None
    depth: int
    status: Status
    version: int
    revision: int
    sequence: int
    name: str
    text: str
    received_at: datetime
    waiting_since: datetime
    reasons: tuple[str, ...] = ()
    website: str | None = None
    email: bytes | None = None
    """The sealed address; only the vault opens it."""
    fingerprint: bytes | None = None
    staff: bool = False
    text_print: bytes | None = None
    sketch: int | None = None
    """What it is found by among texts that say nearly the same: `likeness.sketch`."""
    link_print: bytes | None = None
    """What it is found by among other few words with the same links."""
    wave: UUID | None = None
    """Those that say nearly the same, if there are any: `wave.Wave`."""
    html: str | None = None
    language: str | None = None
    network: str | None = None
    known_by: UUID | None = None
    """An earlier comment of the same author, whose receipt came along."""
    member: bool = False
    """The site signed its author in: the fingerprint is of the site's own id for them, never of an address."""
    unproven: bool = False
    """A proof of work was due and did not come."""
    circumstances: Circumstances = Circumstances()
    worth: float = 0.0
    """Its place among what waits for a person: `worth.worth`, as it was when it was held."""
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    salt: bytes | None = None
    """With which records hash what was written; another for each text, and gone with it."""
    confirmed: bool | None = None
    """Whether it came under a confirmed address's token; None where the site does not ask for one."""

    def amid(self, around: Around) -> "Comment":
        """Give the comment with what was sent around it."""
        known = self.circumstances
        if (known.echoes, known.pace) == (around.echoes, around.pace):
            return self
        return replace(self, circumstances=replace(known, echoes=around.echoes, pace=around.pace))


def public_reason(comment: Comment) -> str | None:
    """Give the first reason that an author may be told; none for what is public or still waits."""
    if comment.status in {Status.PENDING, Status.APPROVED, Status.DELETED}:
        return None
    told = (code for code in comment.reasons if code not in UNTOLD)
    return next(told, "in-review" if comment.status is Status.HELD else "house-rules")
