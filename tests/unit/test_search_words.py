"""Looking for words: however they are written, in every script, and whatever is typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.search import MOST, Search
from moderation.domain.wording import BARRIER, wording

TEXT = "The wombats' HARVEST, 100% well-known: see https://spam.example.com/now"


@pytest.mark.parametrize(
    ("typed", "name", "text", "found"),
    [
        ("harvest", "Ann", TEXT, True),
        ("HARVEST wombats", "Ann", TEXT, True),
        ("harvest moon", "Ann", TEXT, False),
        ("harv", "Ann", TEXT, False),
        ("harv*", "Ann", TEXT, True),
        ('"harvest 100"', "Ann", TEXT, True),
        ('"100 harvest"', "Ann", TEXT, False),
        ("“harvest 100”", "Ann", TEXT, True),
        ('"harvest 10"*', "Ann", TEXT, True),
        ("well-known", "Ann", TEXT, True),
        ("spam.example.com", "Ann", TEXT, True),
        ("harvest -moon", "Ann", TEXT, True),
        ("harvest -wombats", "Ann", TEXT, False),
        ('harvest -"well known"', "Ann", TEXT, False),
        ("-moon", "Ann", TEXT, True),
        ("ann", "Ann", TEXT, True),
        ('"ann the"', "Ann", TEXT, False),
        ("cafe", "", "Le CAFÉ", True),
        ("café", "", "le cafe", True),
        ("strasse", "", "Straße", True),
        ("straße", "", "STRAẞE", True),
        ("елка", "", "Ёлка", True),
        ("日本語", "", "これは日本語です", True),
        ("本語", "", "これは日本語です", True),
        ("語", "", "日本語", True),
        ("日語", "", "日本語", False),
        ("がか", "", "かが", False),
        ("한국", "", "한국어를 배워요", True),
        ("ไทย", "", "ภาษาไทยง่าย", True),
        ("كتاب", "", "قرأت الكِتَاب", True),
        ("والكتاب", "", "هذا كتاب", True),
        ("شلوم", "", "שלום", False),
        ("שלום", "", "שָׁלוֹם", True),
        ("🍉", "", "so tasty 🍉!", True),
        ("joe@example.com", "", "write to joe@example.com now", False),
        ("joe", "joe@example.com", "hello", False),
        ("%%% !!", "", "%%% !!", False),
        ("", "", "anything", False),
        ('"', "", "anything", False),
    ],
)
def test_what_is_found(typed: str, name: str, text: str, found: bool) -> None:  # noqa: FBT001 (a row of a table)
    search = Search.of(typed)

    assert (not search.vain and search.fits(wording(name, text))) is found


@pytest.mark.parametrize(
    ("typed", "text", "hits"),
    [
        ("harvest -moon", "Harvest time, HÁRVEST", ["Harvest", "HÁRVEST"]),
        ('"harvest time"', "Harvest, time", ["Harvest, time"]),
        ("本語", "日本語です", ["本語"]),
        ("harv*", "Harvesters sing", ["Harvesters"]),
        ("none", "Harvest", []),
    ],
)
def test_what_is_found_is_marked_in_the_original(typed: str, text: str, hits: list[str]) -> None:
    assert [text[start:end] for start, end in Search.of(typed).hits(text)] == hits


@given(st.text(max_size=200), st.text(max_size=200))
def test_nothing_that_is_typed_is_a_mistake(typed: str, text: str) -> None:
    search = Search.of(typed)

    search.fits(wording(typed, text))
    assert len(search.wanted) + len(search.unwanted) <= MOST
    assert all(0 <= start < end <= len(text) for start, end in search.hits(text))
    spellings = [word for phrase in (*search.wanted, *search.unwanted) for word in phrase.words]
    assert all(word.replace(BARRIER, "") == word and not set(word) & set(" '\\\"*:&|!()<>") for word in spellings)
