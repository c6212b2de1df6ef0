"""Wording: a text as the words by which it is found, each with its place in the original.

Words are lower case, without accents and without what only decorates them, so that one spelling finds the others. In
scripts that leave no blanks between words, two signs beside each other are a word, and so is the last one alone:
whatever stands in such a text is found by any piece of it. E-mail addresses are left out.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import regex

from moderation.domain.fold import Folded, plain
from moderation.domain.signal import Span

BARRIER: Final = "¦"
"""Stands between a name and a text, so that no phrase reaches from one into the other; no word is spelled so."""
LONGEST: Final = 64
"""Characters of a word that count."""

_LOCAL: Final = r"\p{L}\p{M}\p{N}.!#$%&'*+/=?^_`{|}~-"
_UNSPACED: Final = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}ー]"
_WORD: Final = regex.compile(
    rf"(?P<address>(?<![{_LOCAL}])[{_LOCAL}]++@[\p{{L}}\p{{M}}\p{{N}}.-]++)"
    rf"|(?P<run>(?:{_UNSPACED}\p{{M}}*+)++)"
    rf"|(?P<word>(?:(?!{_UNSPACED})[\p{{L}}\p{{M}}\p{{N}}])++)"
    r"|(?P<sign>\p{Extended_Pictographic})",
    regex.VERSION1,
)
_SIGN: Final = regex.compile(r".\p{M}*+")
_DECORATION: Final = regex.compile(
    r"[\u0300-\u036F\u0483-\u0487\u0591-\u05C7\u0610-\u061A\u0640\u064B-\u065F\u0670\u06D6-\u06ED]+"
)
"""Accents, the points of Hebrew and Arabic, and the stroke that draws Arabic words out."""
_ALIKE: Final = str.maketrans("ىیکةςё", "ييكهσе")
_ARTICLE: Final = regex.compile(r"^[وفبك]?(?:ال|لل)(?=\p{Arabic}{2})")
"""Arabic writes "the", and "and" or "with" before it, together with the word."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is looked up, and the range of the original that it stands for."""

    spelling: str
    span: Span
    tail: bool = False
    """Whether it is the last sign of several without blanks, which is a word a second time."""
    lone: bool = False
    """Whether it is one sign alone, which others begin with."""


def words(text: str) -> Iterator[Word]:
    """Give the words of a text in their order."""
    folded = plain(text)
    for match in _WORD.finditer(folded.text):
        if match["run"]:
            yield from _signs(folded, match)
        elif match["word"]:
            yield Word(_bare(match[0])[:LONGEST], folded.span(*match.span()))
        elif match["sign"]:
            yield Word(match[0], folded.span(*match.span()))


def wording(name: str, text: str) -> list[str]:
    """Give all the words by which a comment is found: its author's name, a barrier, and its text."""
    return [*(word.spelling for word in words(name)), BARRIER, *(word.spelling for word in words(text))]


def _signs(folded: Folded, run: regex.Match[str]) -> Iterator[Word]:
    """Give each sign with the one that follows it, and the last alone."""
    signs = list(_SIGN.finditer(folded.text, *run.span()))
    last = len(signs) - 1
    for place, sign in enumerate(signs):
        after = signs[min(place + 1, last)]
        spelling = _bare(folded.text[sign.start() : after.end()])
        yield Word(spelling, folded.span(sign.start(), after.end()), tail=place == last > 0, lone=last == 0)


def _bare(word: str) -> str:
    """Take off what only decorates a word; what letters are made of otherwise stays with them."""
    if word.isascii():
        return word
    bare = unicodedata.normalize("NFC", _DECORATION.sub("", unicodedata.normalize("NFD", word)))
    return _ARTICLE.sub("", bare.translate(_ALIKE)) or word
