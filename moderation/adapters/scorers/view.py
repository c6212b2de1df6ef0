"""A view: one text as every tier sees it, and what of that the blends for toxicity may weigh."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from moderation.adapters.scorers.toxicity import Reading
from moderation.adapters.scorers.trained import blend
from moderation.adapters.scorers.trained.encoder import Understood
from moderation.domain.signal import ATTRIBUTES, TOXICITY

TRAINED: Final = frozenset({"en", "de", "ko", "pt"})
"""The languages in which toxicity is scored; about others nothing is said, and somebody else must look."""
WORLD: Final = "world"
"""The head, and the blend, for languages other than English."""
READ: Final = "+encoder"
"""What is added to a blend's name where the encoder has read the text."""

Logits = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class View:
    """A text read for its words, the logit of each linear head, and what the encoder makes of it if it was asked."""

    reading: Reading
    logits: Logits
    understood: Understood | None = None

    @property
    def head(self) -> str:
        """Name the linear head that reads this text's language."""
        return WORLD if self.reading.guess.is_unscored else TOXICITY

    @property
    def is_scored(self) -> bool:
        """Whether a number means something in this text's language."""
        return not self.reading.guess.is_unscored or self.reading.guess.language in TRAINED

    @property
    def question(self) -> str:
        """Name the blend that weighs what is seen."""
        if self.head == TOXICITY:
            return TOXICITY + self._read
        return self.reading.guess.language if self.is_scored else WORLD

    def harm(self) -> dict[str, float]:
        """Give every logit that a blend for toxicity may weigh; an attack on a group is known of in English alone."""
        words = {"wording": self.logits[self.head], "words": blend.logit(self.reading.signal.value)}
        if self.head == WORLD:
            return words
        return words | {"attack": self.logits["identity_attack"]} | self._sentence(TOXICITY)

    def kinds(self) -> Iterator[tuple[str, str, dict[str, float]]]:
        """Give for each kind of toxicity the name of its blend, and every logit that it may weigh."""
        for kind in ATTRIBUTES:
            said = blend.logit(self.reading.signal.attributes[kind])
            yield kind, kind + self._read, {"wording": self.logits[kind], "words": said} | self._sentence(kind)

    @property
    def _read(self) -> str:
        return READ if self.understood else ""

    def _sentence(self, kind: str) -> dict[str, float]:
        return {"sentence": self.understood.logits[kind]} if self.understood else {}
