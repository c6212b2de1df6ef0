"""Mailboxes: what a site knows of an author's address, and what whoever reads there wants to be told."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from moderation.domain.text import Unfit

ASKED_AGAIN: Final = timedelta(days=1)
"""For so long an address that was asked whether it is somebody's is not asked again."""
MOST_ASKED: Final = 10
"""So many addresses are asked in an hour because of comments from one network, since they may be anybody's."""
VISITED_AGAIN: Final = timedelta(hours=1)
"""For so long after a link to one's own comments there is no other."""
VISIT: Final = timedelta(minutes=30)
"""For so long such a link is good after it was sent."""
DIGEST: Final = timedelta(days=1)
MOST_TOLD: Final = 50
"""One mail tells of so many replies; the rest are in the next one."""
FORGOTTEN: Final = timedelta(days=30)
"""An address that nobody confirmed is not remembered for longer."""


class Notify(StrEnum):
    """How an author wants to be told of replies."""

    EACH = "each"
    DAILY = "daily"


class Cause(StrEnum):
    """Why a mail is sent to an author."""

    CONFIRM = "confirm"
    VISIT = "visit"
    REPLY = "reply"
    DECISION = "decision"
    APPEAL = "appeal"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address at one site, known by its fingerprint; the address itself stays with the comments under it."""

    id: UUID
    site_id: UUID
    fingerprint: bytes = field(repr=False)
    stamp: str = field(repr=False)
    """What links and tokens are signed with; it goes when the address is forgotten."""
    touched_at: datetime
    confirmed_at: datetime | None = None
    """When whoever reads there said that the address is theirs."""
    asked_at: datetime | None = None
    network: str | None = None
    """The network from which it was last used, as far as it is kept."""
    silent: bool = False
    """Whether whoever reads there said that they want no question more."""
    visit: str | None = field(default=None, repr=False)
    """What the link to one's own comments is good for, once."""
    visit_at: datetime | None = None
    digest_at: datetime | None = None
    """Before that there is no digest."""


@dataclass(frozen=True, slots=True)
class Follow:
    """What the author of a comment wants to be told of it, once the address is confirmed."""

    comment_id: UUID
    site_id: UUID
    fingerprint: bytes = field(repr=False)
    replies: Notify | None = None
    decision: bool = False


@dataclass(frozen=True, slots=True)
class AuthorMail:
    """One mail on its way to an author."""

    id: UUID
    site_id: UUID
    fingerprint: bytes = field(repr=False)
    cause: Cause
    comment_id: UUID | None = None
    """The author's own comment; the address is sealed with it."""
    about_id: UUID | None = None
    """The comment that there is something to say of."""
    daily: bool = False
    attempts: int = 0


def parse_notify(typed: str) -> Notify | None:
    """Give how somebody wants to be told of replies; raise `Unfit` for what is no way of it."""
    if typed in {"", "none"}:
        return None
    try:
        return Notify(typed)
    except ValueError:
        raise Unfit("notify-unknown", "Choose none, each or daily.") from None


def parse_yes(typed: str) -> bool:
    """Read a choice that is made or not; raise `Unfit` for anything else."""
    if typed not in {"", "no", "yes"}:
        raise Unfit("yes-or-no", "Choose yes or no.")
    return typed == "yes"
