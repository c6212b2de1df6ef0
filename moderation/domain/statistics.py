"""Statistics: what came, waited and was decided within a window, and how far each share can be trusted."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from moderation.domain.comment import Status
from moderation.domain.decision import Actor
from moderation.domain.share import Share
from moderation.domain.spread import Spread
from moderation.domain.window import Slot, Window

MINUTE, HOUR, DAY = 60, 3_600, 86_400
AGES: Final = (0, 15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR, DAY, 3 * DAY, 7 * DAY)
"""Where each step of the queue's age begins, in seconds; the last one has no end."""


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits now."""

    pending: int
    """Not judged by the scorers yet."""
    ages: Spread
    """Of what waits for a person."""
    oldest: datetime | None

    def steps(self) -> list[tuple[int, int | None, int]]:
        """Count what waits by steps of age: from, up to, how many."""
        ends = (*AGES[1:], None)
        return [(low, high, self.ages.within(low, high)) for low, high in zip(AGES, ends, strict=True)]


@dataclass(frozen=True, slots=True)
class Work:
    """What one person or key decided; where nobody is named, what all others did together."""

    actor_id: UUID | None
    by: Actor
    ends: Mapping[Status, int]
    in_waves: int
    """Of these: made with a decision on a whole wave."""
    hours: int
    """In so many hours of the clock they decided something."""
    pace: Spread
    """The seconds between two decisions, up to a pause."""
    overturned: Share
    """What they had approved, refused or marked, and somebody else decided otherwise later."""
    taken_back: int

    @property
    def decisions(self) -> int:
        """How many there are."""
        return sum(self.ends.values())


@dataclass(frozen=True, slots=True)
class Rate:
    """How often people decided otherwise than policy proposed, where this had a part in it."""

    kind: str
    names: tuple[str, ...]
    overturned: Share


@dataclass(frozen=True, slots=True)
class Flagged:
    """What readers flagged for a reason, or for any, and what people made of it."""

    reason: str | None
    confirmed: int
    """Refused or deleted by a person afterwards."""
    refuted: int
    """Approved by a person afterwards."""
    open: int

    @property
    def share(self) -> Share:
        """Those that were confirmed, of all that a person looked at."""
        return Share(self.confirmed, self.confirmed + self.refuted)


@dataclass(frozen=True, slots=True)
class Statistics:
    """All of it."""

    window: Window
    queue: Queue
    waits: Mapping[Slot, Spread]
    arrivals: Mapping[Slot, Counter[tuple[Status, bool]]]
    """By what they are now, and whether a person left them so."""
    people: Sequence[Work]
    rates: Sequence[Rate]
    arrived: Counter[tuple[int, int]]
    """By weekday and hour."""
    approved: Counter[tuple[int, int]]
    """The same for what people approved."""
    flags: Sequence[Flagged]
    left_out: int = 0
    """So many days of a long window nobody has counted yet; they are in nothing but the queue."""

    @property
    def waited(self) -> Spread:
        """All waits together."""
        return sum(self.waits.values(), Spread())
