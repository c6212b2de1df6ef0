"""Marks: which words of a text a number rests on, as ranges of the original."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import regex

from moderation.domain.fold import Folded
from moderation.domain.signal import Span

WORTH: Final = 0.5
"""From this pull on, in logits for the whole word, a word is marked."""
_WORD: Final = regex.compile(r"[^\s\p{P}]+(?:['*@$#-][^\s\p{P}]+)*")


def marked(folded: Folded, pull: npt.NDArray[np.float32], worth: float = WORTH) -> tuple[Span, ...]:
    """Give the ranges of the words that pull a logit up; `pull` has a number for each character of the folded text."""
    sums = np.concatenate([[0.0], np.cumsum(pull)])
    return tuple(
        _joined(folded.span(*word.span()) for word in _WORD.finditer(folded.text) if _pulls(sums, word, worth))
    )


def _pulls(sums: npt.NDArray[np.float64], word: regex.Match[str], worth: float) -> bool:
    begin, end = word.span()
    return bool(end < len(sums) and sums[end] - sums[begin] >= worth)


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
