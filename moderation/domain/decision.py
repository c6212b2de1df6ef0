"""Decisions: what happened to a comment, by whom, why; and which moves are allowed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from moderation.domain.comment import DECIDED, EDITABLE, REFUSED, Status
from moderation.domain.house_rule import Citation
from moderation.domain.policy import Verdict


class Actor(StrEnum):
    """Who moved a comment. `by` in every event and log entry."""

    POLICY = "policy"
    PERSON = "person"
    KEY = "key"
    AUTHOR = "author"
    READER = "reader"
    ERASURE = "erasure"


HUMAN: Final = frozenset({Actor.PERSON, Actor.KEY})


class Action(StrEnum):
    """What a moderator may ask for."""

    APPROVE = "approve"
    HOLD = "hold"
    REJECT = "reject"
    SPAM = "spam"
    DELETE = "delete"

    @property
    def status(self) -> Status:
        """The status this action leads to."""
        return _LEADS_TO[self]


_LEADS_TO: Final = {
    Action.APPROVE: Status.APPROVED,
    Action.HOLD: Status.HELD,
    Action.REJECT: Status.REJECTED,
    Action.SPAM: Status.SPAM,
    Action.DELETE: Status.DELETED,
}


@dataclass(frozen=True, slots=True)
class Ruling:
    """A wish to move one comment, made by somebody who saw version `seen` of it."""

    comment_id: UUID
    seen: int
    status: Status
    by: Actor
    reasons: tuple[str, ...] = ()
    actor_id: UUID | None = None
    note: str = ""
    undoes: UUID | None = None
    verdict: Verdict | None = None
    """What policy made of the comment, where it is policy's wish."""
    stance: UUID | None = None
    """The decision on a whole wave that it follows."""
    cites: Citation | None = None
    """The house rule that was not kept, where one is named."""
    public_note: str = ""
    """What a moderator writes to the author."""
    alone: bool = False
    """Nobody else could decide an appeal against a decision of theirs."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One entry of the decision log: what a comment was, what it became, by whom and why."""

    id: UUID
    site_id: UUID
    comment_id: UUID
    version: int
    previous: Status
    status: Status
    previous_reasons: tuple[str, ...]
    reasons: tuple[str, ...]
    by: Actor
    actor_id: UUID | None
    note: str
    undoes: UUID | None
    created_at: datetime
    evidence: Mapping[str, Any] | None = None
    """What lay before whoever decided; none in decisions from before records began."""
    salt: bytes | None = None
    """With which the note is hashed, where there is one."""
    link: bytes | None = None
    """The hash of all this and of the link before it."""
    stance: UUID | None = None
    public_note: str = ""
    """What a moderator wrote to the author."""

    @property
    def cites(self) -> Citation | None:
        """The house rule that it names, in the version that went then; it stands in the record."""
        return Citation.of((self.evidence or {}).get("rule"))


def may_move(previous: Status, status: Status, by: Actor, *, undoing: bool = False) -> bool:
    """Say whether `by` may move a comment from `previous` to `status`.

    The policy decides what is pending, once; of what waits for a person it may say anew why,
    and moves it nowhere. Readers' flags hold what is approved. An
    author edits what is open to edits, withdraws anything, and appeals against what was
    turned down, which stays so. People move anything to any
    decided status, or delete it; only an undo brings a deleted or decided comment back.
    """
    match by:
        case Actor.POLICY:
            return (previous is Status.PENDING and status in DECIDED) or previous is status is Status.HELD
        case Actor.READER:
            return previous is Status.APPROVED and status is Status.HELD
        case Actor.AUTHOR if status is not Status.DELETED:
            return previous in EDITABLE if status is Status.PENDING else previous is status and status in REFUSED
        case Actor.AUTHOR | Actor.ERASURE:
            return previous is not Status.DELETED and status is Status.DELETED
        case _ if undoing:
            return True
        case _:
            return previous is not Status.DELETED and status in DECIDED | {Status.DELETED}
