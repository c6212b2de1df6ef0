"""Tables of those who work at sites."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    String,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from moderation.adapters.db.models.base import WAITING, Base
from moderation.adapters.db.types import Json
from moderation.domain.delivery import State
from moderation.domain.invitation import Occasion
from moderation.domain.person import Role


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
    language: Mapped[str | None] = mapped_column(String(16))
    # How they read, as `Reading` has it.
    veiled: Mapped[bool] = mapped_column(server_default=true())
    spacing: Mapped[int] = mapped_column(server_default="3")
    swipes: Mapped[bool] = mapped_column(server_default=true())
    keys: Mapped[dict[str, str]] = mapped_column(Json, server_default="{}")


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


class PasskeyRow(Base):
    """A key with which somebody signs in; only its public half is known here."""

    __tablename__ = "passkey"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    credential: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    count: Mapped[int] = mapped_column(BigInteger)
    transports: Mapped[list[str]]
    name: Mapped[str]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SpentRow(Base):
    """Something that was good once and was used up, by a keyed hash, for as long as it could come again."""

    __tablename__ = "spent"
    digest: Mapped[bytes] = mapped_column(primary_key=True)
    until: Mapped[datetime] = mapped_column(index=True)


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
