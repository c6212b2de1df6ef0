"""Counting in one process: exact under threads, and forgotten with the window."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from makers import Seconds

from moderation.adapters.limits import OwnCounts
from moderation.domain.errors import TooMany
from moderation.services.ports import Limit


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


def limit(key: str = "ann", *, amount: int = 2, seconds: int = 10) -> Limit:
    return Limit("network", amount, timedelta(seconds=seconds), key)


def admits(counts: OwnCounts, asked: Limit) -> bool:
    try:
        counts.admit(asked)
    except TooMany:
        return False
    return True


def test_the_window_moves_with_each_request(clock: Seconds) -> None:
    counts = OwnCounts(clock=clock)
    assert counts.admit(limit()).remaining == 1
    clock.now += 4
    assert counts.admit(limit()).reset == timedelta(seconds=6)

    with pytest.raises(TooMany) as refused:
        counts.admit(limit())
    assert refused.value.retry_after == timedelta(seconds=6)
    clock.now += 6
    assert counts.admit(limit()).remaining == 0
    assert not admits(counts, limit())
    clock.now += 4
    assert admits(counts, limit())


def test_looking_counts_nothing(clock: Seconds) -> None:
    counts = OwnCounts(clock=clock)
    assert [counts.look(limit()).remaining for _ in range(3)] == [2, 2, 2]
    counts.admit(limit())
    counts.admit(limit())
    clock.now += 4
    assert (counts.look(limit()).remaining, counts.look(limit()).reset) == (0, timedelta(seconds=6))

    clock.now += 6
    assert counts.look(limit()).remaining == 2


def test_what_is_refused_counts_for_nothing(clock: Seconds) -> None:
    counts = OwnCounts(clock=clock)
    assert [admits(counts, limit()) for _ in range(100)] == [True, True] + [False] * 98

    clock.now += 10

    assert counts.admit(limit()).remaining == 1


def test_senders_and_limits_are_counted_apart(clock: Seconds) -> None:
    counts = OwnCounts(clock=clock)
    asked = [limit(), limit("bob"), limit(seconds=20), Limit("flags", 2, timedelta(seconds=10), "ann")]

    assert {counts.admit(one).remaining for one in asked} == {1}


def test_after_many_visitors_and_their_window_nothing_is_kept(clock: Seconds) -> None:
    counts = OwnCounts(clock=clock)
    for number in range(20_000):
        for one in (limit(str(number), seconds=600), limit(str(number), seconds=3), limit("site", amount=10**6)):
            counts.admit(one)
    assert len(counts) == 40_001

    clock.now += 600
    counts.admit(limit())

    assert len(counts) == 1


def test_a_flood_of_senders_takes_no_more_room_than_is_given(clock: Seconds) -> None:
    counts = OwnCounts(most=100, clock=clock)
    for number in range(1000):
        clock.now += 0.001
        counts.admit(limit(str(number), amount=1))

    assert len(counts) <= 101
    assert not admits(counts, limit("999", amount=1))
    assert admits(counts, limit("0", amount=1)), "the longest silent was forgotten"


def test_threads_admit_exactly_as_many_as_there_may_be() -> None:
    counts = OwnCounts()
    with ThreadPoolExecutor(16) as threads:
        admitted = list(threads.map(lambda _: admits(counts, limit(amount=500, seconds=600)), range(4000)))

    assert admitted.count(True) == 500
