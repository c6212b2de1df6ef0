"""Whom sites ban."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, func, or_, select, union_all, update

from moderation.adapters.db.models import BanRow
from moderation.adapters.db.stores.base import Store, fields_of, table
from moderation.adapters.db.types import Instant, among
from moderation.domain.ban import TYPED, Ban, Mark

BAN = table(BanRow)
PATTERNS: Final = sorted(TYPED)
EXACT: Final = sorted(set(Mark) - TYPED)


def _live() -> ColumnElement[bool]:
    now = bindparam("now", type_=Instant())
    return and_(BAN.c.lifted_at.is_(None), or_(BAN.c.until.is_(None), BAN.c.until > now))


HERE: Final = among(BAN.c.site_id, "sites")
ABOUT: Final = union_all(
    select(BAN).where(HERE, BAN.c.mark.in_(EXACT), among(BAN.c.value, "values"), _live()),
    select(BAN).where(HERE, BAN.c.mark.in_(PATTERNS), _live()),
)
"""Two questions in one statement, each of which finds the index: a site may ban thousands by what they are."""


def about_author(site_id: UUID, fingerprint: bytes, comment_ids: Collection[UUID] | Select[Any]) -> ColumnElement[bool]:
    """Ask for bans by an author's fingerprint, and by the network or the name of one of these comments, where made.

    A domain is many people's, so that a ban of one is of nobody.
    """
    by_address = and_(BAN.c.mark == Mark.ADDRESS, BAN.c.value == fingerprint.hex())
    at_comment = and_(BAN.c.comment_id.in_(comment_ids), BAN.c.mark != Mark.DOMAIN)
    return and_(BAN.c.site_id == site_id, or_(by_address, at_comment))


class SqlBans(Store):
    """Whom sites ban; what is lifted or over is kept, to be looked up."""

    def add(self, ban: Ban) -> None:
        """Keep a new ban."""
        self.connection.execute(BAN.insert().values(**fields_of(ban)))

    def get(self, site_id: UUID, ban_id: UUID) -> Ban | None:
        """Find a ban of this site."""
        row = self.connection.execute(select(BAN).where(BAN.c.id == ban_id, BAN.c.site_id == site_id)).mappings()
        found = row.first()
        return None if found is None else Ban(**found)

    def lift(self, ban: Ban, *, by: UUID, when: datetime) -> bool:
        """End a ban that nobody lifted before; False where somebody did."""
        live = update(BAN).where(BAN.c.id == ban.id, BAN.c.lifted_at.is_(None))
        return self.connection.execute(live.values(lifted_at=when, lifted_by=by)).rowcount == 1

    def of(self, site_id: UUID, *, after: UUID | None, limit: int) -> list[Ban]:
        """Give a page of a site's bans, newest first; those that are over, too."""
        found = select(BAN).where(BAN.c.site_id == site_id)
        if after is not None:
            found = found.where(BAN.c.id < after)
        rows = self.connection.execute(found.order_by(BAN.c.id.desc()).limit(limit)).mappings()
        return [Ban(**row) for row in rows]

    def about(self, site_ids: Collection[UUID], values: Collection[str], now: datetime) -> list[Ban]:
        """Give what is in force at these sites: by these fingerprints and networks, and by all patterns."""
        asked = {"sites": list(site_ids), "values": list(values), "now": now}
        return [Ban(**row) for row in self.connection.execute(ABOUT, asked).mappings()]

    def purge(self, ended_before: datetime, most: int) -> int:
        """Forget some of the bans that were lifted or over before that."""
        over = func.coalesce(BAN.c.lifted_at, BAN.c.until) < ended_before
        some = select(BAN.c.id).where(over).limit(most)
        return self.connection.execute(delete(BAN).where(BAN.c.id.in_(some))).rowcount

    def forget(self, site_id: UUID, fingerprint: bytes, comment_ids: Collection[UUID]) -> None:
        """Forget the bans of an author by the fingerprint, and those made at one of these comments."""
        self.connection.execute(delete(BAN).where(about_author(site_id, fingerprint, comment_ids)))

    def patterns(self, site_id: UUID, now: datetime) -> int:
        """Count what is in force at a site by patterns."""
        found = select(func.count()).select_from(BAN)
        live = found.where(BAN.c.site_id == site_id, BAN.c.mark.in_(PATTERNS), _live())
        return int(self.connection.execute(live, {"now": now}).scalar_one())
