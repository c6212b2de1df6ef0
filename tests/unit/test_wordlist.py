"""A site's own words: whole, through every disguise, in characters of the original."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.wordlist import WordList

LISTED: Final = WordList(("gadgetron", "buy followers", "c++", "$$$", "buy", "ćevapi"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The Gadgetron is here.", ["Gadgetron"]),
        ("g4dg3tr0n, G.A.D.G.E.T.R.O.N", ["g4dg3tr0n", "G.A.D.G.E.T.R.O.N"]),
        ("gadgetrons, megagadgetron", []),
        ("Buy   followers!", ["Buy   followers", "Buy"]),
        ("buy, followers", ["buy, followers", "buy"]),
        ("C++ and C", ["C++"]),
        ("much $$$ for it", ["$$$"]),
        ("Ćevapi and cevapi", ["Ćevapi", "cevapi"]),
        ("", []),
    ],
)
def test_a_listed_word_is_found_whole_and_where_it_stands(text: str, found: list[str]) -> None:
    assert sorted(text[start:end] for start, end in LISTED.spans(text)) == sorted(found)


def test_a_list_without_words_finds_nothing() -> None:
    assert WordList().spans("anything") == ()
    assert WordList(("\u200b",)).spans("anything") == ()


@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=8), max_size=5))
def test_spans_always_lie_in_the_text(text: str, words: list[str]) -> None:
    for start, end in WordList(tuple(words)).spans(text):
        assert 0 <= start < end <= len(text)
