"""Tables of what is to be judged, what was seen and decided, and what was learnt of it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from moderation.adapters.db.models.base import FOLLOWS, PEOPLE, SPENT, UNCOUNTED, UNDECIDED, UNFINISHED_ERASURE, Base
from moderation.domain.appeal import Outcome
from moderation.domain.audit import Act, Doer
from moderation.domain.comment import Status
from moderation.domain.decision import Actor
from moderation.domain.lesson import ModelState


class SiteModelRow(Base):
    """One version of what a site's decisions taught."""

    __tablename__ = "site_model"
    __table_args__ = (UniqueConstraint("site_id", "number"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    number: Mapped[int]
    state: Mapped[ModelState]
    lessons: Mapped[int]
    newest: Mapped[UUID]
    """The newest decision that it knew of."""
    model: Mapped[bytes | None]
    """What was learnt; nothing where it is not to be used any more."""
    taught: Mapped[bytes]
    """The ids of the comments that it learnt from, one behind the other."""
    figures: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class MemoryRow(Base):
    """A comment that people decided, as its site's models remember it; gone with the comment."""

    __tablename__ = "memory"
    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), index=True)
    word: Mapped[Status]
    """What people said of it last; what they had said before, each version knows for itself."""
    vector: Mapped[bytes]


class JobRow(Base):
    """Work that must happen. While somebody holds it, `due_at` is when the lease runs out."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_kind_due_at", "kind", "due_at"),
        Index("ix_job_spent", "due_at", postgresql_where=SPENT, sqlite_where=SPENT),
    )
    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(server_default="0")
    token: Mapped[UUID | None]


class SignalRow(Base):
    """What one scorer saw in one revision of a comment."""

    __tablename__ = "signal"
    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(64), primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    value: Mapped[float]
    scorer: Mapped[str]
    language: Mapped[str | None] = mapped_column(String(16))
    findings: Mapped[list[Any]]
    attributes: Mapped[dict[str, Any]]


class DecisionRow(Base):
    """One line of the decision log."""

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("comment_id", "version"),
        Index("ix_decision_people", "site_id", "id", postgresql_where=PEOPLE, sqlite_where=PEOPLE),
        Index("ix_decision_stance", "stance", "comment_id", postgresql_where=FOLLOWS, sqlite_where=FOLLOWS),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), index=True)
    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comment.id"))
    version: Mapped[int]
    previous: Mapped[Status]
    status: Mapped[Status]
    previous_reasons: Mapped[list[str]]
    reasons: Mapped[list[str]]
    by: Mapped[Actor]
    actor_id: Mapped[UUID | None]
    note: Mapped[str]
    undoes: Mapped[UUID | None]
    created_at: Mapped[datetime]
    evidence: Mapped[dict[str, Any] | None]
    """What lay before whoever decided."""
    salt: Mapped[bytes | None]
    """With which the note is hashed."""
    link: Mapped[bytes | None]
    """The hash of this line and of the link before it; none in lines from before records began."""
    stance: Mapped[UUID | None]
    """The decision on a whole wave that it follows."""
    public_note: Mapped[str] = mapped_column(server_default="")
    """What a moderator wrote to the author."""


class AppealRow(Base):
    """What an author said against a decision, once for a comment; the words are sealed, and gone with its text."""

    __tablename__ = "appeal"
    __table_args__ = (
        UniqueConstraint("comment_id"),
        Index("ix_appeal_open", "site_id", "comment_id", postgresql_where=UNDECIDED, sqlite_where=UNDECIDED),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    text: Mapped[bytes]
    created_at: Mapped[datetime]
    against: Mapped[UUID]
    """The decision that it is against, and below who made it; nobody where policy did."""
    against_by: Mapped[UUID | None]
    outcome: Mapped[Outcome | None]
    decision_id: Mapped[UUID | None]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]


class RevealRow(Base):
    """One look at an address, for the audit."""

    __tablename__ = "reveal"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), index=True)
    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    actor_id: Mapped[UUID]
    reason: Mapped[str]
    created_at: Mapped[datetime]
    by: Mapped[Doer] = mapped_column(server_default="key")


class ErasureRow(Base):
    """Whose comments at a site are to be gone, or are; kept as long as a backup may bring them back."""

    __tablename__ = "erasure"
    __table_args__ = (
        UniqueConstraint("site_id", "fingerprint"),
        Index(
            "ix_erasure_unfinished",
            "asked_at",
            postgresql_where=UNFINISHED_ERASURE,
            sqlite_where=UNFINISHED_ERASURE,
        ),
        Index("ix_erasure_finished_at", "finished_at"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    fingerprint: Mapped[bytes]
    asked_at: Mapped[datetime]
    keep_bans: Mapped[bool]
    finished_at: Mapped[datetime | None]


class TallyRow(Base):
    """What one day of UTC came to at a site, counted once it is over; nothing but numbers, and who decided."""

    __tablename__ = "tally"
    __table_args__ = (Index("ix_tally_due", "due_at", postgresql_where=UNCOUNTED, sqlite_where=UNCOUNTED),)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    number: Mapped[int]
    """How often it was outdated: who counted meanwhile counted in vain."""
    due_at: Mapped[datetime | None]
    """When it is to be counted; nothing once it is, and before it may be."""
    again_at: Mapped[datetime | None]
    """When it may be counted once more, should it be outdated; nothing before it was counted."""
    counts: Mapped[dict[str, Any] | None]
    """What it came to; nothing while that is not known."""


class AuditRow(Base):
    """One thing that was done at a site; triggers let nobody change it, or remove it within a year."""

    __tablename__ = "audit"
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    act: Mapped[Act]
    by: Mapped[Doer]
    actor_id: Mapped[UUID | None]
    subject: Mapped[UUID | None]
    told: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(index=True)
