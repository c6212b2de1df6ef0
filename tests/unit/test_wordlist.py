"""A site's own words: whole, through every disguise, in characters of the original."""

import time
from fnmatch import fnmatchcase
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.fold import fold
from moderation.domain.wildcard import is_fit, is_wild
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


WILD: Final = WordList(("casino*", "*gadget*", "f*k", "*tron", "buy * now", "free cas*", "t.me/*", "*вид*", "**"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Casinos and a casino", ["Casino", "casino"]),
        ("megacasino", []),
        ("megaGadgets", ["Gadget"]),
        ("fork, fk, forks", ["fork", "fk"]),
        ("megatron, metronome", ["tron"]),
        ("Buy it now! Buy it all now.", ["Buy it now"]),
        ("FREE: casting", ["FREE: cas"]),
        ("see t.me/joinus", ["t.me/joinus"]),
        ("c4s1n0s, c.a.s.i.n.o", ["c4s1n0", "c.a.s.i.n.o"]),
        ("это очевидно", ["вид"]),
        ("f and k", []),
        ("", []),
    ],
)
def test_a_star_stands_for_any_letters_of_a_word(text: str, found: list[str]) -> None:
    assert sorted(text[start:end] for start, end in WILD.spans(text)) == sorted(found)


@pytest.mark.parametrize("entry", ["*", "a*", "*a", "*a*b*", "* word", "*.*"])
def test_an_entry_that_would_find_nearly_everything_is_not_fit_and_finds_nothing(entry: str) -> None:
    assert is_wild(entry)
    assert not is_fit(entry)
    assert WordList((entry,)).spans("a word and a bird") == ()


@given(st.text("ab", max_size=12), st.lists(st.text("ab*", min_size=1, max_size=6), max_size=4))
def test_stars_match_as_in_file_names(word: str, entries: list[str]) -> None:
    for entry in filter(is_fit, filter(is_wild, entries)):
        assert bool(WordList((entry,)).spans(word)) == (
            fold(word).text != "" and fnmatchcase(plain(word), plain(entry))
        )


@given(st.text(max_size=60), st.lists(st.text("ab*\u0435 ", min_size=1, max_size=8), max_size=5))
def test_spans_of_wild_entries_lie_in_the_text(text: str, words: list[str]) -> None:
    for start, end in WordList(tuple(words)).spans(text):
        assert 0 <= start < end <= len(text)


def test_no_entry_makes_a_text_slow_to_read() -> None:
    entries = WordList(tuple("*" + "a" * length + "*b*" * times + "c" for length in range(2, 9) for times in range(6)))
    entries.spans("warm")
    for text in ("a" * 10_000, "ab" * 5000, "aab " * 2500, "a b " * 2500):
        began = time.perf_counter()
        entries.spans(text)
        assert time.perf_counter() - began < 1


def plain(written: str) -> str:
    """Write drawn-out letters as folding does, which reads the parts between stars one by one."""
    return "*".join(fold(part).text for part in written.split("*"))


def test_a_list_without_words_finds_nothing() -> None:
    assert WordList().spans("anything") == ()
    assert WordList(("\u200b",)).spans("anything") == ()


@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=8), max_size=5))
def test_spans_always_lie_in_the_text(text: str, words: list[str]) -> None:
    for start, end in WordList(tuple(words)).spans(text):
        assert 0 <= start < end <= len(text)
