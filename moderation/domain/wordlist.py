"""Word lists: a site's own words, found whole and through every disguise that folding removes."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import regex

from moderation.domain.fold import Folded, fold
from moderation.domain.signal import Span

_START: Final = regex.compile(r"(?<!\w)(?=\S)(\w*)")
"""Where a listed word can begin, with the run of letters that it begins with."""

_WORD: Final = regex.compile(r"\w+")


@dataclass(frozen=True)
class WordList:
    """Words and phrases to look for; any white space and signs may stand between the words of a phrase.

    Each place of a text is held against those entries alone that begin as it does, so that the time
    taken follows the length of the text and not that of the list.
    """

    words: tuple[str, ...] = ()

    @cached_property
    def _beginning(self) -> dict[str, list[regex.Pattern[str]]]:
        """Every entry, folded to the spelling in which texts are read, by the letters that it begins with."""
        beginning: dict[str, list[regex.Pattern[str]]] = {}
        for phrase in dict.fromkeys(" ".join(fold(word).text.split()) for word in self.words):
            if found := _START.match(phrase):
                beginning.setdefault(found[1], []).append(_whole(phrase))
        return beginning

    def spans(self, text: str) -> tuple[Span, ...]:
        """Give where listed words stand, in characters of the text as it was written."""
        return tuple(self._found(fold(text))) if self.words else ()

    def _found(self, folded: Folded) -> Iterator[Span]:
        for place in _START.finditer(folded.text):
            for entry in self._beginning.get(place[1], ()):
                if match := entry.match(folded.text, place.start()):
                    yield folded.span(*match.span())


def _whole(phrase: str) -> regex.Pattern[str]:
    """Give what matches an entry from its beginning on; for one plain word that is the word it begins with."""
    if _WORD.fullmatch(phrase):
        return _WORD
    return regex.compile(r"\W+".join(map(regex.escape, phrase.split())) + r"(?!\w)")


NO_WORDS: Final = WordList()
