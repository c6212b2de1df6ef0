"""The shapes of our answers, for the document and for the tests that hold every answer against it.

What is sent is built in `shapes.py` and `review_shapes.py`; nothing beyond these fields leaves.
"""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, RootModel

from moderation.domain.appeal import Outcome
from moderation.domain.ban import Effect, Mark
from moderation.domain.comment import Status
from moderation.domain.decision import Actor
from moderation.domain.delivery import State
from moderation.domain.endpoint import Ending, Format
from moderation.domain.event import EventType
from moderation.domain.person import Role
from moderation.domain.scope import Scope
from moderation.domain.site import Proof

Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"}, description="RFC 3339, in UTC.")]
Mask = Annotated[str, Field(description="An e-mail address as its mask, such as `a***@e***.com`.")]
Cursor = Annotated[str | None, Field(description="Where the next page begins; null where there is none.")]


class Shown(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(extra="forbid")


class Fault(Shown):
    """One thing that is wrong with what was sent."""

    pointer: str = Field(description="A JSON pointer (RFC 6901) into what was sent, or to a name in the query.")
    code: str
    detail: str


class Problem(Shown):
    """A failure (RFC 9457)."""

    type: str = Field(description="Stable; leads to its sentence on the page of problems.")
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[Fault] = Field([], description="With a 422: everything that is wrong, at once.")
    comment: UUID | None = Field(None, description="With `duplicate`: the comment that says it already.")


class PublicAuthor(Shown):
    """Who wrote a comment, as everybody sees it."""

    name: str
    url: str | None
    staff: Literal[True] = Field(default=True, description="Only there for the site's own people.")


class PublicComment(Shown):
    """A comment as everybody sees it."""

    id: UUID
    thread: str
    parent: UUID | None
    depth: int
    author: PublicAuthor
    text: str
    html: str | None
    created_at: Instant
    edited_at: Instant | None


class Gap(Shown):
    """A comment that is not public but has public replies."""

    id: UUID
    parent: UUID | None
    depth: int
    gone: Literal[True]


class PublicPage(Shown):
    """A page of comments."""

    items: list[PublicComment | Gap]
    next: Cursor
    pinned: list[PublicComment] = Field(
        [], description="Only there on the first page, if any are: those that stand before all others, too."
    )


class Counts(RootModel[dict[str, int]]):
    """The number of public comments of each page that was asked for."""


class OwnAuthor(Shown):
    """An author as they see themselves."""

    name: str
    email: Mask | None
    url: str | None


class ReviewTime(Shown):
    """How long it usually takes until a person decides."""

    usually_minutes: int = Field(description="The median of the site's latest decisions, from arrival on.")


class ToldRule(Shown):
    """A house rule as an author is told it, in the words that went when it was cited."""

    code: str
    version: int
    title: str
    text: str


class OwnAppeal(Shown):
    """What an author may know of an appeal."""

    state: Literal["possible", "waiting", "upheld", "refused", "lapsed"] = Field(
        description="Whether one can be made, waits, or how it ended: it lapses where its comment is withdrawn."
    )
    until: Instant | None = Field(description="Until when one can be made; null where one was.")
    created_at: Instant | None
    decided_at: Instant | None


class OwnComment(Shown):
    """A comment as its author sees it, whatever happens to it next."""

    id: UUID
    status: Status
    reason: str | None = Field(description="Why it is not public, in a stable word; null while it waits.")
    thread: str
    parent: UUID | None
    depth: int
    author: OwnAuthor
    text: str
    html: str | None
    created_at: Instant
    edited_at: Instant | None
    editable_until: Instant
    status_url: str
    review: ReviewTime | None = Field(
        None, description="Only there while it waits, and where enough was decided lately to say."
    )
    rule: ToldRule | None = Field(None, description="Only there where the comment was refused and a rule is named.")
    note: str = Field("", description="Only there where a moderator wrote to the author.")
    appeal: OwnAppeal | None = Field(None, description="Only there where one can be made, or was.")
    receipt: str = Field(description="Proves that the comment is yours; send it as `Authorization: Receipt …`.")


class ChallengeParameters(Shown):
    """What is to be found: the counter whose key begins with the prefix."""

    algorithm: Literal["PBKDF2/SHA-256"]
    cost: int = Field(description="Rounds of PBKDF2.")
    expiresAt: int = Field(description="When it is over, in seconds since 1970.")  # noqa: N815 (ALTCHA's name)
    keyLength: int = Field(description="How many bytes are derived.")  # noqa: N815
    keyPrefix: str = Field(description="How the right key begins, in hexadecimal.")  # noqa: N815
    nonce: str = Field(description="The password's beginning; the counter follows as four bytes, the greatest first.")
    salt: str


class ChallengeShown(Shown):
    """Work for a browser, as ALTCHA's second protocol has it."""

    parameters: ChallengeParameters
    signature: str


class FlagTaken(Shown):
    """A flag arrived."""

    status: Literal["received"]


class ModeratedAuthor(OwnAuthor):
    """An author as moderators see them."""

    staff: bool
    member: bool = Field(description="Whether the site signed them in, so that nobody else writes as them.")


class KnownAuthor(ModeratedAuthor):
    """An author with their record at this site."""

    record: dict[Status, int] | None = Field(description="How many of their comments are in each state.")


class ListedComment(Shown):
    """One line of the review queue."""

    id: UUID
    status: Status
    version: int
    reasons: list[str]
    site: UUID
    thread: str
    thread_title: str | None
    parent: UUID | None
    depth: int
    author: ModeratedAuthor
    text: str
    html: str | None
    language: str | None
    created_at: Instant
    edited_at: Instant | None


class ReviewPage(Shown):
    """A page of the review queue."""

    items: list[ListedComment]
    next: Cursor


class SeenFinding(Shown):
    """One observation behind a signal."""

    code: str
    detail: str
    spans: list[tuple[int, int]] = Field(description="Where it stands: half-open ranges of characters in `text`.")


class SeenSignal(Shown):
    """What one scorer saw."""

    kind: str
    value: float
    scorer: str
    language: str | None
    attributes: dict[str, float]
    findings: list[SeenFinding]


class PinShown(Shown):
    """Whether a comment stands before all others on its page."""

    comment: UUID
    thread: str
    pinned: bool


class CitedRule(Shown):
    """A house rule in the version that a decision cites."""

    code: str
    version: int


class LoggedDecision(Shown):
    """One line of a comment's history."""

    id: UUID
    version: int
    previous: Status
    status: Status
    reasons: list[str]
    by: Actor
    actor: UUID | None
    note: str
    undoes: UUID | None
    created_at: Instant
    rule: CitedRule | None = Field(None, description="The house rule that it cites.")
    public_note: str = Field("", description="What its author was told beside.")


class AppealShown(Shown):
    """What the author of a comment says against a decision on it."""

    text: str | None = Field(description="The author's words; null where the key that opens them is lost.")
    created_at: Instant
    against: UUID = Field(description="The decision that it is against, which is in `history`.")
    outcome: Outcome | None = Field(description="Null while it waits.")
    decision: UUID | None = Field(description="The decision by which it ended.")
    decided_at: Instant | None


class WholeComment(Shown):
    """One comment with all that helps to decide it."""

    id: UUID
    status: Status
    version: int
    reasons: list[str]
    site: UUID
    thread: str
    parent: UUID | None
    depth: int
    author: KnownAuthor
    text: str
    html: str | None
    language: str | None
    signals: list[SeenSignal]
    flags: int
    appeal: AppealShown | None
    history: list[LoggedDecision]
    created_at: Instant
    edited_at: Instant | None
    deleted_at: Instant | None


class NameUsed(Shown):
    """A name that an author gave, and with how many comments."""

    name: str
    comments: int


class AuthorSeen(Shown):
    """What was seen of an author; all but `first` is told of their latest thousand comments."""

    first: Instant
    last: Instant
    names: list[NameUsed]
    decided: int = Field(description="Comments that policy approved, rejected or called spam.")
    overturned: int = Field(description="Of these, those that a person decided the other way.")


class BanShown(Shown):
    """A ban that is in force."""

    id: UUID
    effect: Effect
    mark: Mark = Field(description="By what its author is known again.")
    pattern: str | None = Field(description="The name or the domain that was written; null for other marks.")
    reason: str
    actor: UUID
    created_at: Instant
    until: Instant | None = Field(description="Null for one without an end.")


class NoteShown(Shown):
    """A moderator's note, for the moderators of this site alone."""

    id: UUID
    comment: UUID
    about: Literal["comment", "author"]
    text: str
    actor: UUID
    created_at: Instant


class AuthorShown(Shown):
    """Whoever wrote a comment, as its site knows them."""

    comment: UUID
    site: UUID
    name: str
    email: str | None = Field(description="Masked.")
    record: dict[Status, int] | None = Field(description="How many of their comments are in each state.")
    seen: AuthorSeen | None = Field(description="Null where no address tells them from others.")
    bans: list[BanShown] = Field(description="Those that hold for this author now.")
    notes: list[NoteShown]


class Decided(Shown):
    """A decision that was made, and the comment as it is now."""

    id: UUID
    comment: WholeComment


class DecidedOne(Shown):
    """One of several decisions that was made."""

    comment: UUID
    id: UUID
    status: Status
    version: int


class RefusedOne(Shown):
    """One of several decisions that was not made, and why."""

    comment: UUID
    error: Problem


class DecidedMany(Shown):
    """A result for each decision, in the order in which they were sent."""

    items: list[DecidedOne | RefusedOne]
    next: None


class Address(Shown):
    """An author's e-mail address, in full."""

    email: str


class SiteShown(Shown):
    """A site and what it has chosen."""

    id: UUID
    site_key: str = Field(description="Names the site in browsers; no secret.")
    name: str
    origins: list[str]
    required: list[str]
    close_after_days: int | None
    share_campaigns: bool = Field(description="Compares comments with those of other sites here that share.")
    learn: bool = Field(description="Lets its moderators' decisions teach the scorers.")
    confirm: bool = Field(
        description="Asks authors by mail to confirm their address; only confirmed ones have a record."
    )
    tell_authors: bool = Field(description="Lets authors be told by mail of replies and decisions.")
    language: Literal["en", "de", "fr", "es"] | None = Field(description="Of mails to authors; null for the comment's.")
    members: bool = Field(description="Whether it has a secret for tokens of members whom it signed in.")
    members_only: bool = Field(description="Takes comments of members alone.")
    proof: Proof = Field(description="When a browser has to work before its comment may be published.")
    scorer_url: str | None = Field(description="Where a scorer of the site's own is asked.")
    created_at: Instant


class SiteChanged(SiteShown):
    """A site as it is now."""

    scorer_secret: str = Field("", description="Only there where it was just made, and shown this once.")


class MemberSecret(Shown):
    """A new secret for tokens of members."""

    secret: str = Field(pattern="^mem_", description="Shown this once. Its characters, as they are, sign by HS256.")
    old_secret_until: Instant | None = Field(description="How long the one before counts too.")


class SitePage(Shown):
    """The sites of a key."""

    items: list[SiteShown]
    next: Cursor


class PolicyShown(Shown):
    """A policy as TOML."""

    policy: str


class ThreadShown(Shown):
    """One page with comments."""

    id: UUID
    site: UUID
    thread: str = Field(description="The site's own id for the page, or its canonical address.")
    url: str | None
    title: str | None
    comments: int = Field(description="How many are public.")
    closed: bool = Field(description="Whether new comments are refused, by hand or by age.")
    closed_at: Instant | None = Field(description="When it was closed by hand.")
    opened_at: Instant
    merged_into: UUID | None


class ThreadPage(Shown):
    """A page of threads."""

    items: list[ThreadShown]
    next: Cursor


class KeyShown(Shown):
    """A secret key as we know it: never the secret itself."""

    id: UUID
    name: str
    hint: str = Field(description="How its secret begins.")
    scopes: list[Scope]
    created_at: Instant
    last_used_at: Instant | None
    revoked_at: Instant | None


class KeyMade(KeyShown):
    """A new key."""

    secret: str = Field(description="Shown this once.")


class KeyPage(Shown):
    """The keys of a site."""

    items: list[KeyShown]
    next: Cursor


class AuthorAtSite(Shown):
    """What one site keeps about somebody; its parts are told of in the guide to privacy."""

    site: dict[str, str] = Field(description="Its `id` and `name`.")
    comments: list[dict[str, Any]] = Field(description="Each with its decisions, scores, and looks at the address.")
    notes: list[dict[str, Any]]
    bans: list[dict[str, Any]]
    mailboxes: list[dict[str, Any]]
    wants_to_be_told: list[dict[str, Any]]
    mails: list[dict[str, Any]]
    told_to: list[dict[str, Any]] = Field(description="The hosts that heard of the comments.")


class AuthorExport(Shown):
    """Everything that is kept about somebody who comments."""

    format: int
    made_at: Instant
    sites: list[AuthorAtSite]
    not_here: list[str] = Field(description="What nothing can find, in sentences.")


class ErasureShown(Shown):
    """Somebody's wish to be erased; of whom it is, is not told."""

    id: UUID
    asked_at: Instant = Field(description="What came later is not meant.")
    keep_bans: bool
    finished_at: Instant | None = Field(description="Null while there is something left.")


class ErasurePage(Shown):
    """Erasures at a site."""

    items: list[ErasureShown]
    next: Cursor


class UserShown(Shown):
    """Somebody who works at the site."""

    id: UUID
    name: str
    role: Role | None = Field(description="What they are at this site; null once they are nobody.")
    disabled: bool = Field(description="Whether they are let in nowhere.")
    invited_until: Instant | None = Field(description="Until when a link to choose a password is good.")
    second_factor: bool
    created_at: Instant


class UserInvited(UserShown):
    """Somebody with a link to choose a password."""

    invitation: str | None = Field(description="The link, this once; null where it is on its way by mail.")


class UserPage(Shown):
    """Who works at the site."""

    items: list[UserShown]
    next: Cursor


class ToldAuthor(Shown):
    """An author as publishers hear of them."""

    name: str
    url: str | None


class ToldComment(Shown):
    """A comment as publishers hear of it."""

    id: UUID
    site: UUID
    thread: str
    parent: UUID | None
    status: Status
    reasons: list[str]
    author: ToldAuthor
    text: str | None = Field(description="Null once it is another text than the event speaks of, or over 20 kB.")
    html: str | None
    created_at: Instant


class ToldData(Shown):
    """What happened."""

    comment: ToldComment
    previous: Status | None
    by: Actor
    rule: str = Field("", description="Only there where a house rule is cited: its code.")


class ToldEvent(Shown):
    """One event; the body of a webhook is the same."""

    type: EventType
    id: str = Field(pattern="^evt_")
    timestamp: Instant
    sequence: int = Field(description="Counts the events of one comment.")
    data: ToldData


class ToldNothing(Shown):
    """A ping says nothing."""


class ToldPing(Shown):
    """A ping, which shows that events arrive."""

    type: Literal["ping"]
    id: str = Field(pattern="^evt_")
    timestamp: Instant
    sequence: Literal[0]
    data: ToldNothing


class EndpointShown(Shown):
    """An address at which a publisher hears of events, and how it fares."""

    id: UUID
    url: str
    description: str
    events: list[EventType] = Field(description="None of them means all.")
    thread_prefix: str | None
    language: str | None
    headers: list[str] = Field(description="The names of the headers that go along.")
    format: Format = Field(description="In which words it hears of an event.")
    enabled: bool
    ended: Ending | None = Field(description="Why it is disabled: by itself, for failing, or by its owner.")
    failures: int = Field(description="How many attempts failed in a row.")
    failing_since: Instant | None
    rests_until: Instant | None = Field(description="Until when it is left alone, since it failed often in a row.")
    old_secret_until: Instant | None = Field(description="How long the secret before the last rotation signs too.")
    created_at: Instant


class EndpointMade(EndpointShown):
    """An endpoint with a new secret."""

    secret: str = Field(pattern="^whsec_", description="Shown this once.")


class EndpointChanged(EndpointShown):
    """An endpoint as it was saved."""

    warnings: list[Fault] = Field(description="What is odd and kept all the same, such as a name that nobody knows.")


class EndpointAdded(EndpointMade, EndpointChanged):
    """An endpoint as it was saved, with its secret."""


class EndpointPage(Shown):
    """The endpoints of a site."""

    items: list[EndpointShown]
    next: Cursor


class PingPlanned(Shown):
    """A ping is on its way."""

    delivery: UUID


class AttemptShown(Shown):
    """One try to deliver."""

    ended_at: Instant
    status: int | None = Field(description="What was answered; null where nothing was.")
    failure: str | None = Field(
        description="Why there was no answer: `refused`, `unreached`, `untrusted`, `too-slow`, …; null where there was."
    )
    latency_ms: int
    answer: str = Field(description="The beginning of what was answered, as text; show it as nothing else.")


class DeliveryShown(Shown):
    """One event on its way to one endpoint."""

    id: UUID
    event: str = Field(pattern="^evt_")
    type: EventType | Literal["ping"]
    state: State
    attempts: list[AttemptShown]
    planned_at: Instant
    due_at: Instant | None = Field(description="When it is tried the next time.")
    finished_at: Instant | None


class DeliveryPage(Shown):
    """A page of deliveries."""

    items: list[DeliveryShown]
    next: Cursor


class Replayed(Shown):
    """How much is sent once more."""

    planned: int
    next: Annotated[
        str | None, Field(description="Sent as `cursor` with the same choice, it leads on; null where nothing follows.")
    ]


class EventPage(Shown):
    """A page of the feed."""

    items: list[ToldEvent]
    next: Annotated[str | None, Field(description="Leads on from the last item; null where there is none.")]


class Alive(Shown):
    """This process answers."""

    status: Literal["alive"]


class Readiness(Shown):
    """Whether comments can be taken in."""

    status: Literal["ready", "not-ready"]
    checks: dict[str, str] = Field({}, description="What is wrong, with a sentence each.")


class OpenApi(RootModel[dict[str, Any]]):
    """This document."""
