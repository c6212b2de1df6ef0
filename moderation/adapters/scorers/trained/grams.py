"""Grams: the words and letter sequences of texts as numbers below 2**20, for a whole batch at once.

Hashing needs no vocabulary to load (Weinberger et al. 2009, "Feature Hashing for Large Scale
Multitask Learning"), and every gram knows where it stands, so that weights can be shown in the text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
import regex

BITS: Final = 20
SIZE: Final = 1 << BITS
"""How many different grams are told apart."""
READ: Final = 4_000
"""Characters of a text that are read; what is said later weighs little and costs as much."""

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
_Hashes = npt.NDArray[np.uint64]

_LENGTHS: Final = (2, 3, 4, 5)
_SHORT: Final = 2
_ASCII: Final = 127
_BASE: Final = np.uint64(0x9E3779B97F4A7C15)  # Odd, so that no character is lost by multiplying.
_MIX: Final = np.uint64(0xD6E8FEB86659FD93)
_SHIFT: Final = np.uint64(64 - BITS)
_HALF: Final = np.uint64(32)
_WORD: Final = np.uint64(0x57)
_PAIR: Final = np.uint64(0x5741)
_BLANK: Final = 32
_LAST: Final = 0x20000  # Letters beyond are rare Han characters.
_LONGEST: Final = 64


@dataclass(frozen=True, slots=True)
class Grams:
    """The grams of a batch of texts: which text each is of, its number, and the range of characters it covers."""

    texts: int
    rows: Integers
    numbers: Integers
    begins: Integers
    ends: Integers

    def distinct(self) -> tuple[Integers, Integers, Integers]:
        """Give rows and numbers without repeats, and how many each text has."""
        keys = np.unique((self.rows << BITS) | self.numbers)
        rows = keys >> BITS
        return rows, keys & (SIZE - 1), np.bincount(rows, minlength=self.texts)


def grams(texts: Sequence[str]) -> Grams:
    """Give the words, pairs of words and sequences of two to five characters in words of each text.

    Sequences of two count in foreign scripts alone, where a character says more.
    """
    codes, rows, places = _characters(texts)
    parts = [*_sequences(codes), *_words(codes, rows)]
    firsts = np.concatenate([part[1] for part in parts])
    lasts = np.concatenate([part[2] for part in parts])
    numbers = np.concatenate([part[0] for part in parts])
    return Grams(len(texts), rows[firsts], numbers.astype(np.int64), places[firsts], places[lasts] + 1)


def _characters(texts: Sequence[str]) -> tuple[Integers, Integers, Integers]:
    """Give all characters in one row: their codes, their text, their place in it; blanks stand around every text."""
    cut = [text[:READ] for text in texts]
    joined = "".join(f" {text} " for text in cut).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(joined, np.uint32).astype(np.int64)
    lengths = np.array([len(text) + 2 for text in cut], np.int64)
    rows = np.repeat(np.arange(len(texts)), lengths)
    begins = np.cumsum(lengths) - lengths
    places = np.clip(np.arange(len(codes)) - begins[rows] - 1, 0, (lengths - 3).clip(0)[rows])
    codes = np.where(_blank()[np.minimum(codes, _LAST)], _BLANK, codes)
    blank = codes == _BLANK
    kept = np.ones(len(codes), np.bool_)
    kept[1:] = ~(blank[1:] & blank[:-1] & (rows[1:] == rows[:-1]))
    return codes[kept], rows[kept], places[kept]


def _sequences(codes: Integers) -> list[tuple[_Hashes, Integers, Integers]]:
    """Hash what stands in one word, with the blank before and behind it."""
    blank, foreign = codes == _BLANK, codes > _ASCII
    wide = codes.astype(np.uint64)
    found, hashed, inside = [], wide, np.ones(len(codes), np.bool_)
    for length in _LENGTHS:
        hashed = hashed[:-1] * _BASE + wide[length - 1 :]
        last = slice(length - 1, len(codes))
        inside = inside[:-1] if length == _SHORT else inside[:-1] & ~blank[length - 2 : -1]
        chosen = (
            foreign[: len(hashed)] & foreign[last]
            if length == _SHORT
            else inside & ~(blank[: len(hashed)] & blank[last])
        )
        firsts = np.flatnonzero(chosen)
        found.append((_mixed(hashed[firsts] + np.uint64(length)), firsts, firsts + length - 1))
    return found


def _words(codes: Integers, rows: Integers) -> list[tuple[_Hashes, Integers, Integers]]:
    """Hash words, and pairs of words that follow each other in one text."""
    letters = np.flatnonzero(_lettered()[np.minimum(codes, _LAST)])
    if not len(letters):
        return []
    starts = np.flatnonzero(np.diff(letters, prepend=-2) > 1)
    lengths = np.diff(starts, append=len(letters))
    within = np.arange(len(letters)) - np.repeat(starts, lengths)
    weighed = codes[letters].astype(np.uint64) * _powers()[np.minimum(within, _LONGEST - 1)]
    hashed = np.add.reduceat(weighed, starts)
    firsts, lasts = letters[starts], letters[starts + lengths - 1]
    same = rows[firsts[:-1]] == rows[firsts[1:]]
    pairs = hashed[:-1] * _BASE + hashed[1:] + _PAIR
    return [(_mixed(hashed + _WORD), firsts, lasts), (_mixed(pairs[same]), firsts[:-1][same], lasts[1:][same])]


def _mixed(hashes: _Hashes) -> _Hashes:
    """Spread hashes and keep the highest bits."""
    mixed = (hashes ^ (hashes >> _HALF)) * _MIX
    return (mixed ^ (mixed >> _HALF)) * _BASE >> _SHIFT


@cache
def _powers() -> _Hashes:
    return np.cumprod(np.full(_LONGEST, _BASE), dtype=np.uint64)


@cache
def _lettered() -> Flags:
    return _table(r"[\p{L}\p{M}\p{N}]")


@cache
def _blank() -> Flags:
    return _table(r"[\s\p{Z}\p{C}]")


def _table(pattern: str) -> Flags:
    """Say of every character up to the last whether it is one of a kind."""
    every = np.arange(_LAST + 1, dtype=np.uint32).tobytes().decode("utf-32-le", "surrogatepass")
    flags = np.zeros(_LAST + 1, np.bool_)
    for match in regex.finditer(f"{pattern}+", every):
        flags[slice(*match.span())] = True
    return flags
