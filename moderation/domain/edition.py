"""Editions of the widget: a script and its words, under a name that is a digest of both."""

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

NAME_LENGTH: Final = 16
UNNAMED: Final = b"0" * NAME_LENGTH
"""Stands in a script where it says its own name, until it has one."""


@dataclass(frozen=True, slots=True)
class Edition:
    """The widget as pages pin it: nothing in it ever changes under its name."""

    name: str
    script: bytes = field(repr=False)
    words: bytes = field(repr=False)
    """What it says in each language, as one JSON object."""

    @classmethod
    def of(cls, script: bytes, words: bytes) -> "Edition":
        """Give a script its name, and write that into it."""
        name = _digest(script, words)
        return cls(name, script.replace(UNNAMED, name.encode()), words)

    @property
    def is_sound(self) -> bool:
        """Whether this is what was once made under this name, to the last byte."""
        return _digest(self.script.replace(self.name.encode(), UNNAMED), self.words) == self.name


def _digest(script: bytes, words: bytes) -> str:
    return blake2b(len(script).to_bytes(8, "big") + script + words, digest_size=NAME_LENGTH // 2).hexdigest()
