"""What the desk says of codes: reasons, signals and states, in words for the person who decides."""

from collections.abc import Mapping
from typing import Any, Final

from moderation.domain.audit import Act
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
    "no-proof": "Came without the proof of work that was due",
    "policy-holds-all": "Every comment is read here",
    "undone": "Taken back once",
    "staff": "Written by staff",
    "wave": "Like others that were decided together",
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


ACTS: Final = {
    Act.DECIDED: "Decided a comment",
    Act.ADDRESS_SHOWN: "Looked at an address",
    Act.SIGNED_IN: "Signed in",
    Act.SIGNED_OUT: "Signed out",
    Act.PERSON_ADDED: "Added somebody",
    Act.PERSON_INVITED: "Invited somebody",
    Act.PERSON_DISABLED: "Disabled somebody",
    Act.PERSON_ENABLED: "Let somebody in again",
    Act.MAILBOX_CHANGED: "Changed where somebody's links go",
    Act.ROLE_CHANGED: "Changed a role",
    Act.PASSWORD_CHANGED: "Changed a password",
    Act.SECOND_FACTOR_CHANGED: "Changed a second factor",
    Act.SITE_ADDED: "Added a site",
    Act.SITE_CHANGED: "Changed a site",
    Act.LISTS_SAVED: "Saved the lists",
    Act.RULE_SAVED: "Saved a house rule",
    Act.RULE_REMOVED: "Removed a house rule",
    Act.CANNED_NOTE_SAVED: "Saved a canned note",
    Act.CANNED_NOTE_REMOVED: "Removed a canned note",
    Act.BANNED: "Banned somebody",
    Act.BAN_LIFTED: "Lifted a ban",
    Act.MODEL_WITHDRAWN: "Withdrew what was learnt",
    Act.KEY_ADDED: "Made a key",
    Act.KEY_REVOKED: "Revoked a key",
    Act.ENDPOINT_ADDED: "Added a webhook",
    Act.ENDPOINT_CHANGED: "Changed a webhook",
    Act.ENDPOINT_REMOVED: "Removed a webhook",
    Act.SECRET_ROTATED: "Rotated a secret",
    Act.EVENTS_REPLAYED: "Sent events again",
    Act.THREAD_CHANGED: "Changed a page",
    Act.THREADS_MERGED: "Merged two pages",
    Act.AUDIT_EXPORTED: "Took the audit along",
}
"""What somebody did, in the order in which one may ask for it."""


def told(act: Act, facts: Mapping[str, Any]) -> str:
    """Say in a line what else is known of something that was done."""
    if act is Act.DECIDED:
        changed = f"{facts['previous']} to {facts['status']}"
        return ", ".join([f"undone: {changed}" if facts.get("undoes") else changed, *facts.get("reasons", ())])
    return ", ".join(f"{name}: {_listed(value)}" for name, value in facts.items() if value is not None)


def _listed(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


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
