"""Finding many phrases at once in folded text, by whole words, in one pass."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Generic, NamedTuple, TypeVar

import ahocorasick
import regex

from moderation.domain.fold import Folded
from moderation.domain.signal import Span

Meaning = TypeVar("Meaning")

_WORD: Final = regex.compile(
    r"[\p{L}\p{M}\p{N}]+(?:[*#%]+[\p{L}\p{M}\p{N}]*+)*|\N{REVERSED HAND WITH MIDDLE FINGER EXTENDED}"
)


class Word(NamedTuple):
    """One word of a folded text and the folded range it takes; it may be masked, as in `f**k`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit(Generic[Meaning]):
    """A phrase that was found: the words it takes, first and last, and what it means."""

    first: int
    last: int
    meaning: Meaning


def words_of(folded: Folded) -> list[Word]:
    """Part a folded text into its words."""
    return [Word(match[0], *match.span()) for match in _WORD.finditer(folded.text)]


def span_of(folded: Folded, words: list[Word], first: int, last: int) -> Span:
    """Give the range of the original that these words stand for."""
    return folded.span(words[first].start, words[last].end)


class Phrases(Generic[Meaning]):
    """A fixed set of phrases, each with a meaning; looking for all costs no more than looking for one."""

    def __init__(self, meanings: Mapping[str, Meaning]) -> None:
        """Take phrases as folded words parted by single blanks."""
        self._automaton = ahocorasick.Automaton()
        for phrase, meaning in meanings.items():
            self._automaton.add_word(f" {phrase} ", (phrase.count(" ") + 1, meaning))
        self._automaton.make_automaton()

    def find(self, spellings: Iterable[str]) -> Iterator[Hit[Meaning]]:
        """Yield every phrase among these words, the longest only where one holds another."""
        line = f" {' '.join(spellings)} "
        yield from _outermost(
            Hit(blanks_before(line, end) - length, blanks_before(line, end) - 1, meaning)
            for end, (length, meaning) in self._automaton.iter(line)
        )


def blanks_before(line: str, index: int) -> int:
    """Count the blanks before this index of a line that begins with one: one for each word begun."""
    return line.count(" ", 0, index)


def _outermost(hits: Iterable[Hit[Meaning]]) -> Iterator[Hit[Meaning]]:
    furthest = -1
    for hit in sorted(hits, key=lambda hit: (hit.first, -hit.last)):
        if hit.last > furthest:
            furthest = hit.last
            yield hit
