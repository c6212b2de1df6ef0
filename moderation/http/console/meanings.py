"""What the desk says of codes: reasons, signals and states, in words for the person who decides."""

from typing import Final

from moderation.domain.ban import Effect, Mark
from moderation.domain.comment import Status
from moderation.domain.decision import Action

REASONS: Final = {
    "toxicity": "May hurt somebody",
    "spam": "Looks like advertising",
    "links": "Many links",
    "word-list": "Word or link on your list",
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
    "rescored": "Policy would let it pass now",
    "banned": "Its author is banned here",
    "premoderated": "A person reads this author first",
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


EFFECTS: Final = {
    Effect.BAN: "Reject what they send",
    Effect.PREMODERATE: "Let a person read it first",
}
MARKS: Final = {
    Mark.ADDRESS: "This author, by the address",
    Mark.NETWORK: "Everybody in the same network",
    Mark.NAME: "Everybody of a name",
    Mark.DOMAIN: "Everybody with an address under a domain",
}
IN_FORCE: Final = {
    Effect.BAN: "Rejected unread",
    Effect.PREMODERATE: "Read first",
}
WHOM: Final = {
    Mark.ADDRESS: "this address",
    Mark.NETWORK: "the network",
    Mark.NAME: "the name",
    Mark.DOMAIN: "addresses under",
}


def meaning(code: str) -> str:
    """Say what a reason means; a site's own code is its own word."""
    return REASONS.get(code, code)
