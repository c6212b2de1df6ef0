"""Regression: logistic regression on many sparse features, with soft targets and a weight for each row."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fit:
    """What was found: one weight per feature, and the bias."""

    weights: Floats
    bias: float


def fit(features: Any, targets: Floats, importance: Floats, *, penalty: float, steps: int = 60) -> Fit:
    """Minimise the weighted cross-entropy plus `penalty`/2 times the squared weights, by L-BFGS.

    `features` is a sparse matrix of rows by features in CSR; `targets` lie between 0 and 1, so that a teacher's
    opinion can be one. The bias is not penalised.
    """
    from scipy.optimize import minimize  # noqa: PLC0415 (an extra)

    used, total = np.unique(features.indices), importance.sum()
    features, whole = features[:, used], np.zeros(features.shape[1])  # What no row has keeps a weight of nothing.
    turned = features.T.tocsr()

    def loss(point: Floats) -> tuple[float, Floats]:
        weights = point[:-1].astype(np.float32)
        logits = (features @ weights).astype(np.float64) + point[-1]
        loss = importance @ (np.logaddexp(0, logits) - targets * logits) / total + penalty / 2 * point[:-1] @ point[:-1]
        wrong = importance * (1 / (1 + np.exp(-logits)) - targets) / total
        slope = np.append(turned @ wrong.astype(np.float32) + penalty * point[:-1], wrong.sum())
        return float(loss), slope

    found = minimize(
        loss, np.zeros(len(used) + 1), jac=True, method="L-BFGS-B", options={"maxiter": steps, "maxcor": 10}
    )
    whole[used] = found.x[:-1]
    return Fit(whole, float(found.x[-1]))
