"""Spreads: parts of what was counted, as the definition says."""

import pytest

from moderation.domain.spread import Spread


@pytest.mark.parametrize(
    ("lengths", "part", "expected"),
    [
        ([5], 0.5, 5),
        ([1, 2], 0.5, 1),
        ([1, 2, 3], 0.5, 2),
        ([*range(1, 11)], 0.9, 9),
        ([*range(1, 12)], 0.9, 10),
        ([7, 7, 7, 100], 0.75, 7),
        ([], 0.5, None),
    ],
)
def test_a_quantile_is_the_shortest_that_so_many_do_not_exceed(
    lengths: list[int], part: float, expected: int | None
) -> None:
    assert Spread.of((length, 1) for length in lengths).quantile(part) == expected


def test_two_spreads_are_one() -> None:
    both = Spread({1: 2, 5: 1}) + Spread({5: 1, 9: 1})

    assert (both.n, dict(both.counts)) == (5, {1: 2, 5: 2, 9: 1})
    assert [both.within(0, 5), both.within(5, 9), both.within(9, None)] == [2, 2, 1]
