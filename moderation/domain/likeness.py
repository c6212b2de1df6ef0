"""Likeness: a sketch of a text in 64 bits, of which texts that say nearly the same share nearly all.

This is SimHash: every word of the folded text is hashed and votes on each bit, once, and the majority is
kept. What campaigns vary most does not count: every link is one and the same word, every number likewise.
Words alone find more of what varies in short texts than pairs of words do. A sketch tells little of its
text, and nothing without the key.
"""

import re
from functools import lru_cache
from hashlib import blake2b
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
_LANE: Final = 16
_SPREAD: Final = [sum(1 << _LANE * bit for bit in range(8) if byte >> bit & 1) for byte in range(256)]
"""Each byte with its bits far apart, so that adding up bytes counts every bit on its own."""

_AROUND: Final = ".,;:!?()[]<>\"'"
"""Signs that stand around a link and do not belong to it."""
_LINK: Final = "link"
"""The word for every link and address; a text that has it as a word of its own loses nothing."""
_DOTTED: Final = regex.compile(r"[^\W_]\.[^\W\d_]{2}")
_ODD: Final = re.compile(
    r"[a-z][0-9]|[0-9][a-z]|[!|][a-z0-9]|(?<![a-z0-9!])!|[@$_\x00-\x08\x0e-\x1f\x7f]|([a-z])\1\1|\b\w[^\w\n]{1,3}\w[^\w\n]{1,3}\w\b"
)
"""What an ASCII text has in it if folding may change its words: leetspeak, drawn-out letters, letters set apart."""
_WORD: Final = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]\p{M}*+|\p{N}++(?:[.,:]\p{N}++)*+|[\p{L}\p{M}\p{N}]++"
)
"""One word; in scripts that leave no blanks between words, one letter."""


def sketch(text: str, key: bytes = b"") -> int | None:
    """Give the sketch of a text as databases keep it, a signed number; None for a few words, alike by chance."""
    words = _words(_folded(text))[:_MOST_WORDS]
    if len(words) < FEWEST_WORDS:
        return None
    voices = set(words)
    return _majority(b"".join(_hash(word, key) for word in voices), len(voices))


def links(text: str) -> tuple[str, ...]:
    """Give the links and addresses of a text, each once and in one order."""
    tokens = {token.strip(_AROUND) for token in text.lower().split() if _is_link(token)}
    return tuple(sorted(tokens))


def distance(one: int, other: int) -> int:
    """Count the bits in which two sketches differ: 0 for the same text, about 32 for unrelated ones."""
    return ((one ^ other) & _ALL).bit_count()


def bands(sketch: int) -> tuple[int, ...]:
    """Part a sketch into the pieces by which it is found."""
    return tuple(sketch >> BAND_BITS * band & (1 << BAND_BITS) - 1 for band in range(BANDS))


def _folded(text: str) -> str:
    """Fold a text; most have nothing in them but capitals, and need no closer look."""
    lowered = text.lower()
    return lowered if text.isascii() and not _ODD.search(lowered) else fold(text).text


def _words(folded: str) -> list[str]:
    """Give the words of a folded text, with one word for every link and address, and one for every number."""
    if "://" in folded or "@" in folded or _DOTTED.search(folded):
        folded = " ".join(_LINK if _is_link(token) else token for token in folded.split())
    return ["0" if word[0].isdigit() else word for word in _WORD.findall(folded)]


def _is_link(token: str) -> bool:
    return "://" in token or "@" in token[1:] or _DOTTED.search(token) is not None


@lru_cache(maxsize=8192)
def _hash(word: str, key: bytes) -> bytes:
    return blake2b(word.encode(errors="surrogatepass"), digest_size=_BYTES, key=key).digest()


def _majority(hashes: bytes, count: int) -> int:
    """Keep each bit that more than half of the hashes have."""
    bits = 0
    for place in range(_BYTES):
        votes = sum(map(_SPREAD.__getitem__, hashes[place::_BYTES]))
        lanes = unpack("<8H", votes.to_bytes(_LANE, "little"))
        bits |= sum(1 << 8 * place + bit for bit, vote in enumerate(lanes) if 2 * vote > count)
    return bits - (1 << BITS) if bits >> (BITS - 1) else bits
