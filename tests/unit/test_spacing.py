"""Spacing: severe ones stand apart where they can, nothing is lost, and nothing else is out of its order."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.spacing import spaced


def put(order: str, within: int) -> str:
    return "".join(spaced(order, str.isupper, within))


@pytest.mark.parametrize(
    ("order", "within", "expected"),
    [
        pytest.param("ABcdef", 3, "AcdBef", id="two in a row"),
        pytest.param("abC", 3, "abC", id="nothing to do"),
        pytest.param("ABCd", 3, "AdBC", id="too few between"),
        pytest.param("ABcd", 0, "ABcd", id="off"),
        pytest.param("", 5, "", id="none"),
        pytest.param("aBCdefg", 3, "aBdeCfg", id="later"),
    ],
)
def test_severe_ones_stand_apart(order: str, within: int, expected: str) -> None:
    assert put(order, within) == expected


@given(st.lists(st.booleans(), max_size=40), st.integers(2, 8))
def test_nothing_is_lost_and_each_kind_keeps_its_order(kinds: list[bool], within: int) -> None:
    things = list(enumerate(kinds))

    found = spaced(things, lambda thing: thing[1], within)

    assert sorted(found) == things
    for kind in (True, False):
        assert [thing for thing in found if thing[1] is kind] == [thing for thing in things if thing[1] is kind]
    last_mild = max((place for place, thing in enumerate(found) if not thing[1]), default=-1)
    places = [place for place, thing in enumerate(found) if thing[1] and place < last_mild]
    assert all(after - before >= within for before, after in pairwise(places))
