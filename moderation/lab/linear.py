"""Training the linear tier: every head is a logistic regression on the grams of folded texts."""

from collections.abc import Callable, Sequence
from multiprocessing import get_context
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from moderation.adapters.scorers.trained.grams import SIZE, grams
from moderation.adapters.scorers.trained.linear import Linear, quantised
from moderation.adapters.scorers.view import WORLD
from moderation.domain.fold import fold
from moderation.lab.corpora import KINDS, Row
from moderation.lab.mixture import COMMENTS, targets
from moderation.lab.regression import Fit, fit

HEADS: Final = (*KINDS, WORLD)

_PENALTY: Final = 5e-6
_CHUNK: Final = 512
_WORTH: Final = 2.0
_ENGLISH_WORTH: Final = 0.1
_SPAM_WORTH: Final = {"tubespam_psy": 5.0, "tubespam_lmfao": 5.0, "tubespam_eminem": 5.0, "tg_spam": 3.0}
_shared: dict[str, Any] = {}


def folded(rows: Sequence[Row]) -> list[str]:
    """Fold the text of every row, on every core."""
    with get_context("fork").Pool() as pool:
        return pool.map(_folded, [row.text for row in rows], chunksize=_CHUNK)


def _folded(text: str) -> str:
    return fold(text).text


def rarity(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """Give each gram's inverse document frequency: the logarithm of how few of the texts have it."""
    seen = np.zeros(SIZE, np.int64)
    for begin in range(0, len(texts), _CHUNK):
        _, numbers, _ = grams(texts[begin : begin + _CHUNK]).distinct()
        seen += np.bincount(numbers, minlength=SIZE)
    return np.log((len(texts) + 1) / (seen + 1)).astype(np.float32)


def train(
    rows: Sequence[Row], texts: Sequence[str], told: Callable[[str], None], heads: tuple[str, ...] = HEADS
) -> Linear:
    """Fit heads on the rows that are labelled for each; `told` hears the name of each that is done."""
    empty = np.zeros((SIZE, 1), np.float32)
    tier = quantised(("none",), empty, np.zeros(1, np.float32), rarity(texts))
    _shared["features"] = matrix(tier, texts)
    _shared["aims"], _shared["worth"] = _aims(rows), _worth(rows)
    fits: dict[str, Fit] = {}
    with get_context("fork").Pool(2) as pool:
        for head, found in pool.imap_unordered(_fitted, heads):
            fits[head] = found
            told(head)
    _shared.clear()
    weights = np.stack([fits[head].weights for head in heads], axis=1).astype(np.float32)
    biases = np.array([fits[head].bias for head in heads], np.float32)
    return quantised(heads, weights, biases, tier.rarity * np.float32(tier.rarest / 255))


def matrix(tier: Linear, texts: Sequence[str]) -> Any:
    """Give the values of all grams as a sparse matrix of texts by grams."""
    from scipy import sparse  # noqa: PLC0415 (an extra)

    parts = []
    for begin in range(0, len(texts), _CHUNK):
        found = grams(texts[begin : begin + _CHUNK])
        rows, numbers, _, values = tier.values(found)
        parts.append(sparse.csr_matrix((values, (rows, numbers)), shape=(found.texts, SIZE)))
    return sparse.vstack(parts).tocsr()


def _fitted(head: str) -> tuple[str, Fit]:
    place = HEADS.index(head)
    aims, worth = _shared["aims"][:, place], _shared["worth"][:, place]
    known = np.flatnonzero(~np.isnan(aims) & (worth > 0))
    return head, fit(_shared["features"][known], aims[known], worth[known], penalty=_PENALTY)


def _aims(rows: Sequence[Row]) -> npt.NDArray[np.float64]:
    return np.array([(*targets(row), row.labels.get("toxicity", np.nan)) for row in rows])


def _worth(rows: Sequence[Row]) -> npt.NDArray[np.float64]:
    """Say how much each row counts for each head; nothing where the head is for other languages."""
    return np.array([[_worth_for(row, head) for head in HEADS] for row in rows])


def _worth_for(row: Row, head: str) -> float:
    if head == WORLD:
        return _ENGLISH_WORTH if row.language == "en" else 1.0
    if head == "spam":
        return _SPAM_WORTH.get(row.source, 1.0)
    if row.language != "en":
        return 0.0
    return _WORTH if head == "toxicity" and row.source in COMMENTS else 1.0
