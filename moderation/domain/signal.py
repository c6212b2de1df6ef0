"""Signals: what was seen in a comment, by whom, and why it matters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

Span = tuple[int, int]
"""Half-open range of characters (code points) in the original text."""

SPAM: Final = "spam"
TOXICITY: Final = "toxicity"
SCORED: Final = (SPAM, TOXICITY)
"""Every kind of signal that the scorers of this house give, of every text."""
REMOTE: Final = "remote"
"""The kind of signal that a site's own scorer gives, where the site has one."""
KINDS: Final = (*SCORED, REMOTE)
"""Every kind of signal that some scorer gives, and that a policy may insist on."""
ABSTAINED: Final = "-abstained"
"""A scorer that was asked and cannot say leaves a signal of its kind with this ending."""
FACTS: Final = (
    "any",
    "links",
    "word-list",
    "obscene-words",
    "known-author",
    "first-comment",
    "near-duplicate",
    "too-many",
    "honeypot",
    "edited-after-review",
    "form-absent",
    "form-sound",
    "form-young",
    "form-reused",
    "form-unsound",
)
"""Plain facts that `observation.observe` turns into signals."""
KNOWN: Final = frozenset({*KINDS, *(kind + ABSTAINED for kind in KINDS), *FACTS})
"""Every signal that a rule may ask for."""
ATTRIBUTES: Final = ("severe_toxicity", "obscene", "threat", "insult", "identity_attack")


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation behind a score: a stable code, a sentence for people, where it stands in the text."""

    code: str
    detail: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Signal:
    """One number about a comment, between 0 and 1 for a scorer, a count or an age for a plain fact.

    `scorer` names what produced it and its version, so that a stored signal can be
    explained years later.
    """

    kind: str
    value: float
    scorer: str
    findings: tuple[Finding, ...] = ()
    attributes: Mapping[str, float] = field(default_factory=dict)
    language: str | None = None

    @property
    def spans(self) -> tuple[Span, ...]:
        """Every marked range, in order and without repeats."""
        return tuple(sorted({span for finding in self.findings for span in finding.spans}))
