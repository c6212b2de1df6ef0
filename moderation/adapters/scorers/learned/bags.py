"""Bags: the grams of texts with their values, and short vectors by which texts that are alike find each other.

A vector is a count sketch of the values (Charikar, Chen and Farach-Colton 2002): a random projection whose signs are
hashed and not stored, in eight bits. Another embedding takes its place by another `vectors`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from moderation.adapters.scorers.trained.grams import Integers, grams
from moderation.adapters.scorers.trained.linear import Floats, Linear
from moderation.domain.fold import fold

WIDTH: Final = 256
READ: Final = 1_000
"""Characters of a text that are learnt from; a thousand texts are held in memory together."""
Vectors = npt.NDArray[np.int8]
_BATCH: Final = 64
_NONE: Final[Integers] = np.zeros(0, np.int64)
_STEPS: Final = 127
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_BUCKET: Final = np.uint64(56)  # The highest eight bits of a hash choose one of 256 numbers.
_SIGN: Final = np.uint64(55)


@dataclass(frozen=True, slots=True)
class Bags:
    """The distinct grams of some texts: of which text each is, its number, what it counts; a text has length one."""

    texts: int
    rows: Integers
    numbers: Integers
    values: Floats


def bags(linear: Linear, texts: Sequence[str]) -> Bags:
    """Read texts as the linear tier does, some at a time, and of each what it begins with."""
    rows, numbers, values = [_NONE], [_NONE], [_NONE.astype(np.float32)]
    for begin in range(0, len(texts), _BATCH):
        folded = [fold(text[:READ]).text for text in texts[begin : begin + _BATCH]]
        row, number, _, value = linear.values(grams(folded))
        rows.append(row + begin)
        numbers.append(number)
        values.append(value)
    return Bags(len(texts), np.concatenate(rows), np.concatenate(numbers), np.concatenate(values))


def vectors(found: Bags) -> Vectors:
    """Give a vector for each text."""
    hashes = (found.numbers.astype(np.uint64) + np.uint64(1)) * _MIX
    hashes = (hashes ^ (hashes >> np.uint64(29))) * _MIX
    places = found.rows * WIDTH + (hashes >> _BUCKET).astype(np.int64)
    signs = np.where((hashes >> _SIGN) & np.uint64(1), 1.0, -1.0)
    sums = np.bincount(places, signs * found.values, found.texts * WIDTH).reshape(found.texts, WIDTH)
    short: Vectors = np.rint(sums / np.abs(sums).max(axis=1, keepdims=True).clip(1e-9) * _STEPS).astype(np.int8)
    return short
