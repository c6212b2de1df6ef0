"""Tables of what a site asks of its commenters, and of what its moderators write to them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from moderation.adapters.db.models.base import UNRETIRED, Base


class HouseRuleRow(Base):
    """One rule of a site, and which version of its words is in force."""

    __tablename__ = "house_rule"
    __table_args__ = (
        Index("ix_house_rule_code", "site_id", "code", unique=True, postgresql_where=UNRETIRED, sqlite_where=UNRETIRED),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    code: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    reasons: Mapped[list[str]]
    position: Mapped[int]
    active: Mapped[bool]
    retired_at: Mapped[datetime | None]


class RuleWordingRow(Base):
    """One version of a rule's words; it is neither changed nor removed, since somebody may have been told it."""

    __tablename__ = "rule_wording"
    rule_id: Mapped[UUID] = mapped_column(ForeignKey("house_rule.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    title: Mapped[str]
    text: Mapped[str]
    guidance: Mapped[str]
    created_at: Mapped[datetime]


class CannedNoteRow(Base):
    """A text that moderators insert into a note to an author."""

    __tablename__ = "canned_note"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), index=True)
    title: Mapped[str]
    text: Mapped[str]
    created_at: Mapped[datetime]
