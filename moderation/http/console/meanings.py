"""What the desk says of codes: reasons, signals and states, in words for the person who decides."""

from collections.abc import Mapping
from typing import Any, Final

from moderation.domain.audit import Act
from moderation.domain.ban import Effect, Mark
from moderation.domain.comment import Status
from moderation.domain.decision import Action
from moderation.domain.keyboard import Verb
from moderation.http.console.naming import STATE_OF
from moderation.http.console.speech import Spoken, gettext
from moderation.http.words import marked

REASONS: Final = Spoken(
    {
        "toxicity": marked("May hurt somebody"),
        "spam": marked("Looks like advertising"),
        "links": marked("Many links"),
        "word-list": marked("Word or link on your list"),
        "obscene-words": marked("Obscene word"),
        "near-duplicate": marked("Said before by others"),
        "too-many": marked("Many comments in a short time"),
        "honeypot": marked("Filled in a hidden field"),
        "form-too-fast": marked("Sent faster than anybody types"),
        "form-reused": marked("One form, sent twice"),
        "edited-after-review": marked("Changed after it was read"),
        "first-comment": marked("First comment of this author"),
        "flagged": marked("Flagged by readers"),
        "unscored": marked("Could not be scored"),
        "unscored-language": marked("A language that is not scored"),
        "scoring-failed": marked("Scoring failed"),
        "no-proof": marked("Came without the proof of work that was due"),
        "policy-holds-all": marked("Every comment is read here"),
        "undone": marked("Taken back once"),
        "staff": marked("Written by staff"),
        "wave": marked("Like others that were decided together"),
        "rescored": marked("Policy would let it pass now"),
        "banned": marked("Its author is banned here"),
        "premoderated": marked("A person reads this author first"),
    }
)
"""A site may give rules codes of its own; those are shown as they are."""

COUNTED: Final = Spoken(
    {
        "links": marked("links"),
        "near-duplicate": marked("others said nearly the same"),
        "too-many": marked("comments in ten minutes"),
        "word-list": marked("places"),
        "obscene-words": marked("places"),
    }
)
"""Signals that count something, and what; the others are shares of one, or mere facts."""

DONE: Final = Spoken(
    {
        Status.APPROVED: marked("Approved"),
        Status.REJECTED: marked("Rejected"),
        Status.SPAM: marked("Marked as spam"),
        Status.HELD: marked("Held"),
        Status.DELETED: marked("Deleted"),
        Status.PENDING: marked("Put back to be checked"),
    }
)

VERBS: Final = Spoken(
    {
        Verb.NEXT: marked("Next comment"),
        Verb.BEFORE: marked("Comment before"),
        Verb.APPROVE: marked("Approve"),
        Verb.REJECT: marked("Reject"),
        Verb.SPAM: marked("Spam"),
        Verb.HOLD: marked("Hold"),
        Verb.REPLY: marked("Reply"),
        Verb.PIN: marked("Pin or unpin"),
        Verb.CLOSE: marked("Close or open the page"),
        Verb.UNDO: marked("Take the last back"),
        Verb.SELECT: marked("Select"),
        Verb.SEARCH: marked("Search"),
        Verb.HELP: marked("This list"),
    }
)
LABELS: Final = Spoken(
    {
        Action.APPROVE: marked("Approve"),
        Action.REJECT: marked("Reject"),
        Action.SPAM: marked("Spam"),
        Action.HOLD: marked("Hold"),
    }
)

ACTS: Final = Spoken(
    {
        Act.DECIDED: marked("Decided a comment"),
        Act.ADDRESS_SHOWN: marked("Looked at an address"),
        Act.SIGNED_IN: marked("Signed in"),
        Act.SIGNED_OUT: marked("Signed out"),
        Act.SIGN_IN_FAILED: marked("Failed to sign in"),
        Act.PERSON_ADDED: marked("Added somebody"),
        Act.PERSON_INVITED: marked("Invited somebody"),
        Act.PERSON_DISABLED: marked("Disabled somebody"),
        Act.PERSON_ENABLED: marked("Let somebody in again"),
        Act.MAILBOX_CHANGED: marked("Changed where somebody's links go"),
        Act.ROLE_CHANGED: marked("Changed a role"),
        Act.PASSWORD_CHANGED: marked("Changed a password"),
        Act.SECOND_FACTOR_CHANGED: marked("Changed a second factor"),
        Act.FACTORS_FORGOTTEN: marked("Removed a lost second factor"),
        Act.PASSKEY_ADDED: marked("Added a passkey"),
        Act.PASSKEY_REMOVED: marked("Removed a passkey"),
        Act.PASSKEY_REFUSED: marked("Brought a passkey that counts backwards"),
        Act.SITE_ADDED: marked("Added a site"),
        Act.SITE_CHANGED: marked("Changed a site"),
        Act.LISTS_SAVED: marked("Saved the lists"),
        Act.RULE_SAVED: marked("Saved a house rule"),
        Act.RULE_REMOVED: marked("Removed a house rule"),
        Act.CANNED_NOTE_SAVED: marked("Saved a canned note"),
        Act.CANNED_NOTE_REMOVED: marked("Removed a canned note"),
        Act.NOTED: marked("Wrote a note"),
        Act.NOTE_REMOVED: marked("Removed a note"),
        Act.BANNED: marked("Banned somebody"),
        Act.BAN_LIFTED: marked("Lifted a ban"),
        Act.MODEL_WITHDRAWN: marked("Withdrew what was learnt"),
        Act.KEY_ADDED: marked("Made a key"),
        Act.KEY_REVOKED: marked("Revoked a key"),
        Act.ENDPOINT_ADDED: marked("Added a webhook"),
        Act.ENDPOINT_CHANGED: marked("Changed a webhook"),
        Act.ENDPOINT_REMOVED: marked("Removed a webhook"),
        Act.SECRET_ROTATED: marked("Rotated a secret"),
        Act.EVENTS_REPLAYED: marked("Sent events again"),
        Act.THREAD_CHANGED: marked("Changed a page"),
        Act.THREADS_MERGED: marked("Merged two pages"),
        Act.WAVES_MERGED: marked("Merged comments alike with others"),
        Act.WAVES_SPLIT: marked("Split comments alike from others"),
        Act.COMMENT_PINNED: marked("Pinned a comment"),
        Act.COMMENT_UNPINNED: marked("Unpinned a comment"),
        Act.AUDIT_EXPORTED: marked("Took the audit along"),
        Act.AUTHOR_EXPORTED: marked("Exported an author"),
        Act.AUTHOR_ERASED: marked("Erased an author"),
        Act.FEED_MADE: marked("Made a feed"),
        Act.FEED_ENDED: marked("Ended a feed"),
    }
)
"""What somebody did, in the order in which one may ask for it."""


def told(act: Act, facts: Mapping[str, Any]) -> str:
    """Say in a line what else is known of something that was done."""
    if act is Act.DECIDED:
        before, after = (STATE_OF.get(facts[name], facts[name]) for name in ("previous", "status"))
        changed = gettext("%(before)s to %(after)s", before=before, after=after)
        undone = gettext("undone: %(changed)s", changed=changed)
        return ", ".join([undone if facts.get("undoes") else changed, *facts.get("reasons", ())])
    return ", ".join(f"{name}: {_listed(value)}" for name, value in facts.items() if value is not None)


def _listed(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


EFFECTS: Final = Spoken(
    {
        Effect.BAN: marked("Reject what they send"),
        Effect.PREMODERATE: marked("Let a person read it first"),
    }
)
MARKS: Final = Spoken(
    {
        Mark.ADDRESS: marked("This author, by the address"),
        Mark.NETWORK: marked("Everybody in the same network"),
        Mark.NAME: marked("Everybody of a name"),
        Mark.DOMAIN: marked("Everybody with an address under a domain"),
    }
)
IN_FORCE: Final = Spoken(
    {
        Effect.BAN: marked("Rejected unread"),
        Effect.PREMODERATE: marked("Read first"),
    }
)
WHOM: Final = Spoken(
    {
        Mark.ADDRESS: marked("this address"),
        Mark.NETWORK: marked("the network"),
        Mark.NAME: marked("the name"),
        Mark.DOMAIN: marked("addresses under"),
    }
)


def meaning(code: str) -> str:
    """Say what a reason means; a site's own code is its own word."""
    return REASONS.get(code, code)
