"""What is worth a person's time: doubt and reach go ahead by hours, and waiting overtakes both."""

from datetime import UTC, datetime, timedelta

import pytest

from moderation.domain.worth import worth

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def test_doubt_and_a_page_that_many_read_go_ahead() -> None:
    sure, doubted, read = worth(NOON, [0.99, 0.01], 0), worth(NOON, [0.99, 0.55], 0), worth(NOON, [0.99, 0.01], 31)

    assert sure < read < doubted
    assert worth(NOON, [], 10**9) - worth(NOON, [], 0) == pytest.approx(12)


def test_nothing_is_passed_by_what_came_a_day_later() -> None:
    assert worth(NOON, [1.0], 0) >= worth(NOON + timedelta(days=1), [0.5], 10**6)


def test_of_two_that_are_alike_the_older_one_comes_first() -> None:
    assert worth(NOON, [0.7], 3) > worth(NOON + timedelta(seconds=1), [0.7], 3)
