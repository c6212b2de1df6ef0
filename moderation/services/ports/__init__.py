"""What services ask of the outside, and `Deps`, the bag that carries it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from moderation.domain.audit import OPERATOR, Who
from moderation.domain.voice import Voice
from moderation.domain.wordlist import WordList
from moderation.services.ports.comments import Comments, Echoes, Flags, Onces, Waves, Wordings
from moderation.services.ports.judging import Appeals, Audit, Jobs, Learned, Log, Signals
from moderation.services.ports.outside import (
    Authenticators,
    FindWay,
    Limits,
    Post,
    Proofs,
    Ring,
    Say,
    Seals,
    Send,
    Vault,
)
from moderation.services.ports.people import Bans, Invitations, Notes, Passkeys, People, Portraits, Workplaces
from moderation.services.ports.privacy import Erasures, Traces
from moderation.services.ports.rules import CannedNotes, HouseRules
from moderation.services.ports.scorers import Learner, Remotes, RemoteScorer, Scorer, SiteModel
from moderation.services.ports.sites import Editions, Feeds, Keys, Listings, Sites, Threads
from moderation.services.ports.statistics import Proposals, Statistics, Tallies
from moderation.services.ports.telling import AuthorMails, Deliveries, Endpoints, Events, Mailboxes, Notices
from moderation.services.ports.units import Inbox, Uow, Views
from moderation.services.ports.values import (
    ATTEMPTS,
    BELL_OF,
    FORM,
    KEY,
    PROOF,
    RENDER,
    REPEAT,
    TOKEN,
    Attempted,
    Bell,
    Claim,
    Claimed,
    FormReading,
    Lasting,
    Limit,
    Once,
    Parcel,
    Period,
    Reader,
    Remembered,
    Replay,
    Replayed,
    Row,
    Standing,
    Stretch,
    Told,
    Way,
)

__all__ = [
    "ATTEMPTS",
    "BELL_OF",
    "FORM",
    "KEY",
    "PROOF",
    "RENDER",
    "REPEAT",
    "TOKEN",
    "Appeals",
    "Attempted",
    "Audit",
    "Authenticators",
    "AuthorMails",
    "Bans",
    "Bell",
    "CannedNotes",
    "Claim",
    "Claimed",
    "Comments",
    "Deliveries",
    "Deps",
    "Echoes",
    "Editions",
    "Endpoints",
    "Erasures",
    "Events",
    "Feeds",
    "FindWay",
    "Flags",
    "FormReading",
    "HouseRules",
    "Inbox",
    "Invitations",
    "Jobs",
    "Keys",
    "Lasting",
    "Learned",
    "Learner",
    "Limit",
    "Limits",
    "Listings",
    "Log",
    "Mailboxes",
    "Notes",
    "Notices",
    "Once",
    "Onces",
    "Parcel",
    "Passkeys",
    "People",
    "Period",
    "Portraits",
    "Post",
    "Proofs",
    "Proposals",
    "Reader",
    "Remembered",
    "RemoteScorer",
    "Remotes",
    "Replay",
    "Replayed",
    "Ring",
    "Row",
    "Say",
    "Scorer",
    "Seals",
    "Send",
    "Signals",
    "SiteModel",
    "Sites",
    "Standing",
    "Statistics",
    "Stretch",
    "Tallies",
    "Threads",
    "Told",
    "Traces",
    "Uow",
    "Vault",
    "Views",
    "Waves",
    "Way",
    "Wordings",
    "Workplaces",
]


@dataclass(frozen=True)
class Deps:
    """Everything a service may touch."""

    uow: Callable[[UUID | None], AbstractContextManager[Uow]]
    """Open a transaction that may write, in one site, or with None in all of them (workers)."""
    reading: Callable[[UUID | None], AbstractContextManager[Uow]]
    """Open one that only reads."""
    snapshot: Callable[[UUID | None], AbstractContextManager[Uow]]
    """Open one that only reads, and in which all that is read is of one moment."""
    views: Callable[[UUID], AbstractContextManager[Views]]
    inbox: Inbox
    scorers: Mapping[str, Scorer]
    """By kind; only workers have any."""
    obscene: Callable[[str | None], WordList]
    """The public list of obscene words in a language; what is not used is not loaded."""
    remotes: Remotes
    """Only workers ask them."""
    learner: Learner | None
    """Only workers have one; without it, everybody gets what the scorers say."""
    send: Send
    """Only workers send."""
    way: FindWay
    """Says of an address, before it is kept, whether a worker may send there."""
    post: Post
    """Only workers send mail."""
    may_post: bool
    """Whether the operator named a mail server."""
    public_url: str
    """Where people reach this installation, for links that they are sent."""
    say: Say
    voice: Callable[[str | None], Voice]
    """Speaks to whoever works at the desk, in a language; English where that is none of ours."""
    appealing: timedelta
    """For so long after a comment was turned down its author may appeal; for no time where nobody may."""
    kinds: tuple[str, ...]
    """Every kind of job that a new text gets on every site."""
    render: Callable[[str], str]
    vault: Vault
    seals: Seals
    claims_of: Callable[[str, Sequence[str]], Mapping[str, Any] | None]
    """Give the claims of a token that one of these secrets signed; None for what is no such token."""
    proofs: Proofs
    authenticators: Callable[[], Authenticators]
    """What is not used is not loaded."""
    limits: Limits
    ring: Ring
    hashed: Callable[[str], str]
    """Turn a password into what may be kept of it; slow by intent."""
    starting_policy: Callable[[str], str]
    """Give a policy that a new site may start from."""
    lasting: Lasting
    close: Callable[[], None]
    """Let go of every connection; what is used afterwards opens new ones."""
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]
    by: Who = OPERATOR
    """On whose behalf all this is done, for the audit."""
