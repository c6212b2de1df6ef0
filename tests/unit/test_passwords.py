"""Passwords that everybody tries first."""

import pytest

from moderation.domain.person import is_guessable

FIRST_TRIED = (
    "password1234",
    "123456789012",
    "abcdefghijkl",
    "aaaaaaaaaaaa",
    "adaadaadaada",
    "Lychgate2026",
    "qwertyuiop12",
)


@pytest.mark.parametrize("password", FIRST_TRIED)
def test_what_everybody_tries_first_is_guessable(password: str) -> None:
    assert is_guessable(password, "Ada")


@pytest.mark.parametrize("password", ["correct horse battery", "x7-Kq_p2RtVw", "Ada likes old gates", "пароль-из-слов"])
def test_words_of_ones_own_are_not(password: str) -> None:
    assert not is_guessable(password, "Ada")
