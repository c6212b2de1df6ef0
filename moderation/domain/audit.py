"""The audit: what was done at a site beside deciding its comments, on whose behalf, and to what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID


class Doer(StrEnum):
    """On whose behalf something is done."""

    PERSON = "person"
    KEY = "key"
    OPERATOR = "operator"
    """Whoever runs the installation, at its command line."""
    STRANGER = "stranger"
    """Whoever it was did not prove who they are."""


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who does something; an operator is known by nothing."""

    kind: Doer
    id: UUID | None = None


OPERATOR: Final = Who(Doer.OPERATOR)


class Act(StrEnum):
    """Everything that is written down for the audit; decisions and looks at addresses are kept by themselves."""

    DECIDED = "decided"
    ADDRESS_SHOWN = "address-shown"
    SIGNED_IN = "signed-in"
    SIGNED_OUT = "signed-out"
    SIGN_IN_FAILED = "sign-in-failed"
    PERSON_ADDED = "person-added"
    PERSON_INVITED = "person-invited"
    PERSON_DISABLED = "person-disabled"
    PERSON_ENABLED = "person-enabled"
    MAILBOX_CHANGED = "mailbox-changed"
    ROLE_CHANGED = "role-changed"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105 (the name of an act)
    SECOND_FACTOR_CHANGED = "second-factor-changed"
    FACTORS_FORGOTTEN = "factors-forgotten"
    PASSKEY_ADDED = "passkey-added"
    PASSKEY_REMOVED = "passkey-removed"
    PASSKEY_REFUSED = "passkey-refused"
    SITE_ADDED = "site-added"
    SITE_CHANGED = "site-changed"
    LISTS_SAVED = "lists-saved"
    RULE_SAVED = "rule-saved"
    RULE_REMOVED = "rule-removed"
    CANNED_NOTE_SAVED = "canned-note-saved"
    CANNED_NOTE_REMOVED = "canned-note-removed"
    NOTED = "noted"
    NOTE_REMOVED = "note-removed"
    BANNED = "banned"
    BAN_LIFTED = "ban-lifted"
    MODEL_WITHDRAWN = "model-withdrawn"
    KEY_ADDED = "key-added"
    KEY_REVOKED = "key-revoked"
    ENDPOINT_ADDED = "endpoint-added"
    ENDPOINT_CHANGED = "endpoint-changed"
    ENDPOINT_REMOVED = "endpoint-removed"
    SECRET_ROTATED = "secret-rotated"  # noqa: S105 (the name of an act)
    EVENTS_REPLAYED = "events-replayed"
    THREAD_CHANGED = "thread-changed"
    THREADS_MERGED = "threads-merged"
    WAVES_MERGED = "waves-merged"
    WAVES_SPLIT = "waves-split"
    COMMENT_PINNED = "comment-pinned"
    COMMENT_UNPINNED = "comment-unpinned"
    AUDIT_EXPORTED = "audit-exported"
    AUTHOR_EXPORTED = "author-exported"
    AUTHOR_ERASED = "author-erased"
    FEED_MADE = "feed-made"
    FEED_ENDED = "feed-ended"


KEPT_APART: Final = frozenset({Act.DECIDED, Act.ADDRESS_SHOWN})


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done; where it concerns several sites, it has the same id at each."""

    id: UUID
    site_id: UUID
    act: Act
    by: Doer
    actor_id: UUID | None
    created_at: datetime
    subject: UUID | None = None
    """The key, endpoint, thread, comment or person that it was done to."""
    told: Mapping[str, Any] = field(default_factory=dict)
    """What else is to be known of it: names of choices, and nothing that is secret."""
