"""The shapes of the numbers: flat rows, every share with how many of how many, times in seconds."""

from typing import Annotated

from pydantic import Field

from moderation.http.answers.base import Instant, Shown

Seconds = Annotated[int | None, Field(description="In seconds; null where there is nothing to measure.")]
Part = Annotated[float | None, Field(ge=0, le=1, description="Null where `of` is 0.")]
SlotName = Annotated[
    str,
    Field(
        description="In the `zone`: an hour of one day, a day, a week (`2026-W10`) of 365, a month (`2026-03`) of 730."
    ),
]


class AgeStep(Shown):
    """What waits for a person and is so old."""

    since: int = Field(alias="from", description="In seconds.")
    to: Seconds
    comments: int


class WaitShown(Shown):
    """How long what people decided then had waited."""

    slot: SlotName
    decided: int
    median: Seconds
    p90: Seconds


class ArrivalsShown(Shown):
    """What came then, by what it is now. `by_machine` is whatever no person left so: a reader's flag, too."""

    slot: SlotName
    comments: int
    approved_by_machine: int
    approved_by_person: int
    held_by_machine: int
    held_by_person: int
    rejected_by_machine: int
    rejected_by_person: int
    spam_by_machine: int
    spam_by_person: int
    deleted: int
    pending: int


class Trusted(Shown):
    """A share, and between which ends it truly lies in 95 of 100 cases (Wilson's interval)."""

    share: Part
    low: Part
    high: Part


class WorkShown(Trusted):
    """What one person or key decided; `share` is how much of it somebody else turned later."""

    actor: str | None
    name: str | None = Field(description="Null by key: who is behind an id, only people at the desk are told.")
    by: str
    decisions: int
    approved: int
    held: int
    rejected: int
    spam: int
    deleted: int
    in_waves: int
    active_hours: int
    per_active_hour: float | None
    median_seconds_between: Seconds
    taken_back: int
    overturned: int
    of: int


class RateShown(Trusted):
    """How often people decided otherwise than policy proposed, where this had a part in the proposal."""

    by: str = Field(description="`proposal`, `reason`, `rule`, `model` or `policy`.")
    name: str
    overturned: int
    of: int


class HourShown(Shown):
    """What came, and what people approved, on this day of the week in this hour."""

    weekday: int = Field(ge=0, le=6, description="From 0, which is Monday.")
    hour: int = Field(ge=0, le=23)
    arrived: int
    approved: int


class FlagsShown(Trusted):
    """What readers flagged, for this reason or `any`, and what people made of it; `share` is what they confirmed."""

    reason: str
    flagged: int
    confirmed: int
    refuted: int
    open: int


class NumbersShown(Shown):
    """What came, waited and was decided at a site lately."""

    since: Instant
    until: Instant
    zone: str
    waiting: int
    pending: int
    oldest: Instant | None
    median_age: Seconds
    decided_after_waiting: int
    median_wait: Seconds
    p90_wait: Seconds
    days_left_out: int = Field(description="Days of a long window that are not counted yet; 0 up to 90 days.")
    queue: list[AgeStep]
    waits: list[WaitShown]
    arrivals: list[ArrivalsShown]
    people: list[WorkShown]
    rates: list[RateShown]
    hours: list[HourShown]
    flags: list[FlagsShown]
