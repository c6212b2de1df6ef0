"""What anybody may read of a page, and authors of what is theirs."""

from typing import Literal
from uuid import UUID

from pydantic import Field, RootModel

from moderation.domain.comment import Status
from moderation.http.answers.base import Cursor, Instant, Mask, Shown


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
