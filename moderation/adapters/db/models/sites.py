"""Tables of sites, and of what is theirs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    false,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from moderation.adapters.db.models.base import Base
from moderation.domain.site import Proof


class SiteRow(Base):
    """One tenant."""

    __tablename__ = "site"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    origins: Mapped[list[str]]
    required: Mapped[list[str]]
    close_after_days: Mapped[int | None]
    policy: Mapped[str]
    created_at: Mapped[datetime]
    share_campaigns: Mapped[bool] = mapped_column(server_default=false())
    scorer_url: Mapped[str | None]
    scorer_secret: Mapped[bytes | None]
    """Sealed; only the vault opens it."""
    learn: Mapped[bool] = mapped_column(server_default=true())
    model: Mapped[UUID | None]
    """The version in use of what the site's decisions taught."""
    learning_until: Mapped[datetime | None]
    """Until then somebody is at making another; once that is past, another is wanted."""
    confirm: Mapped[bool] = mapped_column(server_default=false())
    tell_authors: Mapped[bool] = mapped_column(server_default=false())
    language: Mapped[str | None] = mapped_column(String(16))
    member_secret: Mapped[bytes | None]
    """Signs tokens of the site's members; sealed, as the one before it is."""
    old_member_secret: Mapped[bytes | None]
    old_member_until: Mapped[datetime | None]
    members_only: Mapped[bool] = mapped_column(server_default=false())
    proof: Mapped[Proof] = mapped_column(server_default="off")


class ApiKeyRow(Base):
    """One server's secret, as a hash."""

    __tablename__ = "api_key"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), index=True)
    name: Mapped[str]
    hint: Mapped[str] = mapped_column(String(16))
    digest: Mapped[bytes] = mapped_column(unique=True)
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ThreadRow(Base):
    """One page with comments. `version` counts what changed in public; `approved` how many there are."""

    __tablename__ = "thread"
    __table_args__ = (UniqueConstraint("site_id", "key"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    key: Mapped[str] = mapped_column(String(2048))
    url: Mapped[str | None]
    title: Mapped[str | None]
    version: Mapped[int] = mapped_column(server_default="1")
    approved: Mapped[int] = mapped_column(server_default="0")
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("thread.id"))


class OnceRow(Base):
    """Something that may happen once a day: an idempotency key, a form's nonce, a repeated text."""

    __tablename__ = "once"
    __table_args__ = (Index("ix_once_created_at", "created_at"), Index("ix_once_comment_id", "comment_id"))
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    body: Mapped[bytes]
    comment_id: Mapped[UUID]
    created_at: Mapped[datetime]


class PolicyRow(Base):
    """A policy as a site had it, under the hash of its source, so that records can name it."""

    __tablename__ = "policy"
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    source: Mapped[str]
    since: Mapped[datetime]


class ListingRow(Base):
    """A site's own lists as somebody saved them; the newest is in force."""

    __tablename__ = "listing"
    __table_args__ = (Index("ix_listing_site", "site_id", "id"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    words: Mapped[list[str]]
    links: Mapped[list[str]]
    actor_id: Mapped[UUID]
    created_at: Mapped[datetime]


class EditionRow(Base):
    """The widget as pages pin it, under a digest of it; of no site, since all have the same."""

    __tablename__ = "edition"
    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    script: Mapped[bytes]
    words: Mapped[bytes]
    kept_at: Mapped[datetime]


class FeedRow(Base):
    """Somebody's feed of what waits at a site; of the secret in its address only a hash is kept."""

    __tablename__ = "feed"
    __table_args__ = (UniqueConstraint("person_id", "site_id"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), index=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
