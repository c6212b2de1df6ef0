"""A site's model: what its moderators decided, added to what a scorer says of a comment.

As bytes it carries what people said of each lesson, so that going back to a version goes back to their words of then.
What is added is bounded, so that the site's own decisions move a number and never make it up, and it is not taken
from what the owner lists or from what no wording excuses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Final

import numpy as np

from moderation.adapters.scorers.learned.bags import Bags, Vectors, bags, vectors
from moderation.adapters.scorers.learned.fitting import BOUND, NOTHING, Residual
from moderation.adapters.scorers.learned.memory import Memory
from moderation.adapters.scorers.trained.blend import logit, probability
from moderation.adapters.scorers.trained.linear import Floats, Linear
from moderation.domain.comment import Submission
from moderation.domain.sentence import Sentence
from moderation.domain.signal import SPAM, TOXICITY, Finding, Signal

TOLD_FROM: Final = 0.5
"""What adds less is no reason."""
LIKE_SITE: Final = "site-like"
DETAILS: Final[Mapping[str, str]] = {
    SPAM: Sentence("Like comments that moderators of this site called spam."),
    TOXICITY: Sentence("Like comments that moderators of this site rejected."),
}
FIRM: Final = frozenset({"owner-words", "blocked-domain", "honeypot"})
"""Findings beside which nothing is taken away."""


@dataclass(frozen=True, slots=True)
class Part:
    """What was learnt of one kind of signal."""

    shift: float
    residual: Residual = NOTHING
    remembers: bool = False

    def added(self, found: Bags, asked: Vectors, memory: Memory) -> tuple[Floats, Floats]:
        """Give for each text what wording and memory add, and what is added with the shift, bounded."""
        like = self.residual.logits(found) + (memory.votes(asked) if self.remembers else 0)
        return like, (like + self.shift).clip(-BOUND, BOUND)


@dataclass(frozen=True, slots=True)
class LearnedModel:
    """One version of a site's model, ready to be asked."""

    name: str
    linear: Linear
    parts: Mapping[str, Part]
    memories: Mapping[str, Memory]

    def adjusted(
        self, kind: str, submissions: Sequence[Submission], signals: Sequence[Signal | None]
    ) -> list[Signal | None]:
        """Give each signal as this site would have it; what was not said stays unsaid."""
        part = self.parts.get(kind)
        if part is None or not submissions:
            return list(signals)
        found = bags(self.linear, [submission.text for submission in submissions])
        like, added = part.added(found, vectors(found), self.memories[kind])
        rows = zip(signals, like.tolist(), added.tolist(), strict=True)
        return [signal and self._signal(signal, alike, more) for signal, alike, more in rows]

    def _signal(self, signal: Signal, like: float, added: float) -> Signal:
        firm = any(finding.code in FIRM for finding in signal.findings)
        value = probability(logit(signal.value) + (max(0.0, added) if firm else added))
        told = (Finding(LIKE_SITE, DETAILS[signal.kind]),) if like >= TOLD_FROM and added > 0 else ()
        scorer = f"{signal.scorer}+{self.name}"
        return replace(signal, value=value, scorer=scorer, findings=(*signal.findings, *told))


def written(parts: Mapping[str, Part], words: Mapping[str, Floats]) -> bytes:
    """Give what was learnt as bytes, with 1, -1 or 0 for what people said of each lesson, by kind."""
    arrays = {
        f"{kind}_{name}": value
        for kind, part in parts.items()
        for name, value in (
            ("shift", np.array([part.shift, part.remembers], np.float64)),
            ("numbers", part.residual.numbers.astype(np.int32)),
            ("weights", part.residual.weights.astype(np.float16)),
            ("words", words[kind].astype(np.int8)),
        )
    }
    kept = BytesIO()
    np.savez_compressed(kept, **arrays)  # type: ignore[arg-type]  # Its types take the names for options.
    return kept.getvalue()


def read(model: bytes) -> tuple[dict[str, Part], dict[str, Floats]]:
    """Read what `written` gave; what it did not give fails in ways of numpy's and zip's own."""
    with np.load(BytesIO(model), allow_pickle=False) as kept:
        kinds = [name.removesuffix("_shift") for name in kept.files if name.endswith("_shift")]
        parts = {kind: _part(*(kept[f"{kind}_{name}"] for name in ("shift", "numbers", "weights"))) for kind in kinds}
        return parts, {kind: kept[f"{kind}_words"].astype(np.float32) for kind in kinds}


def _part(shift: Floats, numbers: Floats, weights: Floats) -> Part:
    return Part(float(shift[0]), Residual(numbers.astype(np.int64), weights.astype(np.float32)), bool(shift[1]))
