"""Reading the word files: packaged TOML in a small notation, made into plain phrases.

`(a|b)` stands for either, `(|s)` for with and without, `{slot}` for the words listed under that
name; groups may stand in groups. Phrases are parted by commas or line breaks and come out folded, word by word.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, Final

import regex

from moderation.domain.fold import fold

_GROUP: Final = regex.compile(r"\(([^()]*)\)")
_SLOT: Final = regex.compile(r"\{(\w+)\}")
_PLAIN: Final = regex.compile(r"(?:[a-z]{2,} ?)*")
_WORD: Final = regex.compile(r"[\p{L}\p{M}\p{N}]+|\N{REVERSED HAND WITH MIDDLE FINGER EXTENDED}")


def read(name: str) -> dict[str, Any]:
    """Give one packaged word file as it was written."""
    return tomllib.loads(files(__package__).joinpath("words", name).read_text(encoding="utf-8"))


def phrases(source: str, slots: Mapping[str, str]) -> Iterator[str]:
    """Give every phrase that a piece of notation stands for, folded and with single blanks."""
    for pattern in regex.split(r"[,\n]", source):
        if pattern.strip():
            yield from {as_words(spelled) for spelled in _spelled(pattern, slots)}


def pattern(source: str, slots: Mapping[str, str]) -> re.Pattern[str]:
    """Give one expression for notation that stands for too many phrases to list; it is matched on words between blanks.

    Each phrase is plain and stands on a line of its own. Nothing repeats, so that the time taken stays linear.
    """
    whole = _SLOT.sub(
        lambda match: f"({slots[match[1]]})", "|".join(line.strip() for line in source.strip().splitlines())
    )
    return re.compile(rf"(?<= )(?:{whole.replace('(', '(?:')})(?= )")


def as_words(phrase: str) -> str:
    """Give the folded words of a phrase, parted by single blanks."""
    phrase = " ".join(phrase.split())
    return phrase if _PLAIN.fullmatch(phrase) else " ".join(_WORD.findall(fold(phrase).text))


def _spelled(pattern: str, slots: Mapping[str, str]) -> Iterator[str]:
    return _chosen(_SLOT.sub(lambda match: f"({slots[match[1]]})", pattern))


def _chosen(pattern: str) -> Iterator[str]:
    """Choose in every group, the innermost first."""
    group = _GROUP.search(pattern)
    if group is None:
        yield pattern
        return
    for choice in group[1].split("|"):
        yield from _chosen(pattern[: group.start()] + choice + pattern[group.end() :])
