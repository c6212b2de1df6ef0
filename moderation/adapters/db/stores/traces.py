"""What is kept about an author beside the comments, for the author to see."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, and_, func, or_, select

from moderation.adapters.db.models import (
    AuthorMailRow,
    BanRow,
    CommentRow,
    DecisionRow,
    DeliveryRow,
    EndpointRow,
    EventRow,
    FollowRow,
    MailboxRow,
    NoteRow,
    RevealRow,
)
from moderation.adapters.db.stores.bans import about_author
from moderation.adapters.db.stores.base import Store, table
from moderation.adapters.db.types import among
from moderation.domain.ban import Ban
from moderation.domain.comment import Status
from moderation.domain.erasure import Kept
from moderation.domain.mailbox import Follow
from moderation.domain.note import Note
from moderation.services.ports import Row

COMMENT, DECISION, REVEAL, NOTE, BAN = map(table, (CommentRow, DecisionRow, RevealRow, NoteRow, BanRow))
MAILBOX, FOLLOW, MAIL = map(table, (MailboxRow, FollowRow, AuthorMailRow))
ENDPOINT, DELIVERY, EVENT = map(table, (EndpointRow, DeliveryRow, EventRow))
HEARD: Final = func.count(EVENT.c.id).label("events")
HEARERS: Final = (
    select(ENDPOINT.c.url, HEARD, func.max(DELIVERY.c.finished_at).label("last_at"))
    .join(DELIVERY, DELIVERY.c.endpoint_id == ENDPOINT.c.id)
    .join(EVENT, EVENT.c.id == DELIVERY.c.event_id)
    .where(among(EVENT.c.comment_id, "ids"))
    .group_by(ENDPOINT.c.id, ENDPOINT.c.url)
)


class SqlTraces(Store):
    """What is kept about an author beside the comments, found by the fingerprint or by these."""

    def count(self, site_id: UUID, fingerprint: bytes, until: datetime) -> Kept:
        """Count what is kept about an author, of comments those that were received until a moment."""
        own = (COMMENT.c.site_id == site_id, COMMENT.c.fingerprint == fingerprint, COMMENT.c.received_at <= until)
        ids = select(COMMENT.c.id).where(*own)
        public = (*own, COMMENT.c.status == Status.APPROVED)
        return Kept(
            comments=self._number(COMMENT, *own),
            public=self._number(COMMENT, *public),
            decisions=self._number(DECISION, DECISION.c.comment_id.in_(ids)),
            reveals=self._number(REVEAL, REVEAL.c.comment_id.in_(ids)),
            notes=self._number(NOTE, _noted(site_id, fingerprint, ids)),
            bans=self._number(BAN, about_author(site_id, fingerprint, ids)),
            mailboxes=self._number(MAILBOX, *_whose(MAILBOX, site_id, fingerprint)),
            mails=self._number(MAIL, *_whose(MAIL, site_id, fingerprint)),
        )

    def reveals(self, comment_ids: Collection[UUID]) -> list[Row]:
        """Give the looks at the addresses of these comments."""
        found = select(REVEAL).where(among(REVEAL.c.comment_id, "ids")).order_by(REVEAL.c.id)
        return [dict(row) for row in self.connection.execute(found, {"ids": list(comment_ids)}).mappings()]

    def notes(self, site_id: UUID, fingerprint: bytes, comment_ids: Collection[UUID]) -> list[Note]:
        """Give what moderators noted on an author or on one of these comments, oldest first."""
        found = select(NOTE).where(_noted(site_id, fingerprint, comment_ids)).order_by(NOTE.c.id)
        return [Note(**row) for row in self.connection.execute(found).mappings()]

    def bans(self, site_id: UUID, fingerprint: bytes, comment_ids: Collection[UUID]) -> list[Ban]:
        """Give the bans of an author, oldest first; those that are over, too."""
        found = select(BAN).where(about_author(site_id, fingerprint, comment_ids)).order_by(BAN.c.id)
        return [Ban(**row) for row in self.connection.execute(found).mappings()]

    def follows(self, site_id: UUID, fingerprint: bytes) -> list[Follow]:
        """Give what an author wants to be told."""
        found = select(FOLLOW).where(*_whose(FOLLOW, site_id, fingerprint)).order_by(FOLLOW.c.comment_id)
        return [Follow(**row) for row in self.connection.execute(found).mappings()]

    def mails(self, site_id: UUID, fingerprint: bytes) -> list[Row]:
        """Give the mails to an author that are on their way, or were within a month."""
        told = [MAIL.c[name] for name in ("cause", "state", "planned_at", "finished_at")]
        found = select(*told).where(*_whose(MAIL, site_id, fingerprint)).order_by(MAIL.c.id)
        return [dict(row) for row in self.connection.execute(found).mappings()]

    def hearers(self, comment_ids: Collection[UUID]) -> list[Row]:
        """Say which endpoints were told of these comments, and of how many events."""
        return [dict(row) for row in self.connection.execute(HEARERS, {"ids": list(comment_ids)}).mappings()]

    def _number(self, source: Table, *which: ColumnElement[bool]) -> int:
        return int(self.connection.execute(select(func.count()).select_from(source).where(*which)).scalar_one())


def _whose(source: Table, site_id: UUID, fingerprint: bytes) -> tuple[ColumnElement[bool], ...]:
    return source.c.site_id == site_id, source.c.fingerprint == fingerprint


def _noted(site_id: UUID, fingerprint: bytes, comment_ids: Collection[UUID] | Select[Any]) -> ColumnElement[bool]:
    on_comment = and_(NOTE.c.comment_id.in_(comment_ids), NOTE.c.fingerprint.is_(None))
    return and_(NOTE.c.site_id == site_id, or_(NOTE.c.fingerprint == fingerprint, on_comment))
