"""Appeals: an author asks, once for a comment, that somebody looks again at why it was turned down."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from moderation.domain.comment import REFUSED, Status
from moderation.domain.decision import HUMAN, Actor, Decision, Ruling
from moderation.domain.text import Unfit, clean_text

APPEAL_MAX: Final = 1000


class Outcome(StrEnum):
    """How an appeal ended."""

    UPHELD = "upheld"
    """Somebody looked again and published the comment."""
    REFUSED = "refused"
    """Somebody looked again and left it as it was."""
    LAPSED = "lapsed"
    """Nobody had to look again: its author withdrew the comment, or wrote another text that was published."""


ANSWERED: Final = frozenset({Outcome.UPHELD, Outcome.REFUSED})
"""Ends that somebody gave it."""


@dataclass(frozen=True, slots=True)
class Appeal:
    """One appeal. The words are sealed; only the vault opens them."""

    id: UUID
    site_id: UUID
    comment_id: UUID
    text: bytes = field(repr=False)
    created_at: datetime
    against: UUID
    """The decision that it is against."""
    against_by: UUID | None
    """The person or the key that made it; None where policy did."""
    outcome: Outcome | None = None
    decision_id: UUID | None = None
    """The decision by which it ended."""
    decided_by: UUID | None = None
    decided_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Say whether it waits to be decided."""
        return self.outcome is None

    def after(self, decision: Decision) -> "Appeal":
        """Give the appeal as it stands after a decision on its comment; what is undone never happened to it."""
        if not self.open:
            undone = decision.undoes is not None and decision.undoes == self.decision_id
            return replace(self, outcome=None, decision_id=None, decided_by=None, decided_at=None) if undone else self
        outcome = outcome_of(decision)
        if outcome is None:
            return self
        by, at = decision.actor_id, decision.created_at
        return replace(self, outcome=outcome, decision_id=decision.id, decided_by=by, decided_at=at)

    def bars(self, ruling: Ruling) -> bool:
        """Say whether a wish would decide this appeal against the own decision of whoever has it.

        Where nobody else could decide it, the ruling says so; holding the comment decides nothing.
        """
        own = self.open and ruling.by in HUMAN and ruling.actor_id is not None and ruling.actor_id == self.against_by
        return own and not ruling.alone and outcome_of(ruling) is not None


def outcome_of(made: Decision | Ruling) -> Outcome | None:
    """Say how an appeal ends by what is made of its comment; None where it goes on waiting.

    An undo brings back what was, and an appeal that was open then waits again; but what is public was upheld.
    """
    if made.status is Status.DELETED:
        return Outcome.REFUSED if made.by in HUMAN else Outcome.LAPSED
    if made.status is Status.APPROVED:
        return Outcome.UPHELD if made.by in HUMAN else Outcome.LAPSED
    refused = made.by in HUMAN and made.status in REFUSED and made.undoes is None
    return Outcome.REFUSED if refused else None


def is_appeal(made: Decision | Ruling) -> bool:
    """Say whether an entry of a comment's log is its author's appeal: the status stays, and waits to be looked at."""
    return made.by is Actor.AUTHOR and made.status in REFUSED


def parse_appeal(typed: str) -> str:
    """Give an author's words as they are kept; raise `Unfit` for none and for too many."""
    text = clean_text(typed)
    if not text:
        raise Unfit("required", "Say why somebody should look at it again.")
    if len(text) > APPEAL_MAX:
        raise Unfit("too-long", f"Use at most {APPEAL_MAX} characters.")
    return text
