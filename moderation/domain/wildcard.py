"""Wildcards: entries of word lists in which `*` stands for any letters, also for none, within a word.

Each word of a text is held against those entries alone that share its beginning, or some letters that follow
each other, and each of those is tried once, from left to right. So no entry makes a text slow to read.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import regex

from moderation.domain.fold import Folded, fold
from moderation.domain.sentence import Sentence
from moderation.domain.signal import Span

ADVICE: Final = Sentence("Beside the *, write at least two letters, which stand together where the word begins with *.")
STAR: Final = "*"
_WORD: Final = regex.compile(r"\w+")
_PART: Final = regex.compile(rf"[\w{STAR}]+")
_STARS: Final = regex.compile(r"\*+")
_LETTERS_NEEDED: Final = 2
_KEY: Final = 4
"""By so many letters of an entry it is found; by fewer where it has no more that stand together."""

Chunks = tuple[str, ...]
"""One word of an entry, parted at its stars; a single chunk is the word itself."""


def is_wild(entry: str) -> bool:
    """Say whether an entry has a wildcard in it."""
    return STAR in entry


def is_fit(entry: str) -> bool:
    """Say whether an entry with a wildcard says enough to be looked for: two letters, together behind a first `*`."""
    phrase = _phrase(entry)
    if not phrase:
        return False
    first = phrase[0]
    told = phrase if len(first) == 1 else (first,)  # A plain first word may be short where others follow.
    letters = sum(len(chunk) for chunks in told for chunk in chunks)
    return letters >= _LETTERS_NEEDED and (bool(first[0]) or bool(_key(phrase)))


def covers(pattern: str, folded: str) -> bool:
    """Say whether a pattern is all of a short folded text, such as a name: `*` stands for any characters, blanks too.

    Without a `*` nothing but the whole text will do, so that no name is found inside another.
    """
    return _within(_chunks(pattern), folded) is not None


@lru_cache(maxsize=10_000)
def _chunks(pattern: str) -> Chunks:
    return tuple(fold(chunk).text for chunk in _STARS.split(pattern))


def letters_of(pattern: str) -> str:
    """Give the letters and digits of a pattern, as they are compared."""
    return "".join(_WORD.findall(fold(pattern.replace(STAR, " ")).text))


@dataclass
class Wildcards:
    """Entries with wildcards, ready to be looked for in folded texts; what is not fit is passed over."""

    entries: tuple[str, ...]
    _whole: dict[str, list[tuple[Chunks, ...]]] = field(init=False, default_factory=dict)
    _beginning: dict[str, list[tuple[Chunks, ...]]] = field(init=False, default_factory=dict)
    _inside: dict[str, list[tuple[Chunks, ...]]] = field(init=False, default_factory=dict)
    _lengths: list[int] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        """Sort the entries by what their first word begins with, or else by letters inside it."""
        for phrase in dict.fromkeys(_phrase(entry) for entry in self.entries if is_fit(entry)):
            first = phrase[0]
            if len(first) == 1:
                self._whole.setdefault(first[0], []).append(phrase)
            elif first[0]:
                self._beginning.setdefault(first[0][:_KEY], []).append(phrase)
            else:
                self._inside.setdefault(_key(phrase), []).append(phrase)
        self._lengths = sorted({len(key) for key in self._inside})

    def spans(self, folded: Folded) -> Iterator[Span]:
        """Give what the letters of entries stand for, in characters of the original; each entry once for a word."""
        words = list(_WORD.finditer(folded.text)) if self.entries else []
        for place, word in enumerate(words):
            for phrase in self._candidates(word[0]):
                found = _found(phrase, words[place : place + len(phrase)])
                if found:
                    yield folded.span(*found)

    def _candidates(self, word: str) -> Iterator[tuple[Chunks, ...]]:
        yield from self._whole.get(word, ())
        for length in range(1, _KEY + 1):
            if len(word) >= length:
                yield from self._beginning.get(word[:length], ())
        if self._inside:
            for key in dict.fromkeys(_pieces(word, self._lengths)):
                yield from self._inside.get(key, ())


def _phrase(entry: str) -> tuple[Chunks, ...]:
    """Read an entry word by word; signs between words stand for any signs."""
    folded = STAR.join(fold(chunk).text for chunk in _STARS.split(entry))
    return tuple(tuple(part.split(STAR)) for part in _PART.findall(folded))


def _key(phrase: tuple[Chunks, ...]) -> str:
    """Give the most letters that stand together in the first word, two to four of them; nothing where none do."""
    longest = max((chunk[:_KEY] for chunk in phrase[0]), key=len)
    return longest if len(longest) >= _LETTERS_NEEDED else ""


def _pieces(word: str, lengths: Iterable[int]) -> Iterator[str]:
    for length in lengths:
        for start in range(len(word) - length + 1):
            yield word[start : start + length]


def _found(phrase: tuple[Chunks, ...], words: Iterable["regex.Match[str]"]) -> Span | None:
    """Give the folded range that a phrase takes if these words are it."""
    taken = []
    for chunks, word in zip(phrase, words, strict=False):
        within = _within(chunks, word[0])
        if within is None:
            return None
        taken.append((word.start() + within[0], word.start() + within[1]))
    return (taken[0][0], taken[-1][1]) if len(taken) == len(phrase) else None


def _within(chunks: Chunks, word: str) -> Span | None:
    """Give the range of a word from the first to the last letter of the chunks; None where they are not in it."""
    first, last = chunks[0], chunks[-1]
    if len(chunks) == 1:
        return (0, len(word)) if word == first else None
    begin, end = len(first), len(word) - len(last)
    if begin > end or not (word.startswith(first) and word.endswith(last)):
        return None
    places = list(_in_order(chunks[1:-1], word, begin, end))
    if None in places:
        return None
    taken = [(0, begin)] * bool(first) + [place for place in places if place] + [(end, len(word))] * bool(last)
    return (taken[0][0], taken[-1][1]) if taken else (0, len(word))


def _in_order(chunks: Chunks, word: str, begin: int, end: int) -> Iterator[Span | None]:
    """Find each chunk behind the one before; None for the first that is not there, and nothing more."""
    for chunk in filter(None, chunks):
        place = word.find(chunk, begin, end)
        if place < 0:
            yield None
            return
        begin = place + len(chunk)
        yield place, begin
