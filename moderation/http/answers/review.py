"""What moderators read of comments, their authors, and what was decided."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from moderation.domain.appeal import Outcome
from moderation.domain.ban import Effect, Mark
from moderation.domain.comment import Status
from moderation.domain.decision import Actor
from moderation.http.answers.base import Cursor, Instant, Problem, Shown
from moderation.http.answers.public import OwnAuthor


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
    actor: UUID | None = Field(description="The person or the key that made it; null for the operator.")
    created_at: Instant
    until: Instant | None = Field(description="Null for one without an end.")


class RecordedBan(BanShown):
    """A ban as its site keeps it on record."""

    comment: UUID | None = Field(description="The comment at which it was made, if it was at one.")
    in_force: bool
    lifted_at: Instant | None
    lifted_by: UUID | None = Field(description="The person or the key that lifted it; null for the operator, too.")


class BanPage(Shown):
    """A page of a site's bans."""

    items: list[RecordedBan]
    next: Cursor


class NoteShown(Shown):
    """A moderator's note, for the moderators of this site alone."""

    id: UUID
    comment: UUID
    about: Literal["comment", "author"]
    text: str
    actor: UUID | None = Field(description="The person or the key that wrote it; null for the operator.")
    created_at: Instant


class NotePage(Shown):
    """A page of notes."""

    items: list[NoteShown]
    next: Cursor


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
