"""What is worked on side by side waits for nothing but itself."""

from threading import Event

import leaks
import pytest

from moderation.services.ports import Bell
from workers import abreast
from workers.abreast import Abreast

PATIENCE = 10.0


class Rung:
    """Notes what is rung for."""

    def __init__(self) -> None:
        self.bells: list[Bell] = []

    def __call__(self, *bells: Bell) -> None:
        self.bells += bells


class Work:
    """Some batches of work, the first of which hangs until it may go on."""

    def __init__(self, batches: int = 1) -> None:
        self.left = batches
        self.begun, self.may_go_on = Event(), Event()

    def __call__(self) -> int:
        self.begun.set()
        self.may_go_on.wait(PATIENCE)
        self.left -= 1
        return self.left


def test_one_that_hangs_keeps_neither_the_caller_nor_the_others_waiting() -> None:
    side_by_side, hanging, quick = Abreast(Rung()), Work(), Work(3)
    quick.may_go_on.set()

    assert side_by_side.begin("a", hanging, again=Bell.REMOTE)
    assert side_by_side.begin("b", quick, again=Bell.REMOTE)
    assert hanging.begun.wait(PATIENCE)
    side_by_side._threads["b"].join(PATIENCE)
    assert (quick.left, hanging.left) == (0, 1)

    hanging.may_go_on.set()
    side_by_side.finish(PATIENCE)
    assert hanging.left == 0


def test_there_are_never_two_at_the_same_and_never_too_many() -> None:
    side_by_side, hanging = Abreast(Rung(), 2), Work()
    assert side_by_side.begin("a", hanging, again=Bell.REMOTE)

    assert not side_by_side.begin("a", Work(), again=Bell.REMOTE)
    assert side_by_side.begin("b", hanging, again=Bell.REMOTE)
    assert not side_by_side.begin("c", Work(), again=Bell.REMOTE)

    hanging.may_go_on.set()
    side_by_side.finish(PATIENCE)


def test_what_takes_long_makes_room_and_rings_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(abreast, "DRAIN", 0)
    rung, work = Rung(), Work(9)
    work.may_go_on.set()
    side_by_side = Abreast(rung)

    side_by_side.begin("a", work, again=Bell.REMOTE)
    side_by_side.finish(PATIENCE)

    assert (work.left, rung.bells) == (8, [Bell.REMOTE])


def test_a_failure_is_told_without_its_words_and_makes_room() -> None:
    def fail() -> int:
        raise RuntimeError("a private thought")

    side_by_side = Abreast(Rung())
    with leaks.logged() as logs:
        side_by_side.begin("a", fail, again=Bell.REMOTE)
        side_by_side.finish(PATIENCE)

    assert "abreast-failed" in logs.getvalue()
    assert "private" not in logs.getvalue()
    assert side_by_side._threads == {}


def test_nothing_is_begun_once_the_end_has_come() -> None:
    side_by_side = Abreast(Rung())
    side_by_side.finish()

    assert not side_by_side.begin("a", Work(), again=Bell.REMOTE)
