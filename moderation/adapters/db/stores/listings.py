"""Sites' own lists, as they were saved; the newest is in force."""

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import RowMapping, and_, delete, select

from moderation.adapters.db.models import ListingRow
from moderation.adapters.db.stores.base import Store, fields_of, table
from moderation.adapters.db.types import among
from moderation.domain.listing import Listing

LISTING = table(ListingRow)
NEWER = LISTING.alias("newer")
IN_FORCE: Final = select(LISTING).where(
    among(LISTING.c.site_id, "sites"),
    ~select(NEWER.c.id).where(and_(NEWER.c.site_id == LISTING.c.site_id, NEWER.c.id > LISTING.c.id)).exists(),
)


class SqlListings(Store):
    """Versions of sites' own lists."""

    def latest(self, site_id: UUID, most: int = 1) -> list[Listing]:
        """Give the last that were saved, the one in force first."""
        found = select(LISTING).where(LISTING.c.site_id == site_id).order_by(LISTING.c.id.desc()).limit(most)
        return [_listing(row) for row in self.connection.execute(found).mappings()]

    def in_force(self, site_ids: Collection[UUID]) -> Mapping[UUID, Listing]:
        """Give the lists that are in force at these sites; of a site without any, nothing."""
        rows = self.connection.execute(IN_FORCE, {"sites": list(site_ids)}).mappings()
        return {row["site_id"]: _listing(row) for row in rows}

    def add(self, listing: Listing, *, keep: int) -> None:
        """Keep a version and no more than so many of a site."""
        fields = fields_of(listing) | {"words": list(listing.words), "links": list(listing.links)}
        self.connection.execute(LISTING.insert().values(**fields))
        own = LISTING.c.site_id == listing.site_id
        kept = select(LISTING.c.id).where(own).order_by(LISTING.c.id.desc()).limit(keep)
        self.connection.execute(delete(LISTING).where(own, LISTING.c.id.not_in(kept)))


def _listing(row: RowMapping) -> Listing:
    return Listing(**{**row, "words": tuple(row["words"]), "links": tuple(row["links"])})
