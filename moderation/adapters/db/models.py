"""Every table, once: what must hold, and the index that each screen reads."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Double,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from moderation.adapters.db.types import Instant, Json, Words
from moderation.domain.audit import Act, Doer
from moderation.domain.ban import Effect, Mark
from moderation.domain.comment import Status
from moderation.domain.decision import Actor
from moderation.domain.delivery import State
from moderation.domain.endpoint import Ending, Format
from moderation.domain.event import EventType
from moderation.domain.invitation import Occasion
from moderation.domain.lesson import ModelState
from moderation.domain.mailbox import Cause, Notify
from moderation.domain.notice import How, Kind
from moderation.domain.person import Role
from moderation.domain.site import Proof

PENDING = text("status = 'pending'")
APPROVED = text("status = 'approved'")
HELD = text("status = 'held'")
ANSWERS = text("parent_id IS NOT NULL")
PEOPLE = text("by IN ('person', 'key')")
DELETED = text("status = 'deleted' AND text <> ''")
WAITING = text("state = 'waiting'")
DEAD = text("state = 'dead'")
SPENT = text("attempts >= 3")
LIVE = text("lifted_at IS NULL")
ALONE = text("status = 'held' AND wave IS NULL")
ROLLING = text("wave IS NOT NULL")
LINKED = text("link_print IS NOT NULL")
FOLLOWS = text("stance IS NOT NULL")
ROLLS_IN = text("waiting")
UNFINISHED = text("unfinished")
ECHO_BANDS = ("band_1", "band_2", "band_3", "band_4")


class Base(DeclarativeBase):
    """What all tables share: types by annotation, and names for every constraint."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant,
        dict[str, Any]: Json,
        list[str]: Json,
        list[Any]: Json,
        bytes: LargeBinary,
        Status: Words(Status),
        Actor: Words(Actor),
        Act: Words(Act),
        Doer: Words(Doer),
        EventType: Words(EventType),
        ModelState: Words(ModelState),
        Role: Words(Role),
        State: Words(State),
        Ending: Words(Ending),
        Format: Words(Format),
        How: Words(How),
        Notify: Words(Notify),
        Cause: Words(Cause),
        Kind: Words(Kind),
        Proof: Words(Proof),
        Occasion: Words(Occasion),
        Effect: Words(Effect),
        Mark: Words(Mark),
    }


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


class WaveRow(Base):
    """Comments that say nearly the same; in the queue they are one card, at the place of one of them."""

    __tablename__ = "wave"
    __table_args__ = (
        Index("ix_wave_latest", "site_id", "latest", postgresql_where=ROLLS_IN, sqlite_where=ROLLS_IN),
        Index("ix_wave_first", "site_id", "first", postgresql_where=ROLLS_IN, sqlite_where=ROLLS_IN),
        Index("ix_wave_worth", "site_id", "worth", "latest", postgresql_where=ROLLS_IN, sqlite_where=ROLLS_IN),
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


class OnceRow(Base):
    """Something that may happen once a day: an idempotency key, a form's nonce, a repeated text."""

    __tablename__ = "once"
    __table_args__ = (Index("ix_once_created_at", "created_at"), Index("ix_once_comment_id", "comment_id"))
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    body: Mapped[bytes]
    comment_id: Mapped[UUID]
    created_at: Mapped[datetime]


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


class PolicyRow(Base):
    """A policy as a site had it, under the hash of its source, so that records can name it."""

    __tablename__ = "policy"
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    source: Mapped[str]
    since: Mapped[datetime]


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
    position: Mapped[int | None] = mapped_column(BigInteger)
    link: Mapped[bytes | None]


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


class FlagRow(Base):
    """One reader's flag; a network counts once for a comment."""

    __tablename__ = "flag"
    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True)
    network_print: Mapped[bytes] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    reason: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime]


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


class PersonRow(Base):
    """Somebody who may sign in at the desk; not of one site, so that only look-ups over all of them see it."""

    __tablename__ = "person"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password: Mapped[str]
    stamp: Mapped[str] = mapped_column(String(64), unique=True)
    active: Mapped[bool]
    totp: Mapped[str | None]
    totp_counter: Mapped[int | None] = mapped_column(BigInteger)
    recovery: Mapped[list[str]]
    created_at: Mapped[datetime]
    email: Mapped[bytes | None]
    """Sealed; only the vault opens it."""
    email_print: Mapped[bytes | None] = mapped_column(index=True)


class RoleRow(Base):
    """What a person is on a site."""

    __tablename__ = "role"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), primary_key=True, index=True)
    role: Mapped[Role]


class SessionRow(Base):
    """One browser in which a person is signed in."""

    __tablename__ = "session"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    stamp: Mapped[str] = mapped_column(String(64))
    browser: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class InvitationRow(Base):
    """A link by which somebody gives themselves a password; while it is mailed, as mails are."""

    __tablename__ = "invitation"
    __table_args__ = (Index("ix_invitation_due", "due_at", postgresql_where=WAITING, sqlite_where=WAITING),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    asked: Mapped[bytes | None]
    """The fingerprint of an address at which somebody asked for a link; whose it is, is looked up by a worker."""
    occasion: Mapped[Occasion]
    stamp: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[State | None]
    """None for what an owner or the operator hands over."""
    attempts: Mapped[int]
    due_at: Mapped[datetime]
    token: Mapped[UUID | None]
    failure: Mapped[str | None] = mapped_column(String(32))


class WorkplaceRow(Base):
    """What somebody has before them at the desk: their order, the card in view, the sample that they were shown."""

    __tablename__ = "workplace"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    sort: Mapped[str | None] = mapped_column(String(32))
    card: Mapped[UUID | None] = mapped_column(index=True)
    """A comment or a wave; others see who reads it until the moment below, by the database's clock."""
    since: Mapped[datetime | None]
    until: Mapped[datetime | None]
    sampled: Mapped[bytes | None]
    """A keyed hash of what a sample was drawn from."""
    sampled_at: Mapped[datetime | None]
    sample_until: Mapped[datetime | None]


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


class FeedRow(Base):
    """Somebody's feed of what waits at a site; of the secret in its address only a hash is kept."""

    __tablename__ = "feed"
    __table_args__ = (UniqueConstraint("person_id", "site_id"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), index=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]


TENANT_TABLES = (
    "site",
    "api_key",
    "thread",
    "comment",
    "echo",
    "wave",
    "stance",
    "site_model",
    "memory",
    "once",
    "job",
    "signal",
    "decision",
    "policy",
    "event",
    "endpoint",
    "delivery",
    "attempt",
    "flag",
    "reveal",
    "audit",
    "role",
    "notice",
    "mail",
    "mailbox",
    "follow",
    "author_mail",
    "ban",
    "note",
    "listing",
    "feed",
)
"""Tables of which each row belongs to one site; on PostgreSQL row-level security shows it to that site alone."""
SHARED_TABLES = ("person", "session", "invitation", "workplace")
"""Tables of the whole installation; on PostgreSQL they are shown to nobody who speaks for one site."""
