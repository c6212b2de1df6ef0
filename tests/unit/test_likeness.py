"""Sketches: the same for the same words, close for nearly the same ones, far apart for others."""

import time
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.fold import fold
from moderation.domain.likeness import BAND_BITS, BANDS, BITS, FEWEST_WORDS, NEAR, bands, distance, sketch

VOCABULARY: Final = [f"{first}{last}" for first in ("bar", "cor", "dun", "fel", "gim", "hol") for last in "aeiouy"]
TEXT: Final = (
    "The council should have asked the people who live there before it built a road through the park, "
    "and now everybody wonders where the children are going to play when summer comes"
)
VARIED: Final = [
    TEXT.replace("wonders", "asks"),
    TEXT + " really",
    "Hello! " + TEXT,
    TEXT.replace("council", "mayor") + "!!",
]
UNRELATED: Final = [
    "My grandmother paid twelve pounds for hers in nineteen seventy four and it still works like a charm today",
    "Could somebody tell me where the third photograph was taken, because it looks very much like our village",
    "Очень хорошая статья, спасибо автору за подробный рассказ о том, как всё было на самом деле в том году",  # noqa: RUF001 (Cyrillic letters)
    "这篇文章写得非常好我从中学到了很多东西希望作者以后能够继续写下去谢谢大家",
]
SIGNED: Final = range(-(2 ** (BITS - 1)), 2 ** (BITS - 1))
words: Final = st.lists(st.sampled_from(VOCABULARY), min_size=FEWEST_WORDS, max_size=80).map(" ".join)
numbers: Final = st.integers(SIGNED.start, SIGNED.stop - 1)


def of(text: str, key: bytes = b"") -> int:
    found = sketch(text, key)
    assert found is not None
    return found


@given(st.text(max_size=300))
def test_any_text_has_one_sketch_or_none(text: str) -> None:
    found = sketch(text)

    assert found == sketch(text)
    assert found is None or found in SIGNED


@given(words)
def test_what_folding_takes_away_changes_nothing(text: str) -> None:
    assert of(text.upper().replace(" ", ", ")) == of(text)


@given(words, words)
def test_a_few_more_words_move_few_bits_of_a_long_text(first: str, second: str) -> None:
    text = " ".join(f"{word}{number}x" for number, word in enumerate(f"{first} {second} {first} {second}".split() * 3))

    assert distance(of(text), of(text + " perhaps")) <= NEAR


@given(st.text("ab  .1@$!|_-\t\n\x7f'A", max_size=40).map(lambda odd: f"{TEXT} {odd}"))
def test_what_is_not_looked_at_closely_needs_no_folding(text: str) -> None:
    assert sketch(text) == sketch(fold(text).text) == sketch(text + "\u200b")


@pytest.mark.parametrize("varied", VARIED)
def test_nearly_the_same_text_is_near(varied: str) -> None:
    assert 0 <= distance(of(TEXT), of(varied)) <= NEAR


@pytest.mark.parametrize("other", UNRELATED)
def test_unrelated_texts_are_far(other: str) -> None:
    assert distance(of(TEXT), of(other)) > 2 * NEAR


def test_links_addresses_and_numbers_may_vary() -> None:
    first = f"{TEXT}: see http://a.example/1 or shop.example, write to ann@a.example, only 49.99"
    second = f"{TEXT}: see https://other.example/x?y=2 or market.example/z, write to bob@b.example, only 17"

    assert of(first) == of(second)


def test_a_few_words_are_alike_by_chance_and_have_no_sketch() -> None:
    assert sketch(" ".join(VOCABULARY[: FEWEST_WORDS - 1])) is None
    assert sketch(" ".join(VOCABULARY[:FEWEST_WORDS])) is not None
    assert sketch("") is None


def test_another_key_makes_other_sketches() -> None:
    assert distance(of(TEXT, b"one"), of(TEXT, b"two")) > NEAR


@given(numbers, numbers, numbers)
def test_distance_is_one(one: int, other: int, third: int) -> None:
    assert distance(one, one) == 0
    assert 0 <= distance(one, other) == distance(other, one) <= BITS
    assert distance(one, third) <= distance(one, other) + distance(other, third)


@given(numbers, st.sets(st.integers(0, BITS - 1), max_size=BANDS - 1))
def test_of_two_that_differ_in_fewer_bits_than_there_are_bands_one_band_is_equal(one: int, flipped: set[int]) -> None:
    other = one ^ sum(1 << bit for bit in flipped)

    assert any(mine == theirs for mine, theirs in zip(bands(one), bands(other), strict=True))
    assert all(0 <= band < 1 << BAND_BITS for band in bands(one))


def test_the_longest_text_takes_no_time() -> None:
    for text in ("a-" * 5000, "a." * 5000, "1," * 5000, "人" * 10_000, "ab " * 3333, "@" * 10_000):
        began = time.perf_counter()
        sketch(text)
        assert time.perf_counter() - began < 1
