"""Peers: packages that answer the same question, asked about the same texts."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from moderation.domain.signal import TOXICITY
from moderation.lab.evaluation import Scores
from moderation.lab.figures import Score


def alt_profanity_check() -> Score:
    """Make the support vector machine that alt-profanity-check ships; raises ImportError where it is missing."""
    from profanity_check import predict_prob  # noqa: PLC0415 (an extra)

    return lambda texts, _: _scores(predict_prob(list(texts)) if texts else [])


def better_profanity() -> Score:
    """Make the word list that better-profanity ships; raises ImportError where it is missing."""
    from better_profanity import profanity  # noqa: PLC0415 (an extra)

    profanity.load_censor_words()
    return lambda texts, _: _scores([float(profanity.contains_profanity(text)) for text in texts])


PEERS: Final[Mapping[str, Callable[[], Score]]] = {
    "alt-profanity-check": alt_profanity_check,
    "better-profanity": better_profanity,
}
"""Every peer by its name, with how it is made."""


def _scores(values: Sequence[float]) -> Scores:
    return {TOXICITY: np.asarray(values, float)}
