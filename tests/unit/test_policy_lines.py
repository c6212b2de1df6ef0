"""Faults of a policy are told by the line they are in."""

import pytest

from moderation.domain.errors import Invalid
from moderation.domain.policy import parse_policy
from moderation.domain.policy_lines import line_of

POLICY = """\
name = "ours"
otherwise = "praised"
words = ["a", ""]

[[rules]]
code = "toxicity"
signal = "toxicity"
outcome = "held"
at_least = 0.5

[[rules]]
code = "Spam!"
signal = "spam"
outcome = "held"
"at_least" = "much"
shade = 3
"""


def lines_of(source: str) -> dict[str, int]:
    with pytest.raises(Invalid) as refused:
        parse_policy(source)
    return {fault.pointer.removeprefix("/policy"): line_of(source, fault) for fault in refused.value.faults}


def test_a_fault_is_told_by_its_line() -> None:
    assert lines_of(POLICY) == {
        "/otherwise": 2,
        "/words": 3,
        "/rules/1/code": 12,
        "/rules/1/at_least": 15,
        "/rules/1/shade": 16,
    }


def test_what_is_missing_is_told_by_where_it_belongs() -> None:
    assert lines_of('name = "x"\n\n[[rules]]\nsignal = "spam"\noutcome = "held"\nat_least = 1\n') == {
        "/rules/0/code": 3
    }


@pytest.mark.parametrize(
    ("source", "line"),
    [("name = \n", 1), ('\n\n[[rules]\ncode = "a"\n', 3), ('name = "a"\nname = "b"\n', 2), ("a = [", 1)],
)
def test_what_is_no_toml_is_told_by_the_line_at_which_that_shows(source: str, line: int) -> None:
    assert lines_of(source) == {"": line}


@pytest.mark.parametrize("source", ['rules = [{ code = "A" }]', 'otherwise = "approved"', "name = " + "9" * 5000])
def test_where_no_line_can_be_told_none_is(source: str) -> None:
    assert set(lines_of(source).values()) == {0}
