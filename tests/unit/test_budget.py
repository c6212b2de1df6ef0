"""Budgets and shares: the lowest threshold that keeps what was promised, and how far a share can be trusted."""

from collections.abc import Iterator

import pytest

from moderation.domain.budget import GRID, Budget, Scores
from moderation.domain.label import Label, Labels
from moderation.domain.share import Share
from moderation.services.thresholds import Budgets, Scored, pick


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (3, 10, 0.1078, 0.6032), (50, 1000, 0.0381, 0.0653)],
)
def test_an_interval_is_wilsons(hits: int, of: int, low: float, high: float) -> None:
    assert Share(hits, of).interval == pytest.approx((low, high), abs=1e-4)


def test_of_nothing_there_is_no_share() -> None:
    assert (Share(0, 0).value, Share(0, 0).interval, str(Share(0, 0))) == (None, None, "-")
    assert str(Share(3, 10)) == "3 of 10, 30.0 % (10.8 to 60.3)"


def counted(bad: list[float], good: list[float]) -> Scores:
    scores = Scores()
    for score in bad:
        scores.add(score, is_bad=True)
    for score in good:
        scores.add(score, is_bad=False)
    return scores


def test_a_score_on_a_threshold_reaches_it() -> None:
    assert [counted([score], []).bad.index(1) for score in GRID] == list(range(len(GRID)))


def test_the_lowest_threshold_within_the_budget_is_picked() -> None:
    scores = counted([0.9, 0.8, 0.6, 0.3], [0.7, 0.2, 0.1, 0.05])

    at_most_half_clean = scores.cut(Budget(right=0.5, clean=0.25))
    nothing_clean = scores.cut(Budget(right=1, clean=0))

    assert at_most_half_clean
    assert nothing_clean
    assert (at_most_half_clean.at_least, at_most_half_clean.found) == (0.201, Share(4, 4))
    assert (nothing_clean.at_least, nothing_clean.found) == (0.701, Share(2, 4))


def test_a_range_ends_below_what_is_put_aside() -> None:
    cut = counted([0.95, 0.6], [0.5, 0.1]).cut(Budget(right=0.5, clean=0.5), below=0.9)

    assert cut
    assert (cut.at_least, cut.below, cut.right, cut.clean) == (0.101, 0.9, Share(1, 2), Share(1, 2))


@pytest.mark.parametrize(("bad", "good"), [([], []), ([0.9], []), ([0.1], [0.9])])
def test_where_nothing_keeps_the_budget_there_is_no_threshold(bad: list[float], good: list[float]) -> None:
    assert counted(bad, good).cut(Budget(right=1, clean=0)) is None


def test_few_rows_are_not_sure() -> None:
    scores = counted([0.9] * 5, [0.1] * 5)

    assert scores.cut(Budget(right=0.9, clean=0.1))
    assert scores.cut(Budget(right=0.9, clean=0.1, surely=True)) is None


@pytest.mark.parametrize(
    ("spam", "toxic", "label"),
    [
        (False, False, Label.CLEAN),
        (True, True, Label.SPAM),
        (None, True, Label.TOXIC),
        (True, None, Label.SPAM),
        (False, None, Label.UNKNOWN),
        (None, None, Label.UNKNOWN),
    ],
)
def test_clean_is_only_what_was_looked_at_for_both(
    spam: bool | None,  # noqa: FBT001 (a case)
    toxic: bool | None,  # noqa: FBT001 (a case)
    label: Label,
) -> None:
    assert Labels(spam, toxic).label is label


def test_what_one_kind_puts_aside_no_other_holds() -> None:
    rows = [
        Scored({"spam": 0.99, "toxicity": 0.6}, Labels(spam=True, toxic=True)),
        Scored({"spam": 0.1, "toxicity": 0.6}, Labels(spam=False, toxic=True)),
        Scored({"spam": 0.1, "toxicity": 0.55}, Labels(spam=False, toxic=False)),
        *[Scored({"spam": 0.0, "toxicity": 0.0}, Labels(spam=False, toxic=False))] * 9,
        Scored({"toxicity": 0.1}, Labels(toxic=None, spam=False)),
    ]

    def read() -> Iterator[Scored]:
        return iter(rows)

    picked = pick(read, Budgets(held=Budget(right=0.6, clean=0.1), aside=Budget(right=1, clean=0)))

    ends = picked.ends
    assert ends.comments == {Label.SPAM: 1, Label.TOXIC: 1, Label.CLEAN: 10, Label.UNKNOWN: 1}
    assert ends.aside.total() == 2
    assert ends.right(ends.aside) == Share(2, 2)


def test_a_rate_says_how_common_it_is_where_it_is_not_as_in_the_rows() -> None:
    scores = counted([0.9] * 50 + [0.4] * 50, [0.4] * 5 + [0.1] * 95)  # Half and half; on a site, one in a hundred.

    balanced, rare = (scores.cut(Budget(right=0.5, clean=0.1, rate=rate)) for rate in (None, 0.01))

    assert balanced
    assert rare
    assert (balanced.at_least, rare.at_least) == (0.101, 0.401)
    assert (balanced.purity, rare.purity) == (pytest.approx(100 / 105), 1)


def test_what_to_expect_is_told_for_the_rates_of_a_site_and_for_each_source() -> None:
    rows = [
        *[Scored({"spam": 0.6, "toxicity": 0.0}, Labels(spam=True, toxic=False), "mail")] * 4,
        *[Scored({"spam": 0.0, "toxicity": 0.6}, Labels(spam=False, toxic=True), "talk")] * 2,
        *[Scored({"spam": 0.0, "toxicity": 0.0}, Labels(spam=False, toxic=True), "talk")] * 2,
        *[Scored({"spam": 0.0, "toxicity": 0.6}, Labels(spam=False, toxic=False), "talk")],
        *[Scored({"spam": 0.0, "toxicity": 0.0}, Labels(spam=False, toxic=False), "talk")] * 9,
    ]
    never, rates = Budget(right=2, clean=0), {"spam": 0.02, "toxicity": 0.08}

    picked = pick(lambda: iter(rows), Budgets(held=Budget(right=0.2, clean=0.1), aside=never, rates=rates))
    told = picked.expected(rates)

    assert told
    assert (told.queue, told.missed) == (pytest.approx(0.02 + 0.04 + 0.09), pytest.approx(0.04))
    assert told.right == pytest.approx(0.06 / 0.15)
    assert picked.expected({"spam": 0.02}) is None
    talk = picked.sources["talk"]
    assert (talk.share(talk.held, Label.CLEAN), talk.share(talk.held, Label.TOXIC)) == (Share(1, 10), Share(2, 4))
