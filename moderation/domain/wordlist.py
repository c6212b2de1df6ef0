"""Word lists: a site's own words, found whole and through every disguise that folding removes."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

import regex

from moderation.domain.fold import Folded, fold
from moderation.domain.signal import Span
from moderation.domain.wildcard import Wildcards, is_wild

_START: Final = regex.compile(r"(?<!\w)(?=\S)(\w*)")
"""Where a listed word can begin, with the run of letters that it begins with."""

_WORD: Final = regex.compile(r"\w+")


@dataclass(frozen=True)
class WordList:
    """Words and phrases to look for; any white space and signs may stand between the words of a phrase.

    In a word, `*` stands for any letters, also for none; by itself between words, for one word of any letters.

    Each place of a text is held against those entries alone that begin as it does, so that the time
    taken follows the length of the text and not that of the list.
    """

    words: tuple[str, ...] = ()

    @cached_property
    def _beginning(self) -> dict[str, list[str]]:
        """Every plain entry, folded to the spelling in which texts are read, by the letters that it begins with."""
        beginning: dict[str, list[str]] = {}
        plain = (word for word in self.words if not is_wild(word))
        for phrase in dict.fromkeys(" ".join(fold(word).text.split()) for word in plain):
            if found := _START.match(phrase):
                beginning.setdefault(found[1], []).append(phrase)
        return beginning

    @cached_property
    def _wild(self) -> Wildcards:
        return Wildcards(tuple(filter(is_wild, self.words)))

    def spans(self, text: str) -> tuple[Span, ...]:
        """Give where listed words stand, in characters of the text as it was written."""
        return self.spans_in(fold(text)) if self.words else ()

    def spans_in(self, folded: Folded) -> tuple[Span, ...]:
        """Give where listed words stand in a text that is folded already, in characters of the original."""
        return tuple(dict.fromkeys((*self._found(folded), *self._wild.spans(folded))))

    def _found(self, folded: Folded) -> Iterator[Span]:
        for place in _START.finditer(folded.text) if self._beginning else ():
            for entry in self._beginning.get(place[1], ()):
                if match := _whole(entry).match(folded.text, place.start()):
                    yield folded.span(*match.span())


@lru_cache(maxsize=10_000)
def _whole(phrase: str) -> regex.Pattern[str]:
    """Give what matches an entry from its beginning on; for one plain word that is the word it begins with."""
    if _WORD.fullmatch(phrase):
        return _WORD
    return regex.compile(r"\W+".join(map(regex.escape, phrase.split())) + r"(?!\w)")


NO_WORDS: Final = WordList()
