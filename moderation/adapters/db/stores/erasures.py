"""Of whom nothing is to be kept, as rows: work while it is unfinished, and a list for whoever restores a backup."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, delete, select, update

from moderation.adapters.db.models import UNFINISHED_ERASURE, ErasureRow
from moderation.adapters.db.stores.base import Store, fields_of, table
from moderation.adapters.db.types import db_now
from moderation.domain.erasure import Erasure

ERASURE: Final = table(ErasureRow)


class SqlErasures(Store):
    """Wishes to be erased, one for each author and site."""

    def keep(self, erasure: Erasure) -> Erasure:
        """Keep a wish in the place of an earlier one of the same author, and give it as it is kept; it is due anew."""
        new = self.upsert(ERASURE).values(**fields_of(erasure))
        fresh = {name: new.excluded[name] for name in ("asked_at", "keep_bans", "finished_at")}
        kept = new.on_conflict_do_update(index_elements=["site_id", "fingerprint"], set_=fresh)
        return Erasure(**self.connection.execute(kept.returning(*ERASURE.c)).mappings().one())

    def of(self, site_id: UUID, fingerprint: bytes) -> Erasure | None:
        """Find an author's wish."""
        found = self._some(select(ERASURE).where(ERASURE.c.site_id == site_id, ERASURE.c.fingerprint == fingerprint))
        return found[0] if found else None

    def listed(self, site_id: UUID | None) -> list[Erasure]:
        """Give all that are kept, of one site or of all, the oldest first."""
        found = select(ERASURE).where(*([ERASURE.c.site_id == site_id] if site_id else []))
        return self._some(found.order_by(ERASURE.c.asked_at, ERASURE.c.id))

    def due(self) -> Erasure | None:
        """Give the one that waits for longest to be finished."""
        found = self._some(select(ERASURE).where(UNFINISHED_ERASURE).order_by(ERASURE.c.asked_at).limit(1))
        return found[0] if found else None

    def finish(self, erasure: Erasure, now: datetime) -> None:
        """Note that nothing is left of what it means, unless it was asked for anew meanwhile."""
        same = (ERASURE.c.id == erasure.id, ERASURE.c.asked_at == erasure.asked_at)
        self.connection.execute(update(ERASURE).where(*same).values(finished_at=now))

    def purge(self, age: timedelta, most: int) -> int:
        """Forget some of those that were finished before that."""
        old = select(ERASURE.c.id).where(ERASURE.c.finished_at < db_now(-age)).limit(most)
        return self.connection.execute(delete(ERASURE).where(ERASURE.c.id.in_(old))).rowcount

    def _some(self, asked: Select[Any]) -> list[Erasure]:
        return [Erasure(**row) for row in self.connection.execute(asked).mappings()]
