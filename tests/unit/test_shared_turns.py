"""What several threads want at the same time is done in one turn; what one of them spoils is spoilt for it alone."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from moderation.domain.errors import Held, TemporaryFailure
from moderation.services.together import Together


class Work:
    """Doubles numbers; the first turn lasts until it may end."""

    def __init__(self) -> None:
        self.turns: list[list[int]] = []
        self.begun, self.may_end = Event(), Event()

    def __call__(self, wishes: Sequence[int]) -> list[int]:
        self.turns.append(sorted(wishes))
        if not self.begun.is_set():
            self.begun.set()
            assert self.may_end.wait(10)
        if 13 in wishes:
            raise ValueError("thirteen")
        if 14 in wishes:
            raise Held("fourteen")
        if 99 in wishes:
            raise TemporaryFailure("away")
        return [2 * wish for wish in wishes]


def asked(work: Work, wishes: Sequence[int]) -> tuple[list[int | Exception], list[list[int]]]:
    """Ask for 1, and for the wishes while that is under way."""
    together = Together[int, int](work)
    with ThreadPoolExecutor(len(wishes) + 1) as threads:
        first = threads.submit(together.ask, 1)
        assert work.begun.wait(10)
        others = [threads.submit(together.ask, wish) for wish in wishes]
        while len(together._waiting) < len(wishes):
            assert not any(each.done() for each in others)
        work.may_end.set()
        assert first.result(10) == 2
        ended = [each.exception(10) or each.result(10) for each in others]
    return ended, work.turns  # type: ignore[return-value]


def test_who_comes_while_somebody_is_at_it_is_done_together_in_the_next_turn() -> None:
    assert asked(Work(), [2, 3, 4]) == ([4, 6, 8], [[1], [2, 3, 4]])


@pytest.mark.parametrize(("spoiling", "said"), [(13, "thirteen"), (14, "fourteen")])
def test_what_one_wish_spoils_is_done_one_by_one(spoiling: int, said: str) -> None:
    ended, turns = asked(Work(), [2, spoiling, 4])

    assert [ended[0], str(ended[1]), ended[2]] == [4, said, 8]
    assert (turns[1], sorted(turns[2:])) == ([2, 4, spoiling], [[2], [4], [spoiling]])


def test_what_is_no_wish_s_fault_is_not_tried_again_for_each() -> None:
    ended, turns = asked(Work(), [2, 99])

    assert [type(each) for each in ended] == [TemporaryFailure, TemporaryFailure]
    assert turns == [[1], [2, 99]]


def test_alone_a_wish_is_done_at_once_and_after_a_failure_too() -> None:
    work = Work()
    work.begun.set()
    together = Together[int, int](work)

    with pytest.raises(ValueError, match="thirteen"):
        together.ask(13)

    assert together.ask(3) == 6
    assert work.turns == [[13], [3]]
