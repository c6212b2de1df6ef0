"""Conversations end at their time, each at its own, and nobody else's with them."""

from collections.abc import Iterator
from contextlib import closing
from socket import socket, socketpair
from threading import Thread
from time import monotonic

import pytest

from moderation.adapters.deadlines import Deadlines

LONG = 60.0


@pytest.fixture
def line() -> Iterator[tuple[socket, socket]]:
    """Two who talk, of whom one is silent."""
    ours, theirs = socketpair()
    with closing(ours), closing(theirs):
        ours.settimeout(LONG)
        yield ours, theirs


def waits(deadlines: Deadlines, ours: socket, seconds: float) -> float:
    """Wait for an answer that does not come; give the seconds that it took to be cut off."""
    began = monotonic()
    with pytest.raises(TimeoutError), deadlines.by(began + seconds, ours):
        assert ours.recv(1) == b""
    return monotonic() - began


def test_who_says_nothing_is_cut_off_in_time(line: tuple[socket, socket]) -> None:
    assert 0.1 <= waits(Deadlines(), line[0], 0.1) < LONG / 4


def test_one_that_is_to_end_sooner_does_not_wait_for_those_before_it(line: tuple[socket, socket]) -> None:
    deadlines = Deadlines()
    others = [socketpair() for _ in range(3)]
    threads = [Thread(target=waits, args=(deadlines, ours, 2.0)) for ours, _ in others]
    for thread in threads:
        thread.start()

    assert waits(deadlines, line[0], 0.1) < 1.5

    for thread in threads:
        thread.join()
    for ours, theirs in others:
        ours.close()
        theirs.close()


def test_what_ended_in_time_is_left_alone_afterwards(line: tuple[socket, socket]) -> None:
    deadlines, (ours, theirs) = Deadlines(), line
    with deadlines.by(monotonic() + 0.05, ours):
        theirs.send(b"a")
        assert ours.recv(1) == b"a"

    other, silent = socketpair()
    with closing(other), closing(silent):
        other.settimeout(LONG)
        waits(deadlines, other, 0.2)

    theirs.send(b"b")
    assert ours.recv(1) == b"b"


def test_what_goes_wrong_in_time_is_told_as_it_is(line: tuple[socket, socket]) -> None:
    with pytest.raises(ValueError, match="nonsense"), Deadlines().by(monotonic() + LONG, line[0]):
        raise ValueError("nonsense")
