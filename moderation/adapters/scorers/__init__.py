"""Scorers: who looks at a comment, and for what."""

from moderation.adapters.scorers.own import NO_LISTS, OwnLists
from moderation.adapters.scorers.spam import FactsScorer
from moderation.adapters.scorers.toxicity import WordsScorer
from moderation.services.ports import Scorer


def shipped(own: OwnLists = NO_LISTS) -> dict[str, Scorer]:
    """Make every scorer that comes with the product, by the kind of signal it gives; making them loads them."""
    return {FactsScorer.kind: FactsScorer(own), WordsScorer.kind: WordsScorer()}
