"""Who may move a comment from where to where: the whole matrix, and nothing left to chance."""

from itertools import product
from typing import Final

import pytest

from moderation.domain.comment import Status
from moderation.domain.decision import Action, Actor, may_move

P, A, H, S, R, D = Status.PENDING, Status.APPROVED, Status.HELD, Status.SPAM, Status.REJECTED, Status.DELETED
MODERATOR: Final = {P: {A, H, S, R, D}} | {status: {A, H, S, R, D} for status in (A, H, S, R)}
MATRIX: Final = {
    Actor.POLICY: {P: {A, H, S, R}, H: {H}},
    Actor.READER: {A: {H}},
    Actor.AUTHOR: {P: {P, D}, A: {P, D}, H: {P, D}, S: {P, D, S}, R: {P, D, R}},
    Actor.ERASURE: {status: {D} for status in (P, A, H, S, R)},
    Actor.PERSON: MODERATOR,
    Actor.KEY: MODERATOR,
}
"""Everything that is allowed; what is not here is not."""


@pytest.mark.parametrize("by", Actor)
@pytest.mark.parametrize(("previous", "status"), list(product(Status, Status)))
def test_only_what_the_matrix_allows(previous: Status, status: Status, by: Actor) -> None:
    assert may_move(previous, status, by) is (status in MATRIX[by].get(previous, set()))


@pytest.mark.parametrize("by", [Actor.PERSON, Actor.KEY])
@pytest.mark.parametrize(("previous", "status"), list(product(Status, Status)))
def test_an_undo_of_a_moderator_brings_anything_back(previous: Status, status: Status, by: Actor) -> None:
    assert may_move(previous, status, by, undoing=True)


@pytest.mark.parametrize("by", [Actor.POLICY, Actor.READER, Actor.AUTHOR, Actor.ERASURE])
@pytest.mark.parametrize(("previous", "status"), list(product(Status, Status)))
def test_nobody_else_can_undo(previous: Status, status: Status, by: Actor) -> None:
    assert may_move(previous, status, by, undoing=True) is may_move(previous, status, by)


def test_every_action_leads_to_a_status_that_a_moderator_may_give() -> None:
    assert {action: action.status for action in Action} == {
        Action.APPROVE: A,
        Action.HOLD: H,
        Action.REJECT: R,
        Action.SPAM: S,
        Action.DELETE: D,
    }
