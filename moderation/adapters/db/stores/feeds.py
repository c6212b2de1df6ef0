"""The feeds of people, each found by the hash of the secret in its address."""

from typing import Final
from uuid import UUID

from sqlalchemy import and_, delete, select

from moderation.adapters.db.models import FeedRow, PersonRow, RoleRow
from moderation.adapters.db.stores.base import Store, fields_of, table
from moderation.domain.feed import Feed

FEED, PERSON, ROLE = table(FeedRow), table(PersonRow), table(RoleRow)
FOLLOWED: Final = (
    select(FEED)
    .join(ROLE, and_(ROLE.c.person_id == FEED.c.person_id, ROLE.c.site_id == FEED.c.site_id))
    .join(PERSON, PERSON.c.id == FEED.c.person_id)
    .where(PERSON.c.active)
)
"""Feeds of people who still work there."""


class SqlFeeds(Store):
    """Feeds, one for each person and site."""

    def of(self, person_id: UUID) -> list[Feed]:
        """List somebody's feeds."""
        rows = self.connection.execute(select(FEED).where(FEED.c.person_id == person_id)).mappings()
        return [Feed(**row) for row in rows]

    def find(self, digest: bytes) -> Feed | None:
        """Find the feed with this hash, if its person still works at its site."""
        row = self.connection.execute(FOLLOWED.where(FEED.c.digest == digest)).mappings().first()
        return None if row is None else Feed(**row)

    def keep(self, feed: Feed) -> None:
        """Keep a feed, in the place of the one that the same person had for the same site."""
        new = self.upsert(FEED).values(**fields_of(feed))
        fresh = {name: new.excluded[name] for name in ("digest", "created_at")}
        self.connection.execute(new.on_conflict_do_update(index_elements=["person_id", "site_id"], set_=fresh))

    def drop(self, person_id: UUID, site_id: UUID) -> bool:
        """Forget somebody's feed of a site; False where there is none."""
        own = delete(FEED).where(FEED.c.person_id == person_id, FEED.c.site_id == site_id)
        return self.connection.execute(own).rowcount == 1
