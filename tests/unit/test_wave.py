"""Waves as the domain has them: what is near, which of many are shown, and what a person's word adds to a verdict."""

import pytest

from moderation.domain.comment import Status
from moderation.domain.likeness import links, sketch
from moderation.domain.policy import Reason, Verdict
from moderation.domain.wave import SHORT, alike, varied

SHORT_ONE = "You say that it is {} to walk over there alone in the evening, and so do we."
LONG_ONE = (
    "Everybody should really read what our neighbours wrote about the {} in this valley, and then tell all of their "
    "friends and relatives about it before the summer is over, because it concerns each and every one of us here."
)


@pytest.mark.parametrize(("text", "expected"), [(SHORT_ONE, False), (LONG_ONE, True)])
def test_one_word_more_or_less_counts_in_a_short_text_alone(text: str, expected: bool) -> None:  # noqa: FBT001
    one, other = text.format("safe"), text.format("dangerous")
    assert (len(one) < SHORT) is not expected

    assert alike(one, sketch(one), sketch(other)) is expected
    assert alike(one, sketch(one), sketch(one))


def test_what_was_found_by_its_very_words_needs_no_sketch() -> None:
    assert alike("Few words.", None, None)


def test_those_are_shown_that_differ_most_and_nothing_twice() -> None:
    assert varied([5, 5, 6, 90, 40], 3, lambda one, other: abs(one - other)) == [5, 90, 40]
    assert varied([5, 5, 5], 3, lambda one, other: abs(one - other)) == [5]
    assert varied([], 3, lambda one, other: abs(one - other)) == []


def test_links_are_read_without_the_signs_around_them() -> None:
    assert links("See (https://A.example/x), a@b.example, and https://a.example/x!") == (
        "a@b.example",
        "https://a.example/x",
    )


@pytest.mark.parametrize(
    ("policy", "person", "outcome"),
    [
        (Status.APPROVED, Status.SPAM, Status.SPAM),
        (Status.REJECTED, Status.SPAM, Status.REJECTED),
        (Status.SPAM, Status.HELD, Status.SPAM),
    ],
)
def test_the_strictest_outcome_wins(policy: Status, person: Status, outcome: Status) -> None:
    verdict = Verdict(policy, ()).also([Reason("wave", person, "any")])

    assert (verdict.outcome, verdict.codes) == (outcome, ("wave",))
