"""How an appeal ends by what is made of its comment, who may not decide it, and what an undo brings back."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import pytest

from moderation.domain.appeal import APPEAL_MAX, Appeal, Outcome, is_appeal, outcome_of, parse_appeal
from moderation.domain.comment import Status
from moderation.domain.decision import Actor, Decision, Ruling
from moderation.domain.text import Unfit

P, A, H, S, R, D = Status.PENDING, Status.APPROVED, Status.HELD, Status.SPAM, Status.REJECTED, Status.DELETED
POLICY, PERSON, KEY, AUTHOR, READER = Actor.POLICY, Actor.PERSON, Actor.KEY, Actor.AUTHOR, Actor.READER
UPHELD, REFUSED, LAPSED = Outcome.UPHELD, Outcome.REFUSED, Outcome.LAPSED
NOW: Final = datetime.now(UTC)
ADA, BO, SITE, COMMENT, FIRST = (UUID(int=number) for number in range(5))
MADE: Final = Appeal(UUID(int=9), SITE, COMMENT, b"sealed", NOW, against=FIRST, against_by=ADA)


def decision(by: Actor, status: Status, *, named: int = 7, undoes: UUID | None = None, who: UUID = BO) -> Decision:
    return Decision(UUID(int=named), SITE, COMMENT, 4, R, status, (), (), by, who, "", undoes, NOW)


@pytest.mark.parametrize(
    ("by", "status", "outcome"),
    [
        (PERSON, A, UPHELD),
        (KEY, A, UPHELD),
        (PERSON, R, REFUSED),
        (KEY, S, REFUSED),
        (PERSON, D, REFUSED),
        (PERSON, H, None),
        (AUTHOR, P, None),
        (AUTHOR, D, LAPSED),
        (POLICY, A, LAPSED),
        (POLICY, H, None),
        (POLICY, S, None),
        (READER, H, None),
    ],
)
def test_an_appeal_ends_as_its_comment_does(by: Actor, status: Status, outcome: Outcome | None) -> None:
    made = decision(by, status)

    assert outcome_of(made) is outcome
    after = MADE.after(made)
    assert (after.outcome, after.decided_by) == (outcome, BO if outcome else None)
    assert after.open is (outcome is None)


@pytest.mark.parametrize("status", [A, R])
def test_undoing_what_ended_it_lets_it_wait_again_and_nothing_else_does(status: Status) -> None:
    ended = MADE.after(decision(PERSON, status))

    assert ended.after(decision(PERSON, R, named=8, undoes=UUID(int=7))) == MADE
    assert ended.after(decision(PERSON, R, named=8, undoes=UUID(int=6))) == ended
    assert ended.after(decision(PERSON, S, named=8)) == ended


def test_an_undo_decides_no_open_appeal_but_what_is_public_was_upheld() -> None:
    assert MADE.after(decision(PERSON, R, undoes=UUID(int=6))) == MADE
    assert MADE.after(decision(PERSON, A, undoes=UUID(int=6))).outcome is UPHELD


@pytest.mark.parametrize(
    ("who", "by", "status", "bars"),
    [
        (ADA, PERSON, A, True),
        (ADA, KEY, R, True),
        (ADA, PERSON, D, True),
        (ADA, PERSON, H, False),
        (BO, PERSON, A, False),
        (None, POLICY, A, False),
        (None, AUTHOR, D, False),
    ],
)
def test_whoever_made_the_decision_does_not_decide(who: UUID | None, by: Actor, status: Status, *, bars: bool) -> None:
    ruling = Ruling(COMMENT, 3, status, by, actor_id=who)

    assert MADE.bars(ruling) is bars
    assert not MADE.bars(replace(ruling, alone=True))
    assert not MADE.after(decision(PERSON, R)).bars(ruling), "it is decided"
    assert not replace(MADE, against_by=None).bars(ruling), "policy did it"


def test_only_an_author_who_leaves_the_status_appeals() -> None:
    moved = {(by, status) for by in Actor for status in Status if is_appeal(decision(by, status))}

    assert moved == {(AUTHOR, R), (AUTHOR, S)}


def test_words_are_cleaned_and_few() -> None:
    assert parse_appeal(" A\r\n\u202eword ") == "A\nword"
    assert len(parse_appeal("x" * APPEAL_MAX)) == APPEAL_MAX
    for typed, code in (("\u200b", "required"), ("x" * (APPEAL_MAX + 1), "too-long"), ("\0", "nul-character")):
        with pytest.raises(Unfit) as refused:
            parse_appeal(typed)
        assert refused.value.code == code
