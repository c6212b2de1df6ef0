"""Likeness: a sketch of a text in 64 bits, of which texts that say nearly the same share nearly all.

This is SimHash: every shingle of the folded text, a word or two that follow each other, is hashed and
votes on each bit, and the majority is kept. What campaigns vary most does not count: every link is one
and the same word, every number likewise. A sketch tells little of its text, and nothing without the key.
"""

from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from itertools import islice, pairwise
from struct import unpack
from typing import Final

import regex

from moderation.domain.fold import fold

BITS: Final = 64
BAND_BITS: Final = 16
BANDS: Final = BITS // BAND_BITS
"""A sketch is looked up by its bands: of two that differ in fewer bits than there are bands, one band is equal."""

FEWEST_WORDS: Final = 12
"""Shorter texts have no sketch: they are alike by chance."""

NEAR: Final = 8
"""Texts whose sketches differ in at most so many bits say nearly the same."""

_MOST_WORDS: Final = 5000
_BYTES: Final = BITS // 8
_ALL: Final = (1 << BITS) - 1
_ODD: Final = 0x9E3779B97F4A7C15
"""Times this, the first of two words counts otherwise than the second."""
_LANE: Final = 16
_SPREAD: Final = [sum(1 << _LANE * bit for bit in range(8) if byte >> bit & 1) for byte in range(256)]
"""Each byte with its bits far apart, so that adding up bytes counts every bit on its own."""

_DOTTED: Final = regex.compile(r"[^\W_]\.[^\W\d_]{2}")
_WORD: Final = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]\p{M}*+|\p{N}++(?:[.,:]\p{N}++)*+|[\p{L}\p{M}\p{N}]++"
)
"""One word; in scripts that leave no blanks between words, one letter."""


def sketch(text: str, key: bytes = b"") -> int | None:
    """Give the sketch of a text as databases keep it, a signed number; None for a few words, alike by chance."""
    words = list(islice(_words(fold(text).text), _MOST_WORDS))
    if len(words) < FEWEST_WORDS:
        return None
    hashes = {word: _hash(word, key) for word in set(words)}
    pairs = ((hashes[first] * _ODD + hashes[second]) & _ALL for first, second in pairwise(words))
    shingles = {*hashes.values(), *pairs}
    return _majority(b"".join(one.to_bytes(_BYTES, "little") for one in shingles), len(shingles))


def distance(one: int, other: int) -> int:
    """Count the bits in which two sketches differ: 0 for the same text, about 32 for unrelated ones."""
    return ((one ^ other) & _ALL).bit_count()


def bands(sketch: int) -> tuple[int, ...]:
    """Part a sketch into the pieces by which it is found."""
    return tuple(sketch >> BAND_BITS * band & (1 << BAND_BITS) - 1 for band in range(BANDS))


def _words(folded: str) -> Iterator[str]:
    """Give the words of a folded text, with one word for every link and address, and one for every number."""
    for token in folded.split():
        if "://" in token or "@" in token[1:] or _DOTTED.search(token):
            yield "@"
        else:
            yield from ("0" if word[0].isdigit() else word for word in _WORD.findall(token))


@lru_cache(maxsize=8192)
def _hash(word: str, key: bytes) -> int:
    return int.from_bytes(blake2b(word.encode(errors="surrogatepass"), digest_size=_BYTES, key=key).digest())


def _majority(hashes: bytes, count: int) -> int:
    """Keep each bit that more than half of the hashes have."""
    bits = 0
    for place in range(_BYTES):
        votes = sum(map(_SPREAD.__getitem__, hashes[place::_BYTES]))
        lanes = unpack("<8H", votes.to_bytes(_LANE, "little"))
        bits |= sum(1 << 8 * place + bit for bit, vote in enumerate(lanes) if 2 * vote > count)
    return bits - (1 << BITS) if bits >> (BITS - 1) else bits
