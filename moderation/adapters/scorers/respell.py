"""Respelling: words that folding leaves odd (masked, drawn out, spelled apart) brought to the word they stand for."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise, product
from operator import itemgetter
from typing import Final

from moderation.adapters.scorers.phrases import Word
from moderation.adapters.scorers.tongues import Tongue
from moderation.domain.fold import DIGITS, Folded
from moderation.domain.signal import Span

_MASK: Final = re.compile(r"[*#%]")
_DOUBLE: Final = re.compile(r"(\w)\1")
_SHORTEST: Final = 4
_MOST_DOUBLES: Final = 4


def respelled(words: Sequence[Word], folded: Folded, original: str, tongue: Tongue) -> list[Word]:
    """Give the words as they are looked up; each keeps its place in the folded text."""
    run_on = [span for span in folded.joined if any(map(str.isspace, original[slice(*span)]))]
    return [
        word
        for raw in words
        for word in ((raw,) if not run_on and _is_plain(raw.text) else _words(raw, folded, run_on, tongue))
    ]


def _is_plain(text: str) -> bool:
    """Say whether nothing about a word is odd, so that it stands for itself: most do."""
    return text.isalpha() and not _DOUBLE.search(text)


def _words(word: Word, folded: Folded, run_on: Sequence[Span], tongue: Tongue) -> Iterator[Word]:
    if word.text in tongue.known:
        yield word
    elif _MASK.search(word.text):
        yield _unmasked(word, folded, tongue)
    elif run_on and _is_among(run_on, folded.span(word.start, word.end)):
        yield from _parted(word, tongue)
    elif _lettered(word.text) in tongue.known:
        yield Word(_lettered(word.text), word.start, word.end)
    elif _DOUBLE.search(word.text):
        yield Word(_undoubled(word, folded, tongue), word.start, word.end)
    else:
        yield word


def _unmasked(word: Word, folded: Folded, tongue: Tongue) -> Word:
    """Read `f**k` by its shape, `fu*k` likewise; asterisks around a word are emphasis."""
    bare = word.text.rstrip("*#%")
    if bare != word.text and word.start and folded.text[word.start - 1] == "*" and not _MASK.search(bare):
        return Word(bare, word.start, word.start + len(bare))
    shape = re.compile("".join("." if _MASK.match(letter) else re.escape(letter) for letter in word.text))
    candidates = tongue.by_shape.get((word.text[0], len(word.text)), ())
    meant = next((known for known in candidates if shape.fullmatch(known)), _MASK.sub("", word.text))
    return Word(meant, word.start, word.end)


def _lettered(text: str) -> str:
    """Read digits as letters even where they outnumber the letters, which folding does not dare."""
    return text if text.isalpha() or text.isdecimal() else text.translate(DIGITS)


def _undoubled(word: Word, folded: Folded, tongue: Tongue) -> str:
    """Write letters once that were drawn out, if that makes a word; a mere slip only makes one of the known."""
    start, end = folded.span(word.start, word.end)
    drawn_out = end - start > len(word.text)
    if word.text in tongue.vocabulary:
        return word.text
    candidates = (text for text in _with_fewer(word.text) if text in tongue.vocabulary)
    return next((text for text in candidates if drawn_out or _is_unmistakable(text, tongue)), word.text)


def _with_fewer(text: str) -> Iterator[str]:
    """Give every way of writing double letters once; with many of them, only all at once."""
    pieces = _DOUBLE.split(text)  # Every second piece is the letter of a double.
    ways = (
        product((1, 2), repeat=len(pieces) // 2) if len(pieces) // 2 <= _MOST_DOUBLES else [(1,) * (len(pieces) // 2)]
    )
    for times in ways:
        counts = iter(times)
        yield "".join(piece * next(counts) if place % 2 else piece for place, piece in enumerate(pieces))


def _is_unmistakable(text: str, tongue: Tongue) -> bool:
    return len(text) >= _SHORTEST and text in tongue.known and not tongue.known[text].is_name


def _is_among(run_on: Sequence[Span], span: Span) -> bool:
    """Say whether a word was spelled with blanks between its letters, so that it may be several."""
    place = bisect_right(run_on, span[0], key=itemgetter(1))  # The first that ends behind the word's beginning.
    return place < len(run_on) and run_on[place][0] < span[1]


def _parted(word: Word, tongue: Tongue) -> Iterator[Word]:
    """Part letters that were spelled apart around the longest known word among them."""
    known = max(
        (known for known in tongue.known if len(known) >= _SHORTEST and known in word.text), key=len, default=""
    )
    if not known:
        yield word
        return
    begin = word.text.index(known)
    cuts = [0, begin, begin + len(known), len(word.text)]
    for first, last in pairwise(cuts):
        if first < last:
            yield Word(word.text[first:last], word.start + first, word.start + last)
