"""Keyboard: which key does what at the desk, as somebody chose it or as everybody begins."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final

from moderation.domain.errors import Fault, Invalid

DIGITS: Final = frozenset("0123456789")


class Verb(StrEnum):
    """What a key can do at the desk."""

    NEXT = "next"
    BEFORE = "before"
    APPROVE = "approve"
    REJECT = "reject"
    SPAM = "spam"
    HOLD = "hold"
    REPLY = "reply"
    PIN = "pin"
    CLOSE = "close"
    UNDO = "undo"
    SELECT = "select"
    SEARCH = "search"
    HELP = "help"


USUAL: Final = dict(zip(Verb, "jkfdshrpcux/?", strict=True))
"""The keys of Coral where it has one for the same."""


def keyboard(chosen: Mapping[str, str]) -> dict[Verb, str]:
    """Give the key of each verb, where only what is not as usual was chosen."""
    return {verb: chosen.get(verb, key) for verb, key in USUAL.items()}


def parse_keyboard(typed: Mapping[str, str]) -> dict[str, str]:
    """Read which key somebody wants for what, and give what is not as usual; raises Invalid.

    A key is one sign that one key types. Letters are those without Shift. Digits choose a house rule.
    """
    wanted = {verb: typed.get(verb, key).strip().lower() for verb, key in USUAL.items()}
    if faults := list(_faults(wanted)):
        raise Invalid(faults)
    return {verb.value: key for verb, key in wanted.items() if key != USUAL[verb]}


def _faults(wanted: Mapping[Verb, str]) -> Iterator[Fault]:
    taken: dict[str, Verb] = {}
    for verb, key in wanted.items():
        if len(key) != 1 or not key.isprintable():
            yield Fault(f"/{verb}", "no-key", "Give one sign, which one key types.")
        elif key in DIGITS:
            yield Fault(f"/{verb}", "digit", "Digits choose the rule that a rejection cites.")
        elif taken.setdefault(key, verb) is not verb:
            yield Fault(f"/{verb}", "key-taken", "Another of these has the same key.")
