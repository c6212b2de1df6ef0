"""What the policy sees beside the scorers' numbers: plain facts about a comment, each as a signal."""

from collections.abc import Iterator
from typing import Final

import regex

from moderation.domain.comment import Comment
from moderation.domain.fold import Folded, fold
from moderation.domain.policy import Policy
from moderation.domain.signal import Finding, Signal, Span

OBSERVER: Final = "observation-1"
WORD_LIST: Final = "word-list"


def observe(comment: Comment, policy: Policy, *, approved_before: int, reviewed: bool) -> list[Signal]:
    """List the facts that rules may ask for; a fact that does not hold gives no signal.

    `approved_before` counts the approved comments of an author who proved to be the same
    one; `reviewed` says that a person decided an earlier text of this comment.
    """
    facts = {
        "any": 1.0,
        "links": float((comment.html or "").count("<a ")),
        "known-author": float(approved_before),
        "first-comment": 0.0 if approved_before else 1.0,
        "near-duplicate": float(comment.circumstances.echoes),
        "honeypot": float(comment.circumstances.honeypot),
        "edited-after-review": float(reviewed),
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
    for match in regex.finditer(rf"(?<!\w){regex.escape(word)}(?!\w)", folded.text):
        yield folded.span(*match.span())
