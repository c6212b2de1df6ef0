"""Looking back: which decision counts as the policy's, what was known then, and which word is a person's last."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import pytest

from moderation.domain.ban import Effect
from moderation.domain.comment import Status
from moderation.domain.decision import Actor, Decision
from moderation.domain.hindsight import look_back, past_of

P, A, H, S, R = Status.PENDING, Status.APPROVED, Status.HELD, Status.SPAM, Status.REJECTED
POLICY, PERSON, KEY, AUTHOR, READER = Actor.POLICY, Actor.PERSON, Actor.KEY, Actor.AUTHOR, Actor.READER
NOW: Final = datetime.now(UTC)
Step = tuple[Actor, Status] | tuple[Actor, Status, int]
"""Who moved it where, and of an undo the place of what it undoes."""


def history(*steps: Step) -> list[Decision]:
    ids, previous, found = [UUID(int=place) for place in range(len(steps))], P, []
    for place, (by, status, *undoes) in enumerate(steps):
        undone = ids[undoes[0]] if undoes else None
        ends = ((), (), by, None, "", undone, NOW)
        found.append(Decision(ids[place], UUID(int=1), UUID(int=2), place + 2, previous, status, *ends))
        previous = status
    return found


@pytest.mark.parametrize(
    ("steps", "first", "word"),
    [
        ([], None, None),
        ([(POLICY, A)], A, None),
        ([(POLICY, H), (PERSON, A)], H, A),
        ([(POLICY, A), (KEY, S)], A, S),
        ([(POLICY, A), (PERSON, H)], A, None),
        ([(POLICY, A), (PERSON, R), (PERSON, A)], A, A),
        ([(POLICY, A), (PERSON, R), (PERSON, A, 1)], A, None),
        ([(POLICY, H), (PERSON, A), (PERSON, R), (PERSON, A, 2)], H, A),
        ([(POLICY, A), (PERSON, P, 0), (POLICY, H)], A, None),
        ([(POLICY, A), (PERSON, P, 0), (POLICY, H), (PERSON, R)], A, R),
        ([(POLICY, A), (READER, H), (PERSON, A)], A, A),
        ([(POLICY, A), (READER, H)], A, None),
        ([(PERSON, A)], None, A),
        ([(POLICY, A), (PERSON, R), (AUTHOR, P), (POLICY, H)], H, None),
        ([(POLICY, A), (PERSON, R), (AUTHOR, P)], None, None),
        ([(POLICY, H), (POLICY, H), (PERSON, S)], H, S),
        ([(POLICY, S), (AUTHOR, S), (PERSON, A)], S, A),
        ([(POLICY, H), (PERSON, R), (AUTHOR, R)], H, R),
        ([(POLICY, H), (PERSON, R), (AUTHOR, R), (PERSON, A), (PERSON, R, 3)], H, R),
    ],
)
def test_what_policy_said_first_and_a_person_last(steps: list[Step], first: Status | None, word: Status | None) -> None:
    seen = look_back(history(*steps), approved_before=0)

    assert (seen.first and seen.first.status, seen.word) == (first, word)


@pytest.mark.parametrize(
    ("steps", "reviewed", "overruled"),
    [
        ([], False, False),
        ([(POLICY, A), (PERSON, R)], False, False),
        ([(POLICY, A), (PERSON, R), (AUTHOR, P)], True, False),
        ([(POLICY, A), (AUTHOR, P)], False, False),
        ([(POLICY, A), (PERSON, P, 0)], False, True),
        ([(POLICY, H), (PERSON, A), (PERSON, H, 1)], False, False),
    ],
)
def test_what_policy_knows_after_it(steps: list[Step], *, reviewed: bool, overruled: bool) -> None:
    past = past_of(history(*steps), approved_before=3)

    assert (past.approved_before, past.reviewed, past.overruled) == (3, reviewed, overruled)


def test_what_came_after_the_first_decision_was_not_known_then() -> None:
    seen = look_back(history((POLICY, A), (PERSON, P, 0), (POLICY, H)), approved_before=0)

    assert not seen.past.overruled


def test_a_ban_that_held_when_policy_decided_is_known_later() -> None:
    first, edit, second = history((POLICY, R), (AUTHOR, P), (POLICY, A))
    banned = replace(first, reasons=("spam", "banned"))

    assert look_back([banned], approved_before=0).past.barred == (Effect.BAN,)
    assert past_of([banned, edit], approved_before=0).barred == (Effect.BAN,)
    assert look_back([banned, edit, second], approved_before=0).past.barred == ()


def test_what_a_person_had_decided_of_a_wave_is_known_until_policy_is_overruled() -> None:
    first, edit, second = history((POLICY, R), (AUTHOR, P), (POLICY, A))
    fired = [{"code": "spam", "outcome": "rejected"}, {"code": "wave", "outcome": "held"}]
    followed = replace(first, stance=UUID(int=9), evidence={"fired": fired})
    undone = history((POLICY, R), (PERSON, P, 0))

    assert look_back([followed], approved_before=0).past.wave is H, "another rule was stricter"
    assert past_of([followed, edit], approved_before=0).wave is H
    assert look_back([followed, edit, second], approved_before=0).past.wave is None
    assert past_of([followed, undone[1]], approved_before=0).wave is None
    assert past_of([replace(first, stance=UUID(int=9))], approved_before=0).wave is R, "from before records began"
