"""What the policy sees beside the scorers' numbers: plain facts about a comment, each as a signal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from moderation.domain.comment import Comment, Status
from moderation.domain.policy import Policy, Reason, Verdict, judge
from moderation.domain.signal import Finding, Signal
from moderation.domain.wordlist import WordList

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
    return signals + _listed(comment.text, policy.words)


def weigh(comment: Comment, policy: Policy, signals: Sequence[Signal], past: Past) -> Verdict:
    """Ask the policy about everything that was seen of a comment.

    What a person took back from policy once, it does not publish by itself again.
    """
    verdict = judge([*signals, *observe(comment, policy, past)], policy)
    if past.overruled and verdict.outcome is Status.APPROVED:
        return Verdict(Status.HELD, (*verdict.reasons, Reason("undone", Status.HELD, "any")))
    return verdict


def _listed(text: str, words: WordList) -> list[Signal]:
    spans = words.spans(text)
    if not spans:
        return []
    found = Finding(WORD_LIST, "A word on this site's list.", spans)
    return [Signal(WORD_LIST, float(len(spans)), OBSERVER, (found,))]
