"""Memory: what was said of comments that are like a new one, those that are most alike counting most.

A vote of the nearest neighbours, weighted by how near they are (Dudani 1976), in logits.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from moderation.adapters.scorers.learned.bags import Vectors
from moderation.adapters.scorers.trained.linear import Floats

NEIGHBOURS: Final = 8
LIKE: Final = 0.3
"""Of less alike texts nothing is said; unrelated ones are at 0.1 or below."""
LOUDEST: Final = 3.0
"""What neighbours say that all agree, in logits."""
DOUBT: Final = 0.5
"""As much as somebody near who says nothing."""
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Memory:
    """Vectors of decided comments, each with 1 where people found something, -1 where they did not, 0 for neither."""

    vectors: Vectors
    words: Floats

    def votes(self, asked: Vectors, apart: Flags | None = None) -> Floats:
        """Give for each vector what its neighbours say; `apart` tells who is not asked (texts by neighbours)."""
        heard = np.zeros(len(asked), np.float32)
        if not len(self.words) or not len(asked):
            return heard
        nearness = ((_unit(asked) @ _unit(self.vectors).T - LIKE) / (1 - LIKE)).clip(0)
        nearness[:, self.words == 0] = 0
        if apart is not None:
            nearness[apart] = 0
        most = min(NEIGHBOURS, len(self.words))
        nearest = np.argpartition(-nearness, most - 1, axis=1)[:, :most]
        weights = np.take_along_axis(nearness, nearest, axis=1)
        said = (weights * self.words[nearest]).sum(axis=1)
        votes: Floats = (LOUDEST * said / (DOUBT + weights.sum(axis=1))).astype(np.float32)
        return votes


def _unit(vectors: Vectors) -> Floats:
    wide = vectors.astype(np.float32)
    unit: Floats = wide / np.linalg.norm(wide, axis=1, keepdims=True).clip(1e-6)
    return unit
