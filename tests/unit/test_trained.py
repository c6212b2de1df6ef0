"""The trained tier: grams know their places, weights survive being made small, and a blend never lowers an alarm."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.adapters.scorers import both
from moderation.adapters.scorers.blended import ALONE
from moderation.adapters.scorers.trained import blend, linear
from moderation.adapters.scorers.trained.grams import SIZE, grams
from moderation.adapters.scorers.trained.marks import marked
from moderation.domain.comment import Submission
from moderation.domain.fold import fold

TEXTS = st.text(max_size=60)


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_a_batch_finds_what_each_text_alone_has(texts: list[str]) -> None:
    together = grams(texts)
    for place, text in enumerate(texts):
        alone = grams([text])
        assert sorted(together.numbers[together.rows == place]) == sorted(alone.numbers)


@given(TEXTS)
def test_every_gram_stands_on_characters_of_its_text(text: str) -> None:
    found = grams([text])
    assert all(0 <= begin < end <= max(1, len(text)) for begin, end in zip(found.begins, found.ends, strict=True))
    assert all(0 <= number < SIZE for number in found.numbers)


def test_words_and_their_pairs_are_the_same_wherever_they_stand() -> None:
    one, other = grams(["a kind reply"]), grams(["what a kind  reply it is"])
    assert set(one.numbers) <= set(other.numbers)


def test_a_word_of_other_letters_is_another_gram() -> None:
    assert not set(grams(["zebra"]).numbers) & set(grams(["mouth"]).numbers)


def test_sequences_of_two_count_in_foreign_scripts_alone() -> None:
    assert len(grams(["ab"]).numbers) == 3  # The word, and the word with a blank before or behind it.
    assert len(grams(["한국"]).numbers) == 4


def test_a_text_without_anything_has_no_grams_and_the_bias_for_a_logit(tier: linear.Linear) -> None:
    assert not len(grams([""]).numbers)
    assert tier.logits(grams([""])).tolist() == [tier.biases.tolist()]


@pytest.fixture(scope="module")
def tier() -> linear.Linear:
    chance = np.random.default_rng(1)
    weights = chance.normal(0, 2, (SIZE, 2)).astype(np.float32)
    rarity = chance.uniform(1, 12, SIZE).astype(np.float32)
    return linear.quantised(("toxicity", "spam"), weights, np.array([0.5, -0.5], np.float32), rarity)


def test_a_batch_scores_each_text_as_alone(tier: linear.Linear) -> None:
    texts = ["what a kind reply", "", "another one, longer than the first"]
    together = tier.logits(grams(texts))
    alone = np.concatenate([tier.logits(grams([text])) for text in texts])
    assert np.allclose(together, alone, atol=1e-5)


def test_what_the_characters_pull_adds_up_to_the_logit(tier: linear.Linear) -> None:
    text = "what a kind kind reply"
    found = grams([text])
    pull = tier.pull(found, 0, "spam", len(text))
    assert len(pull) == len(text)
    assert pull.sum() == pytest.approx(tier.logits(found)[0, 1] - tier.biases[1], abs=1e-3)


def test_a_tier_is_read_as_it_was_written(tier: linear.Linear, tmp_path: Path) -> None:
    linear.write(tier, tmp_path)
    again = linear.read(tmp_path)
    found = grams(["what a kind reply"])
    assert again.heads == tier.heads
    assert np.allclose(again.logits(found), tier.logits(found))


def test_weights_of_another_make_are_refused_with_advice(tier: linear.Linear, tmp_path: Path) -> None:
    linear.write(tier, tmp_path)
    np.save(tmp_path / "linear.npy", np.zeros((8, 2), np.int8))
    with pytest.raises(ValueError, match="train the models anew"):
        linear.read(tmp_path)


def test_marks_are_words_of_the_original() -> None:
    folded = fold("so \u200bs\u200bt\u200bupid, really")
    pull = np.zeros(len(folded.text), np.float32)
    begin = folded.text.index("stupid")
    pull[begin : begin + 6] = 0.2
    [(first, last)] = marked(folded, pull)
    assert "so \u200bs\u200bt\u200bupid, really"[first:last].replace("\u200b", "") == "stupid"


@given(st.floats(-8, 8), st.floats(-8, 8), st.floats(0, 5))
def test_a_louder_tier_never_lowers_the_number(wording: float, words: float, more: float) -> None:
    mixed = blend.Blend({"wording": 0.9, "words": 0.2}, -0.3)
    quiet = mixed.logit({"wording": wording, "words": words})
    assert mixed.logit({"wording": wording, "words": words + more}) >= quiet


@given(st.floats(0.001, 0.999))
def test_a_probability_and_its_logit_are_the_same_number(value: float) -> None:
    assert blend.probability(blend.logit(value)) == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    [
        "Women deserve equal pay.",
        "women",
        "I love black women",
        "Muslim women",
        "gay",
        "I am gay",
        "여자",
        "What a great woman.",
    ],
)
def test_naming_people_alone_is_never_rejected(text: str) -> None:
    _, toxicity = both()
    [signal] = toxicity.look_at([Submission(text)])
    assert signal is None or signal.value <= ALONE  # Which `default.toml` holds.
