"""Bans: whom a mark meets, and what cannot be banned since it would be everybody."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from moderation.domain.ban import Ban, Effect, Mark, Traits, parse_domain, parse_name, parse_reason
from moderation.domain.fold import fold
from moderation.domain.text import Unfit

NOW = datetime.now(UTC)
ANN = Traits("ab" * 32, "203.0.113.0/24", fold("Ann Onymous").text, "mail.example.com")


def ban(mark: Mark, value: str, **others: object) -> Ban:
    fixed = (UUID(int=1), UUID(int=2), Effect.BAN, mark, value, "Why.", UUID(int=3), NOW)
    return Ban(*fixed, **others)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mark", "value", "met"),
    [
        (Mark.ADDRESS, "ab" * 32, True),
        (Mark.ADDRESS, "cd" * 32, False),
        (Mark.NETWORK, "203.0.113.0/24", True),
        (Mark.NETWORK, "203.0.112.0/24", False),
        (Mark.NAME, "ann onymous", True),
        (Mark.NAME, "\u0410nn 0nymous", True),
        (Mark.NAME, "ann*", True),
        (Mark.NAME, "*onymous", True),
        (Mark.NAME, "a*n o*us", True),
        (Mark.NAME, "ann", False),
        (Mark.NAME, "onymous", False),
        (Mark.NAME, "ann onymous junior", False),
        (Mark.DOMAIN, "mail.example.com", True),
        (Mark.DOMAIN, "example.com", True),
        (Mark.DOMAIN, "ample.com", False),
        (Mark.DOMAIN, "www.mail.example.com", False),
    ],
)
def test_a_ban_meets_whom_it_means_and_nobody_else(mark: Mark, value: str, met: bool) -> None:  # noqa: FBT001 (a table)
    assert ban(mark, value).meets(ANN) is met


@pytest.mark.parametrize("mark", Mark)
def test_of_whoever_nothing_is_known_no_ban_is(mark: Mark) -> None:
    assert not ban(mark, "example.com").meets(Traits())


def test_a_ban_holds_until_its_end_or_until_it_is_lifted() -> None:
    day = timedelta(days=1)
    soon, late = NOW + day / 2, NOW + 2 * day

    assert ban(Mark.NAME, "ann").holds(late)
    assert [ban(Mark.NAME, "ann", until=NOW + day).holds(when) for when in (soon, NOW + day)] == [True, False]
    assert not ban(Mark.NAME, "ann", lifted_at=soon).holds(late)
    assert [ban(Mark.NAME, "ann", lifted_at=when).undone for when in (None, soon, late)] == [False, True, False]


@pytest.mark.parametrize("typed", ["", "*", "* *", "a*", "*an*", "!!!"])
def test_a_name_that_means_half_of_everybody_is_refused(typed: str) -> None:
    with pytest.raises(Unfit):
        parse_name(typed)


@pytest.mark.parametrize("typed", ["Al", "ann*", "*赌场*", "  Ann   Onymous "])
def test_other_names_are_taken(typed: str) -> None:
    assert parse_name(typed) == " ".join(typed.split())


@pytest.mark.parametrize(
    "typed", ["", "com", "co.uk", "exa mple.com", "ann@example.com", "bücher.example", "*.com", "-.de"]
)
def test_a_domain_that_is_none_or_everybodys_is_refused(typed: str) -> None:
    with pytest.raises(Unfit):
        parse_domain(typed)


@pytest.mark.parametrize(
    "typed", ["mail.example.com", "@Mail.Example.COM", "mail.example.com.", "xn--bcher-kva.example"]
)
def test_other_domains_are_taken_in_one_spelling(typed: str) -> None:
    assert parse_domain(typed) in {"mail.example.com", "xn--bcher-kva.example"}


def test_a_ban_needs_a_reason() -> None:
    assert parse_reason("  Sells\nhandbags. ") == "Sells handbags."
    with pytest.raises(Unfit):
        parse_reason(" ")
