"""The encoder: texts read together or alone, pointing at words, and a service that works, and says so, without it."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from moderation.adapters.scorers import MODELS, both
from moderation.adapters.scorers.trained import encoder
from moderation.adapters.scorers.trained.encoder import Encoder
from moderation.domain.comment import Submission

PLAIN_ATTACK = "people like her should not be allowed to speak in public at all, she is worthless"
KIND = "thank you, the part about the old mill was new to me"


@pytest.fixture(scope="module")
def reader() -> Encoder:
    found = encoder.read(MODELS)
    assert found is not None
    return found


def test_a_text_means_the_same_among_others(reader: Encoder) -> None:
    texts = [KIND, "no", PLAIN_ATTACK, "", KIND * 40]
    for alone, among in zip((reader.read([text])[0] for text in texts), reader.read(texts), strict=True):
        assert among.logits == pytest.approx(alone.logits, abs=0.25)  # Eight bits round with their batch.


def test_an_attack_without_a_hard_word_stands_above_praise(reader: Encoder) -> None:
    attack, praise = reader.read([PLAIN_ATTACK, KIND])
    assert attack.logits["toxicity"] > praise.logits["toxicity"] + 2


def test_every_character_read_has_a_logit_and_none_beyond(reader: Encoder) -> None:
    text = "you are stupid " + "and so on " * 200
    pull = reader.read([text])[0].pull
    assert len(pull) == len(text)
    assert np.isfinite(pull[8:14]).all()
    assert np.isneginf(pull[-10:]).all()


def test_nothing_to_read_gives_nothing(reader: Encoder) -> None:
    assert reader.read([]) == []


def test_without_its_file_the_scorer_works_and_says_so(tmp_path: Path) -> None:
    shutil.copytree(MODELS, tmp_path / "models", ignore=shutil.ignore_patterns("encoder.*", "tokenizer.*"))
    _, coarse = both(tmp_path / "models")
    _, whole = both()
    _, switched_off = both(encoder=False)
    assert coarse.name == switched_off.name == f"{whole.name}-coarse"
    (signal,) = coarse.look_at([Submission("You are a worthless idiot.", language="en")])
    assert signal is not None
    assert signal.value > 0.8


def test_whoever_else_is_in_the_batch_changes_no_decision() -> None:
    _, toxicity = both()
    texts = [Submission(text, language="en") for text in (PLAIN_ATTACK, KIND, "You fool.", "Nice.", "I doubt that.")]
    alone = [toxicity.estimate([text])[0].signal.value for text in texts]
    together = [estimate.signal.value for estimate in toxicity.estimate(texts)]
    assert together == pytest.approx(alone, abs=0.03)
