"""What ships: rules and trained weights, put together into one probability each, with the reasons of both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from moderation.adapters.scorers.facts import FACTS, Evidence, told, weigh
from moderation.adapters.scorers.own import NO_LISTS, OwnLists
from moderation.adapters.scorers.spam import FactsScorer, read_text
from moderation.adapters.scorers.toxicity import WordsScorer
from moderation.adapters.scorers.trained import blend
from moderation.adapters.scorers.trained.encoder import Encoder
from moderation.adapters.scorers.trained.encoder import read as read_encoder
from moderation.adapters.scorers.trained.grams import Grams, grams
from moderation.adapters.scorers.trained.linear import Linear
from moderation.adapters.scorers.trained.linear import read as read_linear
from moderation.adapters.scorers.trained.marks import marked
from moderation.adapters.scorers.view import WORLD, View
from moderation.domain.comment import Submission
from moderation.domain.sentence import Sentence
from moderation.domain.signal import SPAM, TOXICITY, Finding, Signal, Span

DETAILS: Final[Mapping[str, str]] = {
    "wording": Sentence("The wording is like that of comments that people called toxic."),
    "advertising": Sentence("The wording is like that of comments that people called spam."),
}
COARSE: Final = "coarse"
"""What is added to a scorer's name where there is no encoder."""
UNSURE: Final = 0.04
"""From here on the encoder is asked; what single words say is this harmless, it would not change."""
_TOLD_FROM: Final = 0.2
_UNMISTAKABLE: Final = 0.8
ALONE: Final = 0.94
"""What weights say counts so much where no word of any rule is found: enough to hold a comment, never to reject it.

Weights take the name of a group for an attack where most texts they learnt from that name it are attacks.
"""
ARRIVED: Final = frozenset(
    {"throwaway-address", "near-duplicate", "honeypot", "too-fast", "form-reused", "form-unsound", "form-absent"}
    | {"name-link", "name-keywords", "too-many", "owner-words", "blocked-domain"}
)
"""Facts that no trained weight can know of, how a comment came in and what the owner listed; each counts in full."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A signal for any text, and whether its language is one in which that number means something."""

    signal: Signal
    scored: bool


class ToxicityScorer:
    """Gives the probability that people would call a comment toxic, and for five kinds of it.

    Words that insult or threaten, and trained weights on everything else that is written, are blended by weights
    that were fitted on comments that neither had seen.
    """

    kind = TOXICITY
    patience = timedelta(seconds=5)

    def __init__(
        self, linear: Linear, blends: Mapping[str, blend.Blend], name: str, encoder: Encoder | None = None
    ) -> None:
        """Take the trained weights; words and languages are loaded, which takes most of a second."""
        self.name = name if encoder else f"{name}-{COARSE}"
        self._linear, self._blends, self._encoder, self._words = linear, blends, encoder, WordsScorer()

    def look_at(self, submissions: Sequence[Submission]) -> list[Signal | None]:
        """Give each submission its signal, in the same order, or None where its language is not scored."""
        return [estimate.signal if estimate.scored else None for estimate in self.estimate(submissions)]

    def estimate(self, submissions: Sequence[Submission]) -> list[Estimate]:
        """Give each submission the best number there is, even where nobody should act on it."""
        readings = [self._words.read(submission) for submission in submissions]
        found = grams([reading.folded.text for reading in readings])
        logits = [dict(zip(self._linear.heads, row, strict=True)) for row in self._linear.logits(found).tolist()]
        views = self._looked_closer([View(*pair) for pair in zip(readings, logits, strict=True)])
        return [Estimate(self._signal(view, found, place), view.is_scored) for place, view in enumerate(views)]

    def _looked_closer(self, views: list[View]) -> list[View]:
        """Have the encoder read what the weights of single words leave uncertain."""
        unsure = [place for place, view in enumerate(views) if self._encoder and self._is_unsure(view)]
        if self._encoder and unsure:
            read = self._encoder.read([views[place].reading.folded.text for place in unsure])
            for place, understood in zip(unsure, read, strict=True):
                views[place] = replace(views[place], understood=understood)
        return views

    def _is_unsure(self, view: View) -> bool:
        return view.head == TOXICITY and self._learnt(view) >= UNSURE

    def _learnt(self, view: View) -> float:
        return blend.probability(self._blends.get(view.question, self._blends[WORLD]).logit(view.harm()))

    def _signal(self, view: View, found: Grams, place: int) -> Signal:
        reading, learnt = view.reading, self._learnt(view)
        value = max(learnt if reading.signal.findings else learnt * ALONE, _plain(reading.signal))
        findings = reading.signal.findings
        if value >= _TOLD_FROM:
            findings = (*findings, Finding("wording", DETAILS["wording"], self._spans(view, found, place)))
        kinds = {
            kind: min(value, blend.probability(self._blends[question].logit(seen)))
            for kind, question, seen in view.kinds()
        }
        return replace(reading.signal, value=value, scorer=self.name, findings=findings, attributes=kinds)

    def _spans(self, view: View, found: Grams, place: int) -> tuple[Span, ...]:
        folded = view.reading.folded
        pull = self._linear.pull(found, place, view.head, len(folded.text))
        return marked(folded, pull, view.understood.pull if view.understood else None)


class SpamScorer:
    """Gives the probability that people would call a comment spam.

    What stands in the text is blended from trained weights and named facts, and how it arrived adds in full. The
    number is never lower than the facts alone say, which need no language that was trained on.
    """

    kind = SPAM
    patience = timedelta(seconds=5)

    def __init__(self, linear: Linear, blends: Mapping[str, blend.Blend], name: str, own: OwnLists) -> None:
        """Take the trained weights and the owner's lists; word files are loaded, which takes a moment."""
        self.name, self._linear, self._blend, self._facts = name, linear, blends[SPAM], FactsScorer(own)

    def look_at(self, submissions: Sequence[Submission]) -> list[Signal | None]:
        """Give each submission its signal, in the same order; this scorer always has something to say."""
        return [estimate.signal for estimate in self.estimate(submissions)]

    def estimate(self, submissions: Sequence[Submission]) -> list[Estimate]:
        """Give each submission its signal, whatever its language."""
        readings = [read_text(submission.text) for submission in submissions]
        found = grams([reading.folded.text for reading in readings])
        column = self._linear.heads.index(SPAM)
        logits = self._linear.logits(found)[:, column].tolist()
        evidence = [self._facts.evidence(*pair) for pair in zip(submissions, readings, strict=True)]
        return [Estimate(self._signal(*pair), scored=True) for pair in zip(logits, evidence, strict=True)]

    def _signal(self, wording: float, evidence: Sequence[Evidence]) -> Signal:
        text = blend.probability(self._blend.logit(unwanted(wording, evidence)) + _beside(evidence))
        value = max(text, weigh(evidence))
        findings = told(evidence)
        if value >= _TOLD_FROM and blend.probability(wording) >= _TOLD_FROM:
            findings = (*findings, Finding("advertising", DETAILS["advertising"]))
        return Signal(self.kind, value, self.name, findings)


def read(folder: Path, own: OwnLists = NO_LISTS, *, encoder: bool = True) -> tuple[SpamScorer, ToxicityScorer]:
    """Make both scorers from the trained models of a folder."""
    linear, blends = read_linear(folder), blend.read(folder)
    version = (folder / "VERSION").read_text(encoding="utf-8").strip()
    toxicity = ToxicityScorer(linear, blends, f"toxicity-{version}", read_encoder(folder) if encoder else None)
    return SpamScorer(linear, blends, f"spam-{version}", own), toxicity


def unwanted(wording: float, evidence: Sequence[Evidence]) -> dict[str, float]:
    """Give every logit that the blend for spam may weigh; how a comment arrived is not among them."""
    return {"wording": wording, "facts": blend.logit(weigh(item for item in evidence if item.code not in ARRIVED))}


def _beside(evidence: Sequence[Evidence]) -> float:
    """Give what is known beside the text, in logits."""
    return sum(FACTS[item.code].weight * item.units for item in evidence if item.code in ARRIVED)


def _plain(words: Signal) -> float:
    """Give what unmistakable words say by themselves, which no blend talks down."""
    return words.value if words.value >= _UNMISTAKABLE else 0.0
