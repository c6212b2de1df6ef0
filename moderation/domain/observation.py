"""What the policy sees beside the scorers' numbers: plain facts about a comment, each as a signal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from moderation.domain.ban import Effect
from moderation.domain.comment import Comment, Status
from moderation.domain.policy import Policy, Reason, Verdict, judge
from moderation.domain.signal import Finding, Signal
from moderation.domain.wordlist import NO_WORDS, WordList

OBSERVER: Final = "observation-1"
WORD_LIST: Final = "word-list"
LINK_LIST: Final = "link-list"
LISTED_WEBSITE: Final = "listed-website"
OBSCENE_WORDS: Final = "obscene-words"
WAVE: Final = "wave"
"""The reason of what a person decided of others that say nearly the same."""
DETAILS: Final = {
    WORD_LIST: "A word on this site's list.",
    LINK_LIST: "A link on this site's list.",
    LISTED_WEBSITE: "The author's website is on this site's list.",
    OBSCENE_WORDS: "A word on the public list of obscene words in this language.",
}
BARRING: Final = {
    Effect.BAN: Reason("banned", Status.REJECTED, "any"),
    Effect.PREMODERATE: Reason("premoderated", Status.HELD, "any"),
}
"""What a ban makes of a comment, whatever was measured."""
EFFECT_OF: Final = {reason.code: effect for effect, reason in BARRING.items()}
Words = Callable[[str | None], WordList]
"""Gives the words listed in a language, none where it is not known."""


def nothing_listed(_language: str | None) -> WordList:
    """Give no words in any language."""
    return NO_WORDS


@dataclass(frozen=True, slots=True)
class Past:
    """What happened before: to this comment, and to its author."""

    approved_before: int = 0
    """Approved comments of an author who proved to be the same one."""
    reviewed: bool = False
    """A person decided an earlier text of this comment."""
    overruled: bool = False
    """A person took back what policy had decided."""
    barred: tuple[Effect, ...] = ()
    """What the site's bans want done with whatever this author sends."""
    wave: Status | None = None
    """What a person decided of others that say nearly the same, a short while ago."""


def observe(comment: Comment, policy: Policy, past: Past, obscene: Words = nothing_listed) -> list[Signal]:
    """List the facts that rules may ask for; a fact that does not hold gives no signal.

    `obscene` gives the public list of a language; it is read only where a rule asks for it.
    """
    facts = {
        "any": 1.0,
        "links": float((comment.html or "").count("<a ")),
        "known-author": float(past.approved_before),
        "first-comment": 0.0 if past.approved_before else 1.0,
        "near-duplicate": float(comment.circumstances.echoes),
        "too-many": float(comment.circumstances.pace),
        "honeypot": float(comment.circumstances.honeypot),
        "edited-after-review": float(past.reviewed),
        f"form-{comment.circumstances.form_token}": 1.0,
    }
    signals = [Signal(kind, value, OBSERVER) for kind, value in facts.items() if value]
    signals += _own(comment, policy)
    asked = any(rule.signal == OBSCENE_WORDS for rule in policy.rules)
    return signals + (_listed(OBSCENE_WORDS, comment.text, obscene(comment.language)) if asked else [])


def weigh(
    comment: Comment, policy: Policy, signals: Sequence[Signal], past: Past, obscene: Words = nothing_listed
) -> Verdict:
    """Ask the policy about everything that was seen of a comment, and then whether its author is banned.

    What a person decided of others that say nearly the same is one more reason. What a person took back
    from policy once, it does not publish by itself again, nor what came without a proof of work that was due.
    """
    seen = judge([*signals, *observe(comment, policy, past, obscene)], policy)
    more = [BARRING[effect] for effect in past.barred]
    verdict = seen.also([*more, Reason(WAVE, past.wave, "any")] if past.wave else more)
    if past.overruled and verdict.outcome is Status.APPROVED:
        return verdict.also([Reason("undone", Status.HELD, "any")])
    if comment.unproven and verdict.outcome is Status.APPROVED:
        return verdict.also([Reason("no-proof", Status.HELD, "any")])
    return verdict


def _own(comment: Comment, policy: Policy) -> list[Signal]:
    """Find what the site itself lists: words, links in the text, and the author's website."""
    words, links = policy.words.spans(comment.text), policy.links.spans(comment.text)
    found = [(WORD_LIST, words), (LINK_LIST, links)]
    findings = [Finding(code, DETAILS[code], spans) for code, spans in found if spans]
    if policy.links.has(comment.website):
        findings.append(Finding(LISTED_WEBSITE, DETAILS[LISTED_WEBSITE]))
    places = sum(max(len(finding.spans), 1) for finding in findings)
    return [Signal(WORD_LIST, float(places), OBSERVER, tuple(findings))] if findings else []


def _listed(kind: str, text: str, words: WordList) -> list[Signal]:
    spans = words.spans(text)
    if not spans:
        return []
    return [Signal(kind, float(len(spans)), OBSERVER, (Finding(kind, DETAILS[kind], spans),))]
