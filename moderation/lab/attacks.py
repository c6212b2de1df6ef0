"""Attacks: ten ways in which people spell words so that filters miss them, all of which a reader still reads."""

import random
from collections.abc import Callable, Mapping
from typing import Final

_LEET: Final = str.maketrans("aeiost", "431057")
_SIGNS: Final = str.maketrans("aisAIS", "@!$@!$")
_TWINS: Final = str.maketrans(
    "aceopxyiACEHKMOPTX",
    "\u0430\u0441\u0435\u043e\u0440\u0445\u0443\u0456\u0410\u0421\u0415\u041d\u041a\u041c\u041e\u0420\u0422\u0425",
)
_FULL: Final = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_BOLD: Final = {ord("A") + place: 0x1D400 + place for place in range(26)} | {
    ord("a") + place: 0x1D41A + place for place in range(26)
}
_UNSEEN: Final = "\u200b"
_MARK: Final = "\u0301"
_EVERY: Final = 0.35
_LONG: Final = 4

Attack = Callable[[str, random.Random], str]


def _each(chance: random.Random, text: str, spell: Callable[[str], str]) -> str:
    """Spell some of the letters anew."""
    return "".join(spell(letter) if letter.isalpha() and chance.random() < _EVERY else letter for letter in text)


def _by_word(text: str, chance: random.Random, spell: Callable[[str], str]) -> str:
    """Spell every third word of four letters and more anew."""
    return " ".join(
        spell(word) if len(word) >= _LONG and word.isalpha() and chance.random() < _EVERY else word
        for word in text.split(" ")
    )


ATTACKS: Final[Mapping[str, Attack]] = {
    "digits": lambda text, _: text.translate(_LEET),
    "signs": lambda text, _: text.translate(_SIGNS),
    "twins": lambda text, _: text.translate(_TWINS),
    "full-width": lambda text, _: text.translate(_FULL),
    "bold": lambda text, _: text.translate(_BOLD),
    "unseen": lambda text, chance: _each(chance, text, lambda letter: letter + _UNSEEN),
    "accents": lambda text, chance: _each(chance, text, lambda letter: letter + _MARK),
    "apart": lambda text, chance: _by_word(text, chance, " ".join),
    "dotted": lambda text, chance: _by_word(text, chance, ".".join),
    "drawn-out": lambda text, chance: _by_word(text, chance, lambda word: word[:-1] + word[-1] * 4),
}
"""Every attack by its name; each takes a text and chance."""


def attacked(text: str, name: str, seed: int = 0) -> str:
    """Spell a text as the named attack does, always alike for a seed."""
    return ATTACKS[name](text, random.Random(f"{seed}{name}{text}"))  # noqa: S311 (repeatable)
