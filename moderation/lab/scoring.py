"""Scoring many texts with the models of a folder, as `lychgate score` does."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from moderation.adapters.scorers import both
from moderation.domain.comment import Submission
from moderation.domain.signal import Span
from moderation.lab.corpora import KINDS

_CHUNK = 64


class Models:
    """Both scorers of a folder of models, asked for plain numbers."""

    def __init__(self, folder: Path) -> None:
        """Load them, which takes a second."""
        self._spam, self._toxicity = both(folder)

    def score(
        self,
        texts: Sequence[str],
        languages: Sequence[str | None] | None = None,
        told: Callable[[int], None] = lambda _: None,
    ) -> dict[str, npt.NDArray[np.float64]]:
        """Give for every kind of `KINDS` one probability for each text; `told` hears how many are done."""
        hints = languages or [None] * len(texts)
        rows: list[list[float]] = []
        for begin in range(0, len(texts), _CHUNK):
            asked = [
                Submission(text, language=hint)
                for text, hint in zip(texts[begin : begin + _CHUNK], hints[begin : begin + _CHUNK], strict=True)
            ]
            for unwanted, harmful in zip(self._spam.estimate(asked), self._toxicity.estimate(asked), strict=True):
                given = {**harmful.signal.attributes, "toxicity": harmful.signal.value, "spam": unwanted.signal.value}
                rows.append([given[kind] for kind in KINDS])
            told(len(rows))
        table = np.array(rows, float).reshape(len(rows), len(KINDS))
        return {kind: table[:, place] for place, kind in enumerate(KINDS)}

    def spans(self, texts: Sequence[str], languages: Sequence[str | None]) -> list[tuple[Span, ...]]:
        """Give the places of each text that its toxicity rests on."""
        asked = [Submission(text, language=hint) for text, hint in zip(texts, languages, strict=True)]
        return [tuple(estimate.signal.spans) for estimate in self._toxicity.estimate(asked)]
