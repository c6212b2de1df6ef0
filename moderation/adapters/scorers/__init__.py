"""Scorers: who looks at a comment, and for what."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from moderation.adapters.scorers.own import NO_LISTS, OwnLists
from moderation.services.ports import Scorer

if TYPE_CHECKING:
    from moderation.adapters.scorers.blended import SpamScorer, ToxicityScorer

MODELS: Final = Path(__file__).parent / "trained" / "shipped"
"""The models that come along, made by `lychgate train`."""


def shipped(own: OwnLists = NO_LISTS, *, encoder: bool = True) -> dict[str, Scorer]:
    """Make every scorer that comes with the product, by the kind of signal it gives; making them loads them."""
    spam, toxicity = both(own=own, encoder=encoder)
    return {spam.kind: spam, toxicity.kind: toxicity}


def both(
    models: Path = MODELS, own: OwnLists = NO_LISTS, *, encoder: bool = True
) -> "tuple[SpamScorer, ToxicityScorer]":
    """Make the scorers for spam and for toxicity from a folder of models; with its encoder only if that is wanted."""
    from moderation.adapters.scorers.blended import read  # noqa: PLC0415 (numpy starts threads; few processes need it)

    return read(models, own, encoder=encoder)
