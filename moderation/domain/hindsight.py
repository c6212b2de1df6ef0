"""Hindsight: what policy first thought of a comment's text, what it knew then, and what people said in the end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from moderation.domain.ban import Effect
from moderation.domain.comment import REFUSED, Status
from moderation.domain.decision import HUMAN, Actor, Decision
from moderation.domain.observation import EFFECT_OF, WAVE, Past

WORDS: Final = REFUSED | {Status.APPROVED}
"""What a person's decision says about a comment; holding it says nothing yet."""


@dataclass(frozen=True, slots=True)
class Hindsight:
    """A comment's present text, looked back upon."""

    first: Decision | None
    """What policy decided before anybody else had a say; None where a person was quicker."""
    past: Past
    """What had happened before that, whether its author was banned then, and what was decided of others alike."""
    word: Status | None
    """Approved, spam or rejected, as a person left it; None where no person judged it."""


def look_back(decisions: Sequence[Decision], *, approved_before: int) -> Hindsight:
    """Read a comment's decisions, oldest first.

    How many comments of its author were approved before is not in them, so it is told.
    """
    written = _written_at(decisions)
    present = decisions[written:]
    place = next((at for at, decision in enumerate(present) if decision.by is Actor.POLICY), None)
    earlier = decisions if place is None else decisions[: written + place + 1]
    first = None if place is None else present[place]
    return Hindsight(first, past_of(earlier, approved_before=approved_before), _last_word(present))


def past_of(decisions: Iterable[Decision], *, approved_before: int) -> Past:
    """Say what policy knows of a comment after these decisions, oldest first."""
    reviewed = overruled = edited = False
    barred: tuple[Effect, ...] = ()
    wave: Status | None = None
    by = {}
    for decision in decisions:
        by[decision.id] = decision.by
        edited |= _is_edit(decision)
        reviewed |= decision.by in HUMAN
        overruled |= decision.undoes is not None and by.get(decision.undoes) is Actor.POLICY
        if decision.by is Actor.POLICY:
            barred = tuple(EFFECT_OF[code] for code in decision.reasons if code in EFFECT_OF)
            wave = followed(decision)
    told = None if overruled else wave
    return Past(approved_before, reviewed=edited and reviewed, overruled=overruled, barred=barred, wave=told)


def followed(decision: Decision) -> Status | None:
    """Give what a person had decided of a wave, where policy followed it in this decision.

    Another rule may have been stricter, so that the outcome of the decision says less than its evidence.
    """
    if decision.stance is None:
        return None
    fired = (decision.evidence or {}).get("fired", ())
    told = (Status(reason["outcome"]) for reason in fired if reason["code"] == WAVE)
    return next(told, decision.status)


def _written_at(decisions: Sequence[Decision]) -> int:
    """Give the place of the first decision about the present text."""
    return max((place + 1 for place, decision in enumerate(decisions) if _is_edit(decision)), default=0)


def _is_edit(decision: Decision) -> bool:
    return decision.by is Actor.AUTHOR and decision.status is Status.PENDING


def _last_word(decisions: Sequence[Decision]) -> Status | None:
    """Give what the last person meant; who undid their own decision is back at the one before it."""
    words: list[Status | None] = [None]
    people = {decision.id for decision in decisions if decision.by in HUMAN}
    for decision in decisions:
        if decision.id in people and decision.undoes in people:
            words.pop()
        elif decision.id in people:
            words.append(decision.status if decision.undoes is None and decision.status in WORDS else None)
    return words[-1]
