"""The mixture: how much of each source is learnt from, and what is aimed at for each row."""

import random
from collections import Counter
from collections.abc import Sequence
from typing import Final

from moderation.lab.contrast import SOURCE as CONTRAST
from moderation.lab.corpora import KINDS, Row

HATE: Final = frozenset({"stormfront", "edos_sexism", "cad_reddit", CONTRAST})
"""Sources in which attacks need no swear word; the teacher, who hears only those, has no say there."""
COMMENTS: Final = frozenset({"jigsaw_balanced", "jigsaw_clean", "wikipedia_5k", "wikipedia_cat_gc", "civil_balanced"})
"""Sources of comments under articles, which is what we are for; they count double."""

_CAPS: Final = {"davidson_twitter": 9_000, "civil_toxic_spans": 6_000, "edos_sexism": 4_000}
_ONE_SIDED: Final = frozenset({"edos_sexism"})
"""Sources of which only what is toxic can be used; of them toxicity would learn that whoever names women attacks."""
_HALF: Final = 0.5


def chosen(rows: Sequence[Row], seed: int) -> list[Row]:
    """Give the rows to learn from, in random order: of some sources only so many, so that none dominates."""
    mixed, taken = random.Random(seed).sample(list(rows), len(rows)), Counter[str]()  # noqa: S311 (repeatable)
    kept = []
    for row in mixed:
        taken[row.source] += 1
        if taken[row.source] <= _CAPS.get(row.source, len(rows)):
            kept.append(row)
    return kept


def target(row: Row) -> float:
    """Give the toxicity to aim at: half what people said, half what the teacher says, but for hate."""
    label = float("nan") if row.source in _ONE_SIDED else row.labels.get("toxicity", float("nan"))
    if row.teacher is None or row.source in HATE:
        return label
    return _HALF * label + _HALF * row.teacher


def targets(row: Row) -> tuple[float, ...]:
    """Give what to aim at for each kind of `KINDS`, NaN where nobody knows. Comments of people are not spam."""
    labels = {kind: row.labels.get(kind, float("nan")) for kind in KINDS} | {"toxicity": target(row)}
    if row.language == "en" and "spam" not in row.labels:
        labels["spam"] = 0.0
    return tuple(labels[kind] for kind in KINDS)
