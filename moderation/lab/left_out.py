"""Left out: how well spam is found on a video of which no comment was seen, by training without it."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from moderation.adapters.scorers.blended import SpamScorer
from moderation.adapters.scorers.own import NO_LISTS
from moderation.adapters.scorers.trained import blend
from moderation.domain.comment import Submission
from moderation.domain.signal import SPAM
from moderation.lab import linear, metrics
from moderation.lab.corpora import Row
from moderation.lab.figures import Figure

VIDEOS: Final = "tubespam_"
"""Sources so named are the comments of one video each."""
FALSE_POSITIVES: Final = 0.003


def left_out(
    learnt: Sequence[Row], every: Sequence[Row], models: Path, told: Callable[[str], None]
) -> Iterator[Figure]:
    """Train the spam head anew without each video in turn, blend it as the models do, and measure on that video."""
    videos = sorted({row.source for row in every if row.source.startswith(VIDEOS)})
    told(f"{len(learnt)} texts are folded")
    texts, found = linear.folded(learnt), []
    for video in videos:
        told(f"the spam head is trained without {video}")
        scores, labels = _without(video, learnt, texts, every, models)
        found.append((scores, labels))
        yield Figure(f"spam, {video} left out: AUC", len(labels), metrics.auc(scores, labels), 0.988)
    if found:
        yield from _mean(found)


def _mean(found: Sequence[tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]]) -> Iterator[Figure]:
    texts = sum(len(labels) for _, labels in found)
    yield Figure(
        "spam, videos left out: mean AUC", texts, float(np.mean([metrics.auc(*each) for each in found])), 0.988
    )
    for allowed, name in ((0.01, "1"), (FALSE_POSITIVES, "0.3")):
        recall = float(np.mean([metrics.recall_at(*each, allowed) for each in found]))
        yield Figure(f"spam, videos left out: mean recall at {name} %", texts, recall, 0.85)


def _without(
    video: str, learnt: Sequence[Row], texts: Sequence[str], every: Sequence[Row], models: Path
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    kept = [(row, text) for row, text in zip(learnt, texts, strict=True) if row.source != video]
    tier = linear.train([row for row, _ in kept], [text for _, text in kept], lambda _: None, heads=(SPAM,))
    scorer = SpamScorer(tier, blend.read(models), "left-out", NO_LISTS)
    asked = [row for row in every if row.source == video]
    given = scorer.estimate([Submission(row.text, language=row.language) for row in asked])
    return (
        np.array([estimate.signal.value for estimate in given]),
        np.array([row.labels[SPAM] for row in asked], float),
    )
