"""Metrics: how well numbers between 0 and 1 tell apart what people told apart.

`scores` and `labels` are one-dimensional arrays of the same length; labels are 0 or 1.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
BINS: Final = 15
HALF: Final = 0.5
"""Labels above are positive; so is what scores at least so much, where no threshold is given."""


def auc(scores: Floats, labels: Floats) -> float:
    """Give the area under the ROC curve: how often a positive scores above a negative, ties counting half.

    Mann and Whitney 1947; NaN where one of the classes is missing.
    """
    positives = labels > HALF
    many, few = int(positives.sum()), int((~positives).sum())
    if not many or not few:
        return float("nan")
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    return float((ranks[places][positives].sum() - many * (many + 1) / 2) / (many * few))


def recall_at(scores: Floats, labels: Floats, false_positives: float = 0.01) -> float:
    """Give the share of positives above the threshold that lets through this share of negatives."""
    threshold = threshold_at(scores, labels, false_positives)
    positives = scores[labels > HALF]
    return float((positives > threshold).mean()) if len(positives) and not np.isnan(threshold) else float("nan")


def threshold_at(scores: Floats, labels: Floats, false_positives: float = 0.01) -> float:
    """Give the lowest number that at most this share of negatives lies above."""
    negatives = np.sort(scores[labels <= HALF])
    if not len(negatives):
        return float("nan")
    return float(negatives[max(0, len(negatives) - 1 - int(false_positives * len(negatives)))])


def precision_recall(scores: Floats, labels: Floats, threshold: float) -> tuple[float, float]:
    """Give precision and recall, NaN where there is none, of calling positive what scores at least the threshold."""
    called, positives = scores >= threshold, labels > HALF
    right = float((called & positives).sum())
    return share(right, called.sum()), share(right, positives.sum())


def share(part: float, whole: float) -> float:
    """Give a part of a whole; NaN where there is no whole."""
    return float(part / whole) if whole else float("nan")


def calibration_error(scores: Floats, labels: Floats, bins: int = BINS) -> float:
    """Give the expected calibration error over bins of equal width (Naeini et al. 2015)."""
    return float(sum(abs(said - came) * share for said, came, share in reliability(scores, labels, bins)))


def reliability(scores: Floats, labels: Floats, bins: int = BINS) -> list[tuple[float, float, float]]:
    """Give for each bin that holds anything: the mean score, the share of positives, and its share of all rows."""
    places = np.minimum((scores * bins).astype(int), bins - 1)
    return [
        (float(scores[places == place].mean()), float(labels[places == place].mean()), float((places == place).mean()))
        for place in range(bins)
        if (places == place).any()
    ]


def bpsn_auc(scores: Floats, labels: Floats, group: npt.NDArray[np.bool_]) -> float:
    """Give the AUC over harmless texts that name a group and harmful texts that do not.

    Background positive, subgroup negative (Borkan et al. 2019): low where naming a group raises the score.
    """
    chosen = (group & (labels <= HALF)) | (~group & (labels > HALF))
    return auc(scores[chosen], labels[chosen])
