"""Lessons: what a site's moderators decided, as something to learn from, and the versions that came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from moderation.domain.comment import Status, Submission
from moderation.domain.signal import SPAM, TOXICITY

TEACHES: Final[Mapping[Status, Mapping[str, bool]]] = {
    Status.APPROVED: {SPAM: False, TOXICITY: False},
    Status.SPAM: {SPAM: True},
    Status.REJECTED: {TOXICITY: True},
}
"""What a person's word says about a comment, by the kind of signal; of the rest it says nothing."""
LESSONS: Final = 1000
"""The newest decisions of a site that are learnt from, and remembered."""
FIRST: Final = 20
"""Decisions without which nothing is learnt."""
SHARE: Final = 0.1
"""Of the lessons of the version before, so many more are worth learning anew for."""


def enough(before: int) -> int:
    """Say how many new decisions are worth another version, where the one before had so many lessons."""
    return max(FIRST, int(before * SHARE)) if before else FIRST


class ModelState(StrEnum):
    """What became of a version."""

    ADOPTED = "adopted"
    REFUSED = "refused"
    """It was no better on the site's own decisions than what there was."""
    WITHDRAWN = "withdrawn"
    """People went back to the version before."""
    ERASED = "erased"
    """Something that it had learnt from was erased, and what it had learnt with it."""
    OUTDATED = "outdated"
    """It was learnt on top of other weights than those that ship now, or cannot be read."""


class OtherWeights(Exception):
    """A version was learnt on top of other weights than those of whoever reads it, and means nothing here."""


class Unreadable(Exception):
    """A version cannot be read by anybody."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One comment, what the scorers say of it without any model of the site's, and what a person said."""

    comment_id: UUID
    submission: Submission
    word: Status
    values: Mapping[str, float]
    """By kind; what a scorer abstained from is missing."""

    def about(self, kind: str) -> bool | None:
        """Say whether the person found something of this kind; None where they said nothing about it."""
        return TEACHES[self.word].get(kind) if kind in self.values else None


@dataclass(frozen=True, slots=True)
class Learnt:
    """What came of a site's lessons: a model unless it is refused, its figures, and a vector for each lesson.

    A model begins with the mark of the weights that it was learnt on top of, and says what people said of each lesson.
    """

    model: bytes | None
    figures: Mapping[str, Any]
    vectors: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """One version of what a site's decisions taught; figures and all, but for what was learnt itself."""

    id: UUID
    site_id: UUID
    number: int
    state: ModelState
    lessons: int
    figures: Mapping[str, Any]
    created_at: datetime
