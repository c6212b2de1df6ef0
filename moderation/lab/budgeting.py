"""Budgeting: development comments with what the models say of them, as thresholds are picked from them."""

from collections.abc import Callable
from pathlib import Path

from moderation.adapters.scorers.view import TRAINED
from moderation.domain.signal import SPAM, TOXICITY
from moderation.lab.corpora import Row
from moderation.lab.development import COMMENTS, comments, labels_of
from moderation.lab.scoring import Models
from moderation.services.thresholds import Scored


def scored(data: Path, model: Path, seed: int, told: Callable[[int, int], None]) -> list[Scored]:
    """Score comments whose labels mean what a moderator means; `told` hears how many of how many are done."""
    rows = [row for row in comments(data, seed) if row.source in COMMENTS or SPAM in row.labels]
    hints = [None if row.language == "und" else row.language for row in rows]
    scores = Models(model).score([row.text for row in rows], hints, lambda done: told(done, len(rows)))
    given = zip(rows, scores[SPAM].tolist(), scores[TOXICITY].tolist(), strict=True)
    return [Scored(_said(row, spam, toxicity), labels_of(row), row.source) for row, spam, toxicity in given]


def _said(row: Row, spam: float, toxicity: float) -> dict[str, float]:
    """Give what a scorer says; of toxicity nothing where the language is not scored."""
    return {SPAM: spam} | ({TOXICITY: toxicity} if row.language in TRAINED else {})
