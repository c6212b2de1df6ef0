"""Aim: whether a phrase is said to somebody, of oneself, denied, or only reported."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from moderation.adapters.scorers.phrases import Hit, Word
from moderation.adapters.scorers.tongues import Meaning, Tongue
from moderation.domain.fold import Folded

_BEFORE: Final = 5
_CLOSE: Final = 3
_AFTER: Final = 2
_SENTENCE_END: Final = re.compile(r"[.!?]\W?\s|\n")
_CLAUSE_END: Final = re.compile(r"[.!?,;:]\W?\s|\n")


class Aim(StrEnum):
    """What a phrase is aimed at, as far as the words around it tell."""

    NOBODY = "nobody"
    SOMEBODY = "somebody"
    THEIRS = "theirs"
    SELF = "self"
    DENIED = "denied"
    REPORTED = "reported"


def aim_of(hit: Hit[Meaning], words: Sequence[Word], folded: Folded, tongue: Tongue) -> Aim:
    """Read the few words around a phrase; what is denied or reported is no attack, whoever it names."""
    clause = _reachable(hit, words, folded, _CLAUSE_END)
    sentence = _reachable(hit, words, folded, _SENTENCE_END)
    if tongue.negation.intersection(clause[-4:]):
        return Aim.DENIED
    if tongue.report.intersection(clause):
        return Aim.REPORTED
    near = _near(sentence, tongue) if hit.meaning.close else sentence
    if tongue.address.intersection(near) or (not hit.meaning.close and _follows(hit, words, folded, tongue)):
        return Aim.SOMEBODY
    if any(phrase in f" {' '.join(clause)} " for phrase in tongue.self_talk):
        return Aim.SELF
    return Aim.THEIRS if tongue.half_address.intersection(near) else Aim.NOBODY


def is_a_name(written: str) -> bool:
    """Say whether a word is written as a name is, with one capital at its beginning."""
    return written[:1].isupper() and written[1:].islower()


def _reachable(hit: Hit[Meaning], words: Sequence[Word], folded: Folded, border: re.Pattern[str]) -> list[str]:
    """Give the words before a phrase, the nearest last, as far as the border allows."""
    reachable: list[str] = []
    for place in range(hit.first - 1, max(-1, hit.first - 1 - _BEFORE), -1):
        if border.search(folded.text, words[place].end, words[place + 1].start):
            break
        reachable.insert(0, words[place].text)
    return reachable


def _near(before: Sequence[str], tongue: Tongue) -> Sequence[str]:
    """Give the words before up to the first that does more than fill; without a list of those, the nearest."""
    if not tongue.filler:
        return before[-_CLOSE:]
    near = []
    for word in reversed(before):
        near.append(word)
        if word not in tongue.filler:
            break
    return near


def _follows(hit: Hit[Meaning], words: Sequence[Word], folded: Folded, tongue: Tongue) -> bool:
    after = words[hit.last + 1 : hit.last + 1 + _AFTER]
    if not after or _SENTENCE_END.search(folded.text, words[hit.last].end, after[-1].start):
        return False
    return any(word.text in tongue.address for word in after)
