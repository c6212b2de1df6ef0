"""Search: what somebody looks for in the words of comments, as they typed it.

Words are looked for together, wherever they stand; in quotes they stand side by side; after a minus they must not be
there; with a star behind it a word need only begin so. Nothing that is typed is a mistake: what has no words in it
finds nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import regex

from moderation.domain.signal import Span
from moderation.domain.wording import Word, words

MOST: Final = 20
"""Phrases that are looked for at once; what is typed beyond that narrows nothing."""
_QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟«»「」『』\uff02", '"'))
_PART: Final = regex.compile(r'(?P<no>(?<!\S)-)?(?:"(?P<quoted>[^"]*+)"?|(?P<bare>[^\s"]++))(?P<star>\*?)')


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand side by side; of the last one, perhaps, only the beginning."""

    words: tuple[str, ...]
    begins: bool = False

    def ends_with(self, spelling: str) -> bool:
        """Say whether this is the last word of it."""
        return spelling.startswith(self.words[-1]) if self.begins else spelling == self.words[-1]


@dataclass(frozen=True, slots=True)
class Search:
    """Phrases that must be there, and phrases that must not."""

    wanted: tuple[Phrase, ...] = ()
    unwanted: tuple[Phrase, ...] = ()

    @classmethod
    def of(cls, typed: str) -> "Search":
        """Read what somebody typed."""
        return _read(typed)

    @property
    def vain(self) -> bool:
        """Say whether there is nothing to look for."""
        return not self.wanted and not self.unwanted

    def fits(self, spellings: Sequence[str]) -> bool:
        """Say whether a comment's words are such as are looked for."""
        there = (_is_in(phrase, spellings) for phrase in self.wanted)
        return all(there) and not any(_is_in(phrase, spellings) for phrase in self.unwanted)

    def hits(self, text: str) -> list[Span]:
        """Give the ranges of a text that are looked for."""
        found = list(words(text))
        spellings = [word.spelling for word in found]
        ranges = [place for phrase in self.wanted for place in _places(phrase, spellings)]
        return [(found[place.start].span[0], found[place.stop - 1].span[1]) for place in ranges]


@lru_cache(maxsize=64)
def _read(typed: str) -> Search:
    wanted, unwanted = list[Phrase](), list[Phrase]()
    for part in _PART.finditer(typed.translate(_QUOTES)):
        phrase = _phrase(part)
        if phrase and len(wanted) + len(unwanted) < MOST:
            (unwanted if part["no"] else wanted).append(phrase)
    return Search(tuple(dict.fromkeys(wanted)), tuple(dict.fromkeys(unwanted)))


def _phrase(part: regex.Match[str]) -> Phrase | None:
    """Read one part; the last sign of a script without blanks may be followed by any other."""
    typed = part["quoted"] if part["quoted"] is not None else part["bare"]
    found: list[Word] = list(words(typed))
    if not found:
        return None
    star, last = bool(part["star"]) or typed.endswith("*"), found[-1]
    if last.tail:
        return Phrase(tuple(word.spelling for word in found[:-1]))
    return Phrase(tuple(word.spelling for word in found), begins=star or last.lone)


def _is_in(phrase: Phrase, spellings: Sequence[str]) -> bool:
    if len(phrase.words) == 1 and not phrase.begins:
        return phrase.words[0] in spellings
    return next(_places(phrase, spellings), None) is not None


def _places(phrase: Phrase, spellings: Sequence[str]) -> Iterator[range]:
    """Name the places at which a phrase stands."""
    length, before = len(phrase.words), phrase.words[:-1]
    for end in range(length, len(spellings) + 1):
        if phrase.ends_with(spellings[end - 1]) and tuple(spellings[end - length : end - 1]) == before:
            yield range(end - length, end)
