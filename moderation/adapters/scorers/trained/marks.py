"""Marks: which words of a text a number rests on, as ranges of the original."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import regex

from moderation.domain.fold import Folded
from moderation.domain.signal import Span

Floats = npt.NDArray[np.float32]
LEAST: Final = 0.3
"""A word that pulls less, in logits, is never marked."""
SHARE: Final = 0.5
"""Nor is one that pulls less than this share of what the strongest word pulls."""
_SENTENCE: Final = 0.3
_NOTHING: Final = -3.0
"""How much the encoder's logit of a word counts, and from where; the best of nine on words that people marked."""
_WORD: Final = regex.compile(r"[^\s\p{P}]+(?:['*@$#-][^\s\p{P}]+)*")


def marked(folded: Folded, pull: Floats, sentence: Floats | None = None) -> tuple[Span, ...]:
    """Give the ranges of the words that a number rests on, each a character's share in the folded text.

    `pull` says how much each character pulls the logit up or down; `sentence`, where an encoder read the text, is
    its own logit for each character, of which a word has the highest.
    """
    sums = np.concatenate([[0.0], np.cumsum(pull)])
    words = [word.span() for word in _WORD.finditer(folded.text, endpos=len(pull))]
    pulls = [max(0.0, float(sums[end] - sums[begin])) for begin, end in words]
    if sentence is not None:
        read = [float(sentence[slice(*word)].max()) for word in words]
        pulls = [each + _SENTENCE * max(0.0, logit - _NOTHING) for each, logit in zip(pulls, read, strict=True)]
    enough = max([LEAST, *(SHARE * each for each in pulls)])
    return tuple(_joined(folded.span(*word) for word, each in zip(words, pulls, strict=True) if each >= enough))


def _joined(spans: Iterator[Span]) -> Iterator[Span]:
    """Give ranges in order, those that overlap as one."""
    last: Span | None = None
    for begin, end in sorted(spans):
        if last is None or begin > last[1]:
            if last is not None:
                yield last
            last = begin, end
        else:
            last = last[0], max(last[1], end)
    if last is not None:
        yield last
