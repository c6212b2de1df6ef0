"""Tables of what is told, to servers and to people."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from moderation.adapters.db.models.base import DEAD, WAITING, Base
from moderation.domain.comment import Status
from moderation.domain.decision import Actor
from moderation.domain.delivery import State
from moderation.domain.endpoint import Ending, Format
from moderation.domain.event import EventType
from moderation.domain.mailbox import Cause, Notify
from moderation.domain.notice import How, Kind


class EventRow(Base):
    """One change as publishers hear of it; `position` is given after commit, by one numbering pass."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("comment_id", "sequence"),
        UniqueConstraint("position"),
        Index("ix_event_feed", "site_id", "position"),
        Index(
            "ix_event_unnumbered",
            "id",
            postgresql_where=text("position IS NULL"),
            sqlite_where=text("position IS NULL"),
        ),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comment.id"))
    type: Mapped[EventType]
    sequence: Mapped[int]
    revision: Mapped[int]
    status: Mapped[Status]
    previous: Mapped[Status | None]
    reasons: Mapped[list[str]]
    by: Mapped[Actor]
    created_at: Mapped[datetime]
    rule: Mapped[str | None] = mapped_column(String(64))
    """The code of the house rule that is cited."""
    position: Mapped[int | None] = mapped_column(BigInteger)
    link: Mapped[bytes | None]


class BookmarkRow(Base):
    """How far whoever follows the events by their positions has come."""

    __tablename__ = "bookmark"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)


class EndpointRow(Base):
    """An address at which a publisher hears of events, and how it fares."""

    __tablename__ = "endpoint"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), index=True)
    url: Mapped[str]
    description: Mapped[str]
    events: Mapped[list[str]]
    """None of them means all."""
    thread_prefix: Mapped[str | None]
    language: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[datetime]
    secret: Mapped[bytes]
    """Sealed, as the older one and the headers are; only the vault opens them."""
    old_secret: Mapped[bytes | None]
    old_until: Mapped[datetime | None]
    headers: Mapped[bytes | None]
    header_names: Mapped[list[str]]
    enabled: Mapped[bool]
    ended: Mapped[Ending | None]
    failures: Mapped[int]
    failing_since: Mapped[datetime | None]
    rests_until: Mapped[datetime | None]
    format: Mapped[Format] = mapped_column(server_default="standard")


class DeliveryRow(Base):
    """One event on its way to one endpoint. While somebody holds it, `due_at` is when the lease runs out."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "event_id"),
        Index("ix_delivery_due", "due_at", postgresql_where=WAITING, sqlite_where=WAITING),
        Index("ix_delivery_waiting", "endpoint_id", "due_at", postgresql_where=WAITING, sqlite_where=WAITING),
        Index("ix_delivery_token", "token", postgresql_where=WAITING, sqlite_where=WAITING),
        Index("ix_delivery_dead", "endpoint_id", postgresql_where=DEAD, sqlite_where=DEAD),
        Index("ix_delivery_log", "endpoint_id", "id"),
        Index("ix_delivery_ended", "finished_at"),
        Index("ix_delivery_event_id", "event_id"),
        Index("ix_delivery_site_id", "site_id"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("endpoint.id", ondelete="CASCADE"))
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    """None for a ping."""
    type: Mapped[str] = mapped_column(String(32))
    state: Mapped[State]
    attempts: Mapped[int]
    due_at: Mapped[datetime]
    token: Mapped[UUID | None]
    planned_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class AttemptRow(Base):
    """One try to deliver, and the beginning of what was answered."""

    __tablename__ = "attempt"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), index=True)
    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("delivery.id", ondelete="CASCADE"), index=True)
    ended_at: Mapped[datetime]
    status: Mapped[int | None]
    failure: Mapped[str | None] = mapped_column(String(32))
    latency_ms: Mapped[int]
    answer: Mapped[str]


class NoticeRow(Base):
    """What somebody wants to be told of a site by mail, and where."""

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("person_id", "site_id"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), index=True)
    how: Mapped[How]
    email: Mapped[bytes]
    """Sealed; only the vault opens it."""
    confirmed: Mapped[bool]
    stamp: Mapped[str] = mapped_column(String(32))
    told: Mapped[int] = mapped_column(BigInteger)
    next_at: Mapped[datetime] = mapped_column(index=True)
    created_at: Mapped[datetime]


class MailRow(Base):
    """One mail on its way. While somebody holds it, `due_at` is when the lease runs out."""

    __tablename__ = "mail"
    __table_args__ = (
        Index("ix_mail_due", "due_at", postgresql_where=WAITING, sqlite_where=WAITING),
        Index("ix_mail_ended", "finished_at"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), index=True)
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notice.id", ondelete="CASCADE"), index=True)
    kind: Mapped[Kind]
    state: Mapped[State]
    attempts: Mapped[int]
    due_at: Mapped[datetime]
    token: Mapped[UUID | None]
    failure: Mapped[str | None] = mapped_column(String(32))
    planned_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class MailboxRow(Base):
    """What a site knows of an author's address, by its fingerprint."""

    __tablename__ = "mailbox"
    __table_args__ = (
        UniqueConstraint("site_id", "fingerprint"),
        Index("ix_mailbox_network", "network", "asked_at"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    fingerprint: Mapped[bytes]
    stamp: Mapped[str] = mapped_column(String(32))
    touched_at: Mapped[datetime] = mapped_column(index=True)
    confirmed_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    network: Mapped[str | None] = mapped_column(String(64))
    silent: Mapped[bool] = mapped_column(server_default=false())
    visit: Mapped[str | None] = mapped_column(String(32))
    visit_at: Mapped[datetime | None]
    digest_at: Mapped[datetime | None]


class FollowRow(Base):
    """What the author of a comment wants to be told of it."""

    __tablename__ = "follow"
    __table_args__ = (Index("ix_follow_author", "site_id", "fingerprint"),)
    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    fingerprint: Mapped[bytes]
    replies: Mapped[Notify | None]
    decision: Mapped[bool]


class AuthorMailRow(Base):
    """One mail on its way to an author. While somebody holds it, `due_at` is when the lease runs out."""

    __tablename__ = "author_mail"
    __table_args__ = (
        UniqueConstraint("comment_id", "about_id", "cause"),
        Index("ix_author_mail_due", "due_at", postgresql_where=WAITING, sqlite_where=WAITING),
        Index("ix_author_mail_token", "token", postgresql_where=WAITING, sqlite_where=WAITING),
        Index("ix_author_mail_ended", "finished_at"),
        Index("ix_author_mail_author", "site_id", "fingerprint"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    fingerprint: Mapped[bytes]
    cause: Mapped[Cause]
    comment_id: Mapped[UUID | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    about_id: Mapped[UUID | None]
    daily: Mapped[bool]
    state: Mapped[State]
    attempts: Mapped[int]
    due_at: Mapped[datetime]
    token: Mapped[UUID | None]
    failure: Mapped[str | None] = mapped_column(String(32))
    planned_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
