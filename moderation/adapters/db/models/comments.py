"""Tables of comments, of what they are like, and of what is said of those who wrote them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Double,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from moderation.adapters.db.models.base import (
    ALONE,
    ANSWERS,
    APPROVED,
    DELETED,
    ECHO_BANDS,
    HELD,
    LINKED,
    LIVE,
    MEMBER,
    MERGED,
    PENDING,
    ROLLING,
    ROLLS_IN,
    UNFINISHED,
    Base,
)
from moderation.adapters.db.types import Wording
from moderation.domain.ban import Effect, Mark
from moderation.domain.comment import Status


class CommentRow(Base):
    """One comment as stored. The address is ciphertext and a keyed fingerprint, nothing else."""

    __tablename__ = "comment"
    __table_args__ = (
        Index("ix_comment_public", "thread_id", "id", postgresql_where=APPROVED, sqlite_where=APPROVED),
        Index("ix_comment_replies", "thread_id", "parent_id", postgresql_where=ANSWERS, sqlite_where=ANSWERS),
        Index("ix_comment_waiting", "waiting_since", postgresql_where=PENDING, sqlite_where=PENDING),
        Index("ix_comment_deleted", "deleted_at", postgresql_where=DELETED, sqlite_where=DELETED),
        Index("ix_comment_site", "site_id", "id"),
        Index("ix_comment_status", "site_id", "status", "id"),
        Index("ix_comment_author", "site_id", "fingerprint", "id"),
        Index("ix_comment_echo", "site_id", "text_print", "received_at"),
        Index("ix_comment_thread", "thread_id", "id"),
        Index("ix_comment_worth", "site_id", "worth", "id", postgresql_where=HELD, sqlite_where=HELD),
        Index("ix_comment_alone", "site_id", "status", "id", postgresql_where=ALONE, sqlite_where=ALONE),
        Index("ix_comment_alone_worth", "site_id", "worth", "id", postgresql_where=ALONE, sqlite_where=ALONE),
        Index("ix_comment_wave", "wave", "status", "id", "site_id", postgresql_where=ROLLING, sqlite_where=ROLLING),
        Index("ix_comment_member", "site_id", "id", postgresql_where=MEMBER, sqlite_where=MEMBER),
        Index("ix_comment_link", "site_id", "link_print", "received_at", postgresql_where=LINKED, sqlite_where=LINKED),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    thread_id: Mapped[UUID] = mapped_column(ForeignKey("thread.id"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("comment.id"))
    depth: Mapped[int]
    status: Mapped[Status]
    reasons: Mapped[list[str]]
    version: Mapped[int]
    """Of two writers at once, the second is turned away."""
    revision: Mapped[int]
    """Counts the author's texts."""
    sequence: Mapped[int]
    """Counts the events."""
    name: Mapped[str]
    website: Mapped[str | None]
    email: Mapped[bytes | None]
    fingerprint: Mapped[bytes | None]
    staff: Mapped[bool]
    text: Mapped[str]
    text_print: Mapped[bytes | None]
    """A keyed hash of the folded text, to find the same words again; none for a few words."""
    sketch: Mapped[int | None] = mapped_column(BigInteger)
    """What the text is like, in 64 bits; none for a few words."""
    link_print: Mapped[bytes | None]
    """A keyed hash of the links in a few words; none where there are no links, or more words."""
    wave: Mapped[UUID | None]
    """Those that say nearly the same, if there are any."""
    html: Mapped[str | None]
    language: Mapped[str | None] = mapped_column(String(16))
    network: Mapped[str | None] = mapped_column(String(64))
    known_by: Mapped[UUID | None]
    """The earlier comment whose receipt came along."""
    member: Mapped[bool] = mapped_column(server_default=false())
    """Whether the site signed its author in, so that the fingerprint is of the site's id for them."""
    unproven: Mapped[bool] = mapped_column(server_default=false())
    """Whether a proof of work was due and did not come."""
    circumstances: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]
    waiting_since: Mapped[datetime]
    """When it last became pending, by the database's clock."""
    worth: Mapped[float] = mapped_column(Double, server_default="-1000000000")
    """Its place among what waits for a person; the greater comes first."""
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    salt: Mapped[bytes | None]
    """With which records hash the present text; gone when the text is."""
    confirmed: Mapped[bool | None]
    """Whether it came under a confirmed address's token; nothing where the site does not ask for one."""


class EchoRow(Base):
    """What a comment of the last day is like, by which later ones that say nearly the same find it.

    It is apart from the comment, and gone after a day, so that looking up stays cheap however many comments there are.
    """

    __tablename__ = "echo"
    __table_args__ = tuple(Index(f"ix_echo_{name}", "pool", name, "received_at") for name in ECHO_BANDS)
    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    pool: Mapped[UUID]
    """Among which it is looked for: the site's own, or those of all sites that share."""
    author: Mapped[bytes | None]
    """The author's fingerprint on the site."""
    sketch: Mapped[int] = mapped_column(BigInteger)
    band_1: Mapped[int]
    band_2: Mapped[int]
    band_3: Mapped[int]
    band_4: Mapped[int]
    """The sketch in four pieces; of two that are nearly the same, most have one in common."""
    received_at: Mapped[datetime]


class WordingRow(Base):
    """The words by which a comment is found, its author's name among them. The database drops it with the text.

    On PostgreSQL `words` has a GIN index, and row-level security lets those through that are looked for; on SQLite it
    has an FTS5 index beside it.
    """

    __tablename__ = "wording"
    position: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    """That of the event which told of the text."""
    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), unique=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    words: Mapped[Any] = mapped_column(Wording)


class WaveRow(Base):
    """Comments that say nearly the same; in the queue they are one card, at the place of one of them."""

    __tablename__ = "wave"
    __table_args__ = (
        Index("ix_wave_latest", "site_id", "latest", postgresql_where=ROLLS_IN, sqlite_where=ROLLS_IN),
        Index("ix_wave_first", "site_id", "first", postgresql_where=ROLLS_IN, sqlite_where=ROLLS_IN),
        Index("ix_wave_worth", "site_id", "worth", "latest", postgresql_where=ROLLS_IN, sqlite_where=ROLLS_IN),
        Index("ix_wave_merged", "merged_into", postgresql_where=MERGED, sqlite_where=MERGED),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    sketch: Mapped[int | None] = mapped_column(BigInteger)
    first: Mapped[UUID]
    latest: Mapped[UUID]
    worth: Mapped[float] = mapped_column(Double)
    waiting: Mapped[bool]
    """Set with the first that waits, and cleared by the sweep when nothing does."""
    closed: Mapped[bool]
    merged_into: Mapped[UUID | None]
    """The wave that stands for this one in the queue; its comments stay its own, so that it can be split off again."""
    merged_at: Mapped[datetime | None]


class StanceRow(Base):
    """What a person decided of a wave, its past and, for a while, its future."""

    __tablename__ = "stance"
    __table_args__ = (
        UniqueConstraint("wave_id", "number"),
        Index("ix_stance_unfinished", "id", postgresql_where=UNFINISHED, sqlite_where=UNFINISHED),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    wave_id: Mapped[UUID] = mapped_column(ForeignKey("wave.id"))
    number: Mapped[int]
    status: Mapped[Status]
    actor_id: Mapped[UUID]
    seen_at: Mapped[datetime]
    created_at: Mapped[datetime]
    until: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None]
    unfinished: Mapped[bool]
    cites: Mapped[dict[str, Any] | None]
    """The house rule that all of them are refused for."""
    public_note: Mapped[str] = mapped_column(server_default="")


class FlagRow(Base):
    """One reader's flag; a network counts once for a comment."""

    __tablename__ = "flag"
    __table_args__ = (
        Index("ix_flag_site", "site_id", "created_at"),
        Index("ix_flag_comment", "site_id", "comment_id"),
    )
    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True)
    network_print: Mapped[bytes] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    reason: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime]


class BanRow(Base):
    """Whose comments a site rejects unread, or lets a person read first; what is lifted stays, to be looked up."""

    __tablename__ = "ban"
    __table_args__ = (
        Index("ix_ban_live", "site_id", "mark", "value", postgresql_where=LIVE, sqlite_where=LIVE),
        Index("ix_ban_site", "site_id", "id"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    effect: Mapped[Effect]
    mark: Mapped[Mark]
    value: Mapped[str] = mapped_column(String(300))
    """A fingerprint in hexadecimal digits, a network, a pattern of names, or a domain."""
    reason: Mapped[str]
    actor_id: Mapped[UUID]
    comment_id: Mapped[UUID | None] = mapped_column(ForeignKey("comment.id"))
    """The comment at which it was made."""
    created_at: Mapped[datetime]
    until: Mapped[datetime | None]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[UUID | None]


class NoteRow(Base):
    """A moderator's note on a comment, or on its author where it carries a fingerprint; gone with the comment."""

    __tablename__ = "note"
    __table_args__ = (Index("ix_note_author", "fingerprint", "id"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    fingerprint: Mapped[bytes | None]
    text: Mapped[str]
    actor_id: Mapped[UUID]
    created_at: Mapped[datetime]
