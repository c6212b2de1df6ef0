"""Development comments: those of the data that no model was trained on and no blend was fitted on."""

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from moderation.domain.label import Label, Labels
from moderation.domain.signal import SPAM, TOXICITY
from moderation.lab import contrast, corpora, training
from moderation.lab.blending import FITTED_ON
from moderation.lab.corpora import Row
from moderation.lab.metrics import HALF

COMMENTS: Final = FITTED_ON - {contrast.SOURCE}
"""Sources of what people wrote to each other, whose labels mean what a moderator means; none of it is spam."""
MIXTURE: Final[Mapping[Label, float]] = {Label.CLEAN: 0.5, Label.TOXIC: 0.25, Label.SPAM: 0.15, Label.UNKNOWN: 0.1}
"""How much of a mixture has each label; unknown are comments in other languages, and what no spam is."""


def comments(data: Path, seed: int) -> list[Row]:
    """Give every comment of the half of the development texts that is measured on, and what spam of foreign origin is.

    Templates are no comments. Of toxicity of foreign origin there is nothing, since it means something else there.
    """
    rows = training.rows_of(corpora.load(data), seed)
    foreign = [row for row in rows.foreign if row.split == "dev" and SPAM in row.labels]
    return [*(row for row in rows.measure if not row.group), *foreign]


def labels_of(row: Row) -> Labels:
    """Say what is known of a comment: of those of `COMMENTS`, that they are no spam."""
    toxic = row.labels.get(TOXICITY)
    spam = row.labels.get(SPAM, 0.0 if row.source in COMMENTS else None)
    return Labels(spam=None if spam is None else spam > HALF, toxic=None if toxic is None else toxic > HALF)


def mixed(rows: Sequence[Row], size: int, seed: int) -> list[Row]:
    """Draw so many comments by chance, of each label as many as `MIXTURE` says or as there are, in mixed order."""
    chance = random.Random(seed)  # noqa: S311 (a repeatable choice)
    drawn: list[Row] = []
    for label, share in MIXTURE.items():
        known = [row for row in rows if labels_of(row).label is label]
        drawn += chance.sample(known, min(round(size * share), len(known)))
    chance.shuffle(drawn)
    return drawn
