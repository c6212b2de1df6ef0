"""Contrast: sentences of our own in which only what matters differs, filled from templates."""

import hashlib
import random
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, Final

import regex

from moderation.lab.corpora import Row

SOURCE: Final = "contrast"
_SLOT: Final = regex.compile(r"\{(\w+)\}")
_KINDS: Final = {"attack": "identity_attack", "threat": "threat", "insult": "insult"}
_HELD_OUT: Final = 5


def sentences(each: int, seed: int) -> list[Row]:
    """Fill every template up to `each` times, at random but always alike for a seed.

    A fifth of the templates is for development: no sentence of theirs is ever trained on.
    """
    document = tomllib.loads(files(__package__).joinpath("sentences", "contrast.toml").read_text(encoding="utf-8"))
    chance = random.Random(seed)  # noqa: S311 (a repeatable choice)
    return [row for function in document["functions"] for row in _function(function, document["slots"], each, chance)]


def _function(function: dict[str, Any], slots: dict[str, list[str]], each: int, chance: random.Random) -> Iterator[Row]:
    labels = {"toxicity": float(function["toxic"]), "spam": float(function.get("spam", 0))}
    labels |= {
        kind: float(function.get(key, 0)) for key, kind in _KINDS.items() if not function["toxic"] or key in function
    }
    for template in function["templates"]:
        split = "dev" if _is_held_out(template) else "train"
        for text in sorted(_filled(template, slots, each, chance)):
            yield Row(text, labels, SOURCE, split, group=function["name"])


def _filled(template: str, slots: dict[str, list[str]], each: int, chance: random.Random) -> set[str]:
    return {_once(template, slots, chance) for _ in range(each)}


def _once(template: str, slots: dict[str, list[str]], chance: random.Random) -> str:
    text = _SLOT.sub(lambda match: chance.choice(slots[match[1]]), template)
    return text[:1].upper() + text[1:]


def _is_held_out(template: str) -> bool:
    return int(hashlib.sha256(template.encode()).hexdigest(), 16) % _HELD_OUT == 0
