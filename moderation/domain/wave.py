"""Waves: comments that say nearly the same, folded into one, and what a person decided of all of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

from moderation.domain.comment import Comment, Status
from moderation.domain.likeness import NEAR, distance

LASTING: Final = timedelta(days=1)
"""For so long a decision on a wave goes for what arrives later, too."""
LASTS: Final = frozenset({Status.HELD, Status.REJECTED, Status.SPAM})
"""What may go for later comments; nobody is published for being like somebody else."""
TAKES_DOWN: Final = frozenset({Status.REJECTED, Status.SPAM})
"""What is decided of those, too, that the policy published before anybody saw a wave coming."""
LISTED: Final = 100
"""In a list a wave is counted up to so many; its card says more."""
SHORT: Final = 140
"""In a text of fewer characters one word more or less may turn its meaning round."""
STRICT: Final = 3
"""So many bits at most may differ between texts of which one is short."""


@dataclass(frozen=True, slots=True)
class Wave:
    """Comments of one site that say nearly what its first one did."""

    id: UUID
    site_id: UUID
    sketch: int | None
    """What its first comment was like; None where only the very same words are let in."""
    first: UUID
    latest: UUID
    """The newest comment that waited; by it the wave has its place in the queue."""
    worth: float
    """The greatest of its comments that waited."""
    waiting: bool
    """Some of it may wait for a person; where it is false, nothing does."""
    closed: bool = False
    """Nothing more is let in: a comment that somebody took out of a wave is one by itself."""
    merged_into: UUID | None = None
    """The wave whose card stands for this one, too, and whose decisions go for it."""
    merged_at: datetime | None = None
    """Since then; whoever saw that card before did not see this."""


LEAST: Final = -1e9
"""What is worth nobody's time, as a comment has it that never waited."""


def begun(wave_id: UUID, first: Comment, *, closed: bool = False) -> Wave:
    """Give a wave that begins with a comment; whether that waits is looked at later, by the sweep."""
    worth = first.worth if first.status is Status.HELD else LEAST
    return Wave(wave_id, first.site_id, first.sketch, first.id, first.id, worth, waiting=True, closed=closed)


@dataclass(frozen=True, slots=True)
class Kin:
    """A comment that says nearly what another one does, and the wave it is in, if it is in one."""

    comment_id: UUID
    wave: UUID | None


@dataclass(frozen=True, slots=True)
class Stance:
    """What a person decided of a wave: of all that waited when they looked, and of what arrives until it ends."""

    id: UUID
    site_id: UUID
    wave_id: UUID
    number: int
    """Counts what was decided of the wave; of two who saw the same, the second is turned away."""
    status: Status
    actor_id: UUID
    seen_at: datetime
    """When the person was shown the wave; what came or changed later is not decided by it."""
    created_at: datetime
    until: datetime | None = None
    """Until when it goes for what arrives, by the database's clock; None where it never did."""
    undone_at: datetime | None = None
    undone_by: UUID | None = None
    unfinished: bool = True
    """Some of it is still to be decided, or to be taken back."""
    cites: Mapping[str, Any] | None = None
    """The house rule that all of them are refused for, as records keep it."""
    public_note: str = ""
    """What a moderator writes to each author."""

    def stands(self, now: datetime) -> bool:
        """Say whether it goes for what arrives now."""
        return self.until is not None and self.until > now and self.undone_at is None


@dataclass(frozen=True, slots=True)
class Family:
    """Waves that are one card: the one that stands for all of them, and those that were merged into it."""

    root: Wave
    merged: Sequence[Wave] = ()

    @property
    def waves(self) -> tuple[Wave, ...]:
        """Give all of them, the one that stands for them first."""
        return (self.root, *self.merged)

    @property
    def ids(self) -> list[UUID]:
        """Name all of them."""
        return [wave.id for wave in self.waves]

    @property
    def closed(self) -> bool:
        """Say that none of them lets anything in."""
        return all(wave.closed for wave in self.waves)

    def shown_at(self, moment: datetime) -> bool:
        """Say whether a card that was printed at a moment showed all of them."""
        return all(wave.merged_at is None or wave.merged_at <= moment for wave in self.merged)


T = TypeVar("T")


def varied(things: Sequence[T], most: int, apart: Callable[[T, T], float]) -> list[T]:
    """Choose some things, the first one and then whatever is furthest from all that are chosen; no two alike."""
    chosen = list(things[:1])
    while chosen and len(chosen) < most:
        distances = [min(apart(thing, other) for other in chosen) for thing in things]
        furthest = max(range(len(things)), key=distances.__getitem__)
        if not distances[furthest]:
            break
        chosen.append(things[furthest])
    return chosen


def near(text: str) -> int:
    """Say in how many bits a text's sketch may differ from another's for both to say nearly the same."""
    return STRICT if len(text) < SHORT else NEAR


def alike(text: str, sketch: int | None, other: int | None) -> bool:
    """Say whether a text says nearly what is sketched; what has no sketch was found by its very words."""
    return sketch is None or other is None or distance(sketch, other) <= near(text)
