"""What the desk says of codes: reasons, signals and states, in words for the person who decides."""

from typing import Final

from moderation.domain.comment import Status
from moderation.domain.decision import Action

REASONS: Final = {
    "toxicity": "May hurt somebody",
    "spam": "Looks like advertising",
    "links": "Many links",
    "word-list": "Word on your list",
    "obscene-words": "Obscene word",
    "near-duplicate": "Said before by others",
    "too-many": "Many comments in a short time",
    "honeypot": "Filled in a hidden field",
    "form-too-fast": "Sent faster than anybody types",
    "form-reused": "One form, sent twice",
    "edited-after-review": "Changed after it was read",
    "first-comment": "First comment of this author",
    "flagged": "Flagged by readers",
    "unscored": "Could not be scored",
    "unscored-language": "A language that is not scored",
    "scoring-failed": "Scoring failed",
    "policy-holds-all": "Every comment is read here",
    "undone": "Taken back once",
    "staff": "Written by staff",
    "wave": "Like others that were decided together",
    "rescored": "Policy would let it pass now",
}
"""A site may give rules codes of its own; those are shown as they are."""

COUNTED: Final = {
    "links": "links",
    "near-duplicate": "others said nearly the same",
    "too-many": "comments in ten minutes",
    "word-list": "places",
    "obscene-words": "places",
}
"""Signals that count something, and what; the others are shares of one, or mere facts."""

DONE: Final = {
    Status.APPROVED: "Approved",
    Status.REJECTED: "Rejected",
    Status.SPAM: "Marked as spam",
    Status.HELD: "Held",
    Status.DELETED: "Deleted",
    Status.PENDING: "Put back to be checked",
}

KEYS: Final = {Action.APPROVE: "f", Action.REJECT: "d", Action.SPAM: "s", Action.HOLD: "h"}
"""The key of each decision; the same as in Coral, where there is one."""

LABELS: Final = {Action.APPROVE: "Approve", Action.REJECT: "Reject", Action.SPAM: "Spam", Action.HOLD: "Hold"}


def meaning(code: str) -> str:
    """Say what a reason means; a site's own code is its own word."""
    return REASONS.get(code, code)
