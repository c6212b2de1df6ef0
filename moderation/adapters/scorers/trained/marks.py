"""Marks: which words of a text a number rests on, as ranges of the original."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import regex

from moderation.domain.fold import Folded
from moderation.domain.signal import Span

LEAST: Final = 0.3
"""A word that pulls less, in logits, is never marked."""
SHARE: Final = 0.5
"""Nor is one that pulls less than this share of what the strongest word pulls."""
MEANT: Final = -0.5
"""A word whose logit is lower is not marked."""
_WORD: Final = regex.compile(r"[^\s\p{P}]+(?:['*@$#-][^\s\p{P}]+)*")


def marked(folded: Folded, pull: npt.NDArray[np.float32]) -> tuple[Span, ...]:
    """Give the ranges of the words that pull a logit up; `pull` has a number for each character of the folded text."""
    sums = np.concatenate([[0.0], np.cumsum(pull)])
    words = [word.span() for word in _WORD.finditer(folded.text, endpos=len(pull))]
    pulls = [float(sums[end] - sums[begin]) for begin, end in words]
    enough = max([LEAST, *(SHARE * each for each in pulls)])
    return tuple(_joined(folded.span(*word) for word, each in zip(words, pulls, strict=True) if each >= enough))


def meant(folded: Folded, pull: npt.NDArray[np.float32]) -> tuple[Span, ...]:
    """Give the ranges of the words that an encoder calls toxic; `pull` has its logit for each character."""
    words = [word.span() for word in _WORD.finditer(folded.text)]
    return tuple(_joined(folded.span(*word) for word in words if pull[slice(*word)].max() >= MEANT))


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
