"""Folding: one plain spelling for the many ways of writing a word, with the way back to the original.

`fold` undoes what is done to slip a word past a list: invisible characters, fancy alphabets, stacked
marks, lookalike letters, letters set apart, digits for letters, drawn-out letters. Clean text of other
scripts stays as it is, folding twice changes nothing more, and the time taken grows with the length.
"""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import regex

from moderation.domain.lookalikes import ENCLOSED, FOREIGN, LATIN, TWINS
from moderation.domain.signal import Span

_UNSEEN: Final = regex.compile(
    r"[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u2800\uFFF9-\uFFFB\x00-\x08\x0E-\x1F\x7F-\x84\x86-\x9F]+"
)
_CLUSTER: Final = regex.compile(r"[\x00-\x7F]+(?=[\x00-\x7F]|\Z)|\X")
_STACKABLE: Final = r"\u0300-\u036F\u1AB0-\u1AFF\u1DC0-\u1DFF\u20D0-\u20FF\uFE20-\uFE2F"
_STACKED: Final = regex.compile(rf"[{_STACKABLE}]+")
_UNSETTLED: Final = regex.compile(
    rf"[{_STACKABLE}{''.join(map(chr, ENCLOSED))}]|[\p{{Script=Latin}}--[\x00-\x7F]]", regex.VERSION1
)
_MARKS_READ: Final = 8  # Ordering endless marks takes endless time; no writing needs more on one letter.
_ROUNDS: Final = 4  # Composing can bring together what composes again; two rounds were the most ever seen.

_SPELLING: Final = r"[\p{L}\p{M}\p{N}@$!|€¡]"
_SPELLED: Final = regex.compile(rf"{_SPELLING}+")
_LETTER: Final = regex.compile(r"\p{L}")
_ASCII_LETTER: Final = regex.compile(r"[a-z]")
_APART: Final = regex.compile(
    r"(?<![\p{L}\p{M}\p{N}@$!])[a-z0-9@$!](?![\p{L}\p{M}\p{N}])(?P<sign>[^\p{L}\p{M}\p{N}\n@$!])(?P=sign){0,2}"
    r"[a-z0-9@$!](?![\p{L}\p{M}\p{N}])(?:(?P=sign){1,3}[a-z0-9@$!](?![\p{L}\p{M}\p{N}]))+"
)
_ADDRESS: Final = (  # Looked for once per token, at its beginning.
    r"(?P<address>(?<!\S)(?:www\.|(?=\S*?(?:://|@[\w-]++\.\w\w|\.(?:com|net|org|info|io|de|ru|uk|html?|php)\b)))\S++)"
)
_LEET: Final = regex.compile(r"[0134578@$!|€¡]")
_LEET_WORD: Final = regex.compile(  # What has nothing to read otherwise, most of a text, is passed over at once.
    rf"(?<!\S)(?=[^\s||{_LEET.pattern}]*+{_LEET.pattern}){_ADDRESS}"
    rf"|(?<!{_SPELLING})(?=[\p{{L}}\p{{M}}\p{{N}}--{_LEET.pattern}]*+{_LEET.pattern}){_SPELLING}++",
    regex.VERSION1,
)
_LEET_SIGN: Final = regex.compile(r"(?<=[\p{L}\p{N}@$€])[!|¡]+(?=[\p{L}\p{N}@$€])|[@€]+(?=[\p{L}\p{N}$!|¡])|\$")
_SIGN: Final = str.maketrans("!|¡@$€", "iliase")
DIGITS: Final = str.maketrans("0134578", "oieastb")
_MEASURE: Final = regex.compile(
    r"[$€]*\p{N}+(?:st|nd|rd|th|s|k|m|g|b|x|d|p|h|w|y|v|l|t|kg|mg|km|cm|mm|ml|mb|gb|tb|kb|am|pm|hr|hrs|min|mins|sec|ft|in|lb|lbs|oz|mph|bn|mn|usd|eur)?"
)
_DRAWN_OUT: Final = regex.compile(r"(\p{L})\1{2,}")
_DRAWN_OUT_WORD: Final = regex.compile(_ADDRESS + r"|(?P<letter>\p{L})(?P=letter){2,}")


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text that knows where in the original each of its characters came from."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    joined: tuple[Span, ...] = ()
    """Ranges of the original that were spelled apart; a word may begin anywhere in them."""

    def span(self, start: int, end: int) -> Span:
        """Give the range of the original that a folded range, which is not empty, stands for."""
        return self.starts[start], self.ends[end - 1]


def fold(text: str) -> Folded:
    """Give the one spelling under which a text is compared with word lists."""
    return fold_plain(plain(text))


def fold_plain(readable: Folded) -> Folded:
    """Fold a text that `plain` made plain already."""
    return _shortened(_without_leet(_together(_without_lookalikes(readable))))


def plain(text: str) -> Folded:
    """Make a text plain without reading anything into it: visible, lower case, composed, Latin without accents."""
    folded = _lower(_rewritten(_as_it_is(text), _UNSEEN, lambda _: ""))
    for _ in range(_ROUNDS):
        if _settled(folded.text):
            break
        folded = _rewritten(folded, _CLUSTER, lambda match: _plain_cluster(match[0]))
    return folded


def _as_it_is(text: str) -> Folded:
    return Folded(text, range(len(text)), range(1, len(text) + 1))


def _rewritten(folded: Folded, pattern: regex.Pattern[str], spell: Callable[[regex.Match[str]], str]) -> Folded:
    """Spell every match anew; where the length stays, each character keeps its own place."""
    text, starts, ends, done = [], [], [], 0
    for match in pattern.finditer(folded.text):
        begin, end = match.span()
        spelling = spell(match)
        if spelling == match[0]:
            continue
        text += [folded.text[done:begin], spelling]
        starts += [*folded.starts[done:begin], *_places(folded.starts[begin:end], spelling, first=True)]
        ends += [*folded.ends[done:begin], *_places(folded.ends[begin:end], spelling, first=False)]
        done = end
    if not text:
        return folded
    return replace(
        folded,
        text="".join(text) + folded.text[done:],
        starts=[*starts, *folded.starts[done:]],
        ends=[*ends, *folded.ends[done:]],
    )


def _places(places: Sequence[int], spelling: str, *, first: bool) -> Sequence[int]:
    if len(places) == len(spelling):
        return places
    return [places[0] if first else places[-1]] * len(spelling)


def _lower(folded: Folded) -> Folded:
    lowered = folded.text.lower()
    if len(lowered) == len(folded.text):  # One letter grows when lowered, the dotted capital I; none shrinks.
        return replace(folded, text=lowered)
    return _rewritten(folded, regex.compile("."), lambda match: match[0].lower())


def _settled(text: str) -> bool:
    if text.isascii():
        return True
    return not _UNSETTLED.search(text) and unicodedata.is_normalized("NFKC", text) and text == text.lower()


def _plain_cluster(cluster: str) -> str:
    if cluster.isascii():
        return cluster
    composed = unicodedata.normalize("NFKC", cluster[:1] + cluster[1:][:_MARKS_READ])
    spelled = "".join(_plain_letter(letter) for letter in composed.lower())
    return unicodedata.normalize("NFKC", _STACKED.sub("", spelled))


def _plain_letter(letter: str) -> str:
    if letter.isascii() or not _UNSETTLED.match(letter):
        return letter
    bare = _STACKED.sub("", unicodedata.normalize("NFKD", letter))
    return bare.translate(LATIN).translate(ENCLOSED)


def _without_lookalikes(folded: Folded) -> Folded:
    """Read foreign letters as Latin ones in words that are Latin otherwise, and twins wherever all else is Latin."""
    letters = set() if folded.text.isascii() else set(_LETTER.findall(folded.text))
    foreign = {letter for letter in letters if not letter.isascii()}
    if not foreign or foreign == letters:
        return folded
    all_latin = all(ord(letter) in FOREIGN for letter in foreign)
    return _rewritten(folded, _SPELLED, lambda match: _latin_word(match[0], all_latin=all_latin))


def _latin_word(word: str, *, all_latin: bool) -> str:
    foreign = {letter for letter in word if letter.isalpha() and not letter.isascii()}
    in_latin_word = _ASCII_LETTER.search(word) and all(ord(letter) in FOREIGN for letter in foreign)
    if foreign and (in_latin_word or (all_latin and foreign <= TWINS)):
        return word.translate(FOREIGN)
    return word


def _together(folded: Folded) -> Folded:
    """Join three or more single letters that one and the same sign sets apart."""
    apart = [match for match in _APART.finditer(folded.text) if _spells_a_word(match)]
    if not apart:
        return folded
    joined = tuple(folded.span(*match.span()) for match in apart)
    # A rewriting of the signs alone lets each letter keep its own place.
    places = {place for match in apart for place in range(*match.span()) if folded.text[place] == match["sign"]}
    kept = [place for place in range(len(folded.text)) if place not in places]
    return Folded(
        "".join(folded.text[place] for place in kept),
        [folded.starts[place] for place in kept],
        [folded.ends[place] for place in kept],
        joined,
    )


def _spells_a_word(match: regex.Match[str]) -> bool:
    spelled = match[0].replace(match["sign"], "")
    letters = len(_ASCII_LETTER.findall(spelled))
    return letters > 1 and 2 * letters >= len(spelled)


def _without_leet(folded: Folded) -> Folded:
    """Read digits and signs as letters inside words, but not in addresses, ordinals, measures and numbers."""
    if not _LEET.search(folded.text):
        return folded
    return _rewritten(folded, _LEET_WORD, lambda match: match[0] if match["address"] else _unleet(match[0]))


def _unleet(word: str) -> str:
    if not _LEET.search(word) or not _ASCII_LETTER.search(word) or _MEASURE.fullmatch(word):
        return word
    word = _LEET_SIGN.sub(lambda match: match[0].translate(_SIGN), word)
    digits, letters = sum(map(str.isdecimal, word)), len(_LETTER.findall(word))
    return word.translate(DIGITS) if digits <= letters or (letters > 1 and digits <= 2 * letters) else word


def _shortened(folded: Folded) -> Folded:
    """Write a letter that is drawn out twice; words may have a double letter, never three."""
    if not _DRAWN_OUT.search(folded.text):
        return folded
    return _rewritten(folded, _DRAWN_OUT_WORD, lambda match: match[0] if match["address"] else match["letter"] * 2)
