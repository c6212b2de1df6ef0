"""Tongues: what counts as toxic in each language that we have words for, read from our word files and from LDNOOBW."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from moderation.adapters.scorers.language import LISTENED
from moderation.adapters.scorers.lexicon import as_words, pattern, phrases, read
from moderation.adapters.scorers.obscene import listed
from moderation.adapters.scorers.phrases import Phrases

LISTED: Final = "word-list"
_LISTED_WEIGHT: Final = 0.35
_MILDER: Final = 0.32
_PLAIN_ENOUGH: Final = 0.3  # What weighs less is too ordinary to be looked for under masks and drawn-out letters.


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase is taken for: a finding's code, its weight by itself and to somebody's face, what it adds to."""

    code: str
    weight: float
    aimed: float
    attributes: Mapping[str, float]
    close: bool = False
    """Only counts as aimed if nothing but filling words stands between it and the person."""
    is_name: bool = False
    """Is a name, too: written with a capital and not aimed, it is left alone."""
    accented: bool = False
    """Is an ordinary word without its accent."""


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language: its phrases and the words that tell what they are aimed at."""

    phrases: Phrases[Meaning]
    patterns: tuple[tuple[re.Pattern[str], Meaning], ...]
    known: Mapping[str, Meaning]
    """The single words that are also looked for under masks, drawn out or spelled apart."""
    address: frozenset[str]
    half_address: frozenset[str]
    filler: frozenset[str]
    negation: frozenset[str]
    report: frozenset[str]
    self_talk: tuple[str, ...]
    vocabulary: frozenset[str]
    """Every word that any phrase is made of."""
    by_shape: Mapping[tuple[str, int], tuple[str, ...]]
    """The known words by first letter and length, the mildest first, our own before those of the public list."""


def tongues() -> dict[str, Tongue]:
    """Read every language there are words for; what its file marks so is understood in all of them.

    Where it is not clear which language a text is in, several tongues read it. A word that English
    has as well is left to English, so that one word is not read in two ways.
    """
    sources = {language: read(f"{language}.toml") for language in sorted(LISTENED)}
    english = frozenset(dict(_own(sources["en"])))
    shared = [entry for source in sources.values() for entry in _own(source, everywhere=True)]
    return {
        language: _tongue(language, source, dict(shared), taken=frozenset() if language == "en" else english)
        for language, source in sources.items()
    }


def _tongue(
    language: str, source: Mapping[str, Any], shared: Mapping[str, Meaning], *, taken: frozenset[str]
) -> Tongue:
    own = {phrase: meaning for phrase, meaning in _own(source) if phrase not in taken}
    meanings = {**dict(_listed(language, source)), **shared, **own}
    known = {
        phrase: meaning for phrase, meaning in meanings.items() if " " not in phrase and meaning.weight > _PLAIN_ENOUGH
    }
    words = {key: frozenset(as_words(source.get(key, "")).split()) for key in _WORD_LISTS}
    patterns = tuple(_patterns(source))
    return Tongue(
        phrases=Phrases(meanings),
        patterns=patterns,
        known=known,
        vocabulary=frozenset(_parts(meanings, patterns)).union(*words.values()),
        by_shape=_shapes(known),
        address=words["address"],
        half_address=words["half_address"],
        filler=words["filler"],
        negation=words["negation"],
        report=words["report"],
        self_talk=tuple(f" {as_words(phrase)} " for phrase in source["self"].split(",")),
    )


def _parts(meanings: Iterable[str], patterns: Iterable[tuple[re.Pattern[str], Meaning]]) -> Iterator[str]:
    for phrase in meanings:
        yield from phrase.split()
    for expression, _ in patterns:
        yield from _LETTERS.findall(expression.pattern)


_LETTERS: Final = re.compile(r"[a-z]+")
_WORD_LISTS: Final = ("address", "half_address", "filler", "negation", "report")


def _own(source: Mapping[str, Any], *, everywhere: bool = False) -> Iterator[tuple[str, Meaning]]:
    """Read the groups; of a phrase that stands in several, the last one holds."""
    for group in source["group"]:
        if everywhere and not group.get("everywhere"):
            continue
        special = {
            key: {as_words(phrase) for phrase in group.get(key, ())}
            for key in ("names", "milder", "only_aimed", "accents")
        }
        for phrase in phrases(group.get("phrases", ""), source.get("slots", {})):
            weight = (
                0.0 if phrase in special["only_aimed"] else _MILDER if phrase in special["milder"] else group["weight"]
            )
            is_name, accented = phrase in special["names"], phrase in special["accents"]
            yield phrase, _meaning(group, weight, close=weight < group["weight"], is_name=is_name, accented=accented)


def _meaning(
    group: Mapping[str, Any], weight: float, *, close: bool = False, is_name: bool = False, accented: bool = False
) -> Meaning:
    return Meaning(
        group["code"],
        weight,
        group.get("aimed", weight),
        group["attributes"],
        close=close or group.get("close", False),
        is_name=is_name,
        accented=accented,
    )


def _patterns(source: Mapping[str, Any]) -> Iterator[tuple[re.Pattern[str], Meaning]]:
    for group in source["group"]:
        if "patterns" in group:
            yield pattern(group["patterns"], source.get("slots", {})), _meaning(group, group["weight"])


def _listed(language: str, source: Mapping[str, Any]) -> Iterator[tuple[str, Meaning]]:
    """Read LDNOOBW as it comes, less what our file calls harmless."""
    if source.get("harmless_all"):
        return
    meaning = Meaning(LISTED, _LISTED_WEIGHT, _LISTED_WEIGHT, {"obscene": 0.6})
    yield from ((phrase, meaning) for phrase in listed(language))


def _shapes(known: Mapping[str, Meaning]) -> dict[tuple[str, int], tuple[str, ...]]:
    shapes: dict[tuple[str, int], list[str]] = {}
    for word in sorted(known, key=lambda word: (known[word].code == LISTED, known[word].weight)):
        shapes.setdefault((word[0], len(word)), []).append(word)
    return {shape: tuple(words) for shape, words in shapes.items()}
