"""What owners read of their sites: choices, threads, keys, people, and what authors asked for."""

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from moderation.domain.comment import Status
from moderation.domain.person import Role
from moderation.domain.scope import Scope
from moderation.domain.site import Proof
from moderation.http.answers.base import Cursor, Fault, Instant, Shown


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
    language: Literal["en", "de", "fr", "es"] | None = Field(
        description="Of mails to authors, null for the comment's; and to moderators and invited people who chose none."
    )
    members: bool = Field(description="Whether it has a secret for tokens of members whom it signed in.")
    members_only: bool = Field(description="Takes comments of members alone.")
    proof: Proof = Field(description="When a browser has to work before its comment may be published.")
    scorer_url: str | None = Field(description="Where a scorer of the site's own is asked.")
    created_at: Instant


class SiteChanged(SiteShown):
    """A site as it is now."""

    scorer_secret: str = Field("", description="Only there where it was just made, and shown this once.")
    warnings: list[Fault] = Field(description="What is odd and kept all the same, such as a name that nobody knows.")


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


class ListsShown(Shown):
    """A site's own lists."""

    words: list[str]
    links: list[str]
    version: UUID | None = Field(description="Names this save; null where nothing was ever saved.")
    saved_at: Instant | None
    actor: UUID | None = Field(description="The person or the key that saved them; null for the operator, too.")


class ListHint(Shown):
    """Something about an entry that whoever lists it may not have meant."""

    entry: str
    detail: str


class WouldBeCaught(Shown):
    """One comment that lists would catch."""

    comment: UUID
    status: Status
    spans: list[tuple[int, int]] = Field(description="Where: half-open ranges of characters in its text.")
    website: bool = Field(description="Whether the author's website is listed.")


class ListsTried(Shown):
    """What lists would have caught."""

    since: Instant
    read: int = Field(description="How many comments were looked at.")
    cut: bool = Field(description="Whether there were more, older ones.")
    caught: int
    caught_already: int = Field(description="Of these, what the lists in force catch too.")
    public: int = Field(description="Of these, what is public.")
    approved: int = Field(description="Of these, what a person approved.")
    hints: list[ListHint] = Field(description="What may go wrong, the likeliest harm first.")
    sample: list[WouldBeCaught] = Field(description="The newest twenty that would be caught.")


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
