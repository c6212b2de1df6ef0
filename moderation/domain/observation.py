"""What the policy sees beside the scorers' numbers: plain facts about a comment, each as a signal."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import regex

from moderation.domain.comment import Comment
from moderation.domain.fold import Folded, fold
from moderation.domain.policy import Policy
from moderation.domain.signal import Finding, Signal, Span

OBSERVER: Final = "observation-1"
WORD_LIST: Final = "word-list"


@dataclass(frozen=True, slots=True)
class Past:
    """What happened before: to this comment, and to its author."""

    approved_before: int = 0
    """Approved comments of an author who proved to be the same one."""
    reviewed: bool = False
    """A person decided an earlier text of this comment."""
    overruled: bool = False
    """A person took back what policy had decided."""


def observe(comment: Comment, policy: Policy, past: Past) -> list[Signal]:
    """List the facts that rules may ask for; a fact that does not hold gives no signal."""
    facts = {
        "any": 1.0,
        "links": float((comment.html or "").count("<a ")),
        "known-author": float(past.approved_before),
        "first-comment": 0.0 if past.approved_before else 1.0,
        "near-duplicate": float(comment.circumstances.echoes),
        "honeypot": float(comment.circumstances.honeypot),
        "edited-after-review": float(past.reviewed),
        f"form-{comment.circumstances.form_token}": 1.0,
    }
    signals = [Signal(kind, value, OBSERVER) for kind, value in facts.items() if value]
    return signals + list(_listed(comment.text, policy.words))


def _listed(text: str, words: tuple[str, ...]) -> Iterator[Signal]:
    """Look for the site's own words, whole, through every disguise that folding removes."""
    if not words:
        return
    folded = fold(text)
    spans = tuple(span for word in words for span in _places(folded, fold(word).text))
    if spans:
        yield Signal(
            WORD_LIST, float(len(spans)), OBSERVER, (Finding(WORD_LIST, "A word on this site's list.", spans),)
        )


def _places(folded: Folded, word: str) -> Iterator[Span]:
    phrase = r"\W+".join(map(regex.escape, word.split()))
    for match in regex.finditer(rf"(?<!\w){phrase}(?!\w)", folded.text):
        yield folded.span(*match.span())
