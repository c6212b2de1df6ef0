"""Scorers that are measured side by side: each is a name and a way to make something that scores texts."""

import subprocess
import sys
import venv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

Scores = Callable[[Sequence[str]], object]

PEER: Final = "alt-profanity-check"
VERSION: Final = "1.9.1"
HOME: Final = Path(__file__).parents[2] / "var" / "bench" / f"{PEER}-{VERSION}"


def rules() -> Scores:
    """Make what reads words and facts alone, without any trained weight."""
    from moderation.adapters.scorers.spam import FactsScorer, read_text  # noqa: PLC0415 (the start is measured)
    from moderation.adapters.scorers.toxicity import WordsScorer  # noqa: PLC0415
    from moderation.domain.comment import Submission  # noqa: PLC0415

    words, facts = WordsScorer(), FactsScorer()

    def score(texts: Sequence[str]) -> None:
        for submission in map(Submission, texts):
            words.read(submission)
            facts.evidence(submission, read_text(submission.text))

    return score


def linear() -> Scores:
    """Make both scorers that ship, without the encoder."""
    from moderation.adapters.scorers import MODELS  # noqa: PLC0415 (the start is measured)
    from moderation.adapters.scorers.blended import SpamScorer, ToxicityScorer  # noqa: PLC0415
    from moderation.adapters.scorers.own import NO_LISTS  # noqa: PLC0415
    from moderation.adapters.scorers.trained import blend  # noqa: PLC0415
    from moderation.adapters.scorers.trained.linear import read  # noqa: PLC0415
    from moderation.domain.comment import Submission  # noqa: PLC0415

    weights, blends = read(MODELS), blend.read(MODELS)
    scorers = SpamScorer(weights, blends, "spam", NO_LISTS), ToxicityScorer(weights, blends, "toxicity")
    return lambda texts: [scorer.look_at([Submission(text) for text in texts]) for scorer in scorers]


def encoder() -> Scores:
    """Make both scorers that ship, whole."""
    from moderation.adapters.scorers import both  # noqa: PLC0415 (the start is measured)
    from moderation.domain.comment import Submission  # noqa: PLC0415

    scorers = both()
    return lambda texts: [scorer.look_at([Submission(text) for text in texts]) for scorer in scorers]


def peer() -> Scores:
    """Make alt-profanity-check, which answers for toxicity alone; runs in the interpreter that it is installed in."""
    from profanity_check import predict_prob  # noqa: PLC0415 (another interpreter has it)

    return lambda texts: predict_prob(list(texts))


TIERS: Final[Mapping[str, Callable[[], Scores]]] = {
    "rules": rules,
    "linear": linear,
    "encoder": encoder,
    PEER: peer,
}
"""Every tier, from the quickest on; one line adds another."""


def python_of(tier: str) -> Path:
    """Give the interpreter that a tier runs in; the peer is installed once, by the ordinary installer, in its own."""
    if tier != PEER:
        return Path(sys.executable)
    python = HOME / "bin" / "python"
    if not python.exists():
        sys.stderr.write(f"Installing {PEER} {VERSION} into {HOME.relative_to(HOME.parents[2])}.\n")
        venv.create(HOME, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", f"{PEER}=={VERSION}"], check=True)
    return python
