"""Labels: what people found in a text before we saw it, for measuring."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from moderation.domain.signal import SPAM, TOXICITY


class Label(StrEnum):
    """The classes that a report counts in."""

    CLEAN = "clean"
    TOXIC = "toxic"
    SPAM = "spam"
    UNKNOWN = "unknown"


BAD: Final = frozenset({Label.TOXIC, Label.SPAM})


@dataclass(frozen=True, slots=True)
class Labels:
    """What is known of a text; None is what nobody looked for."""

    spam: bool | None = None
    toxic: bool | None = None

    @property
    def label(self) -> Label:
        """The one class it counts in: spam that is toxic, too, is spam; clean is what was looked at for both."""
        if self.spam:
            return Label.SPAM
        if self.toxic:
            return Label.TOXIC
        return Label.UNKNOWN if self.spam is None or self.toxic is None else Label.CLEAN

    def about(self, kind: str) -> bool | None:
        """Say whether a scorer of this kind should find something."""
        return {SPAM: self.spam, TOXICITY: self.toxic}[kind]
