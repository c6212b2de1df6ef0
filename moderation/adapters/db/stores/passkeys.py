"""People's passkeys, and the challenges that were answered with them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, literal, or_, select, update
from sqlalchemy.exc import IntegrityError

from moderation.adapters.db.models import PasskeyRow, SpentRow
from moderation.adapters.db.stores.base import Store, fields_of, table
from moderation.domain.errors import Conflict
from moderation.domain.passkey import Passkey

PASSKEY, SPENT = table(PasskeyRow), table(SpentRow)


class SqlPasskeys(Store):
    """Passkeys, each found by the id that its browser knows it by."""

    def add(self, passkey: Passkey) -> None:
        """Keep a new one; raises Conflict where it is somebody's already."""
        kept = fields_of(passkey) | {"transports": list(passkey.transports)}
        try:
            self.connection.execute(PASSKEY.insert().values(**kept))
        except IntegrityError:
            raise Conflict("This passkey is here already.") from None

    def of(self, person_id: UUID) -> list[Passkey]:
        """List somebody's, oldest first."""
        return self._passkeys(PASSKEY.c.person_id == person_id)

    def find(self, credential: bytes) -> Passkey | None:
        """Find the one that a browser knows by this id."""
        found = self._passkeys(PASSKEY.c.credential == credential)
        return found[0] if found else None

    def use(self, passkey: Passkey, count: int, when: datetime) -> bool:
        """Keep what it counts now; False where somebody was there with as much meanwhile, or it is gone."""
        ahead = or_(PASSKEY.c.count < count, and_(PASSKEY.c.count == 0, literal(count) == 0))
        used = update(PASSKEY).where(PASSKEY.c.id == passkey.id, ahead).values(count=count, used_at=when)
        return self.connection.execute(used).rowcount == 1

    def remove(self, person_id: UUID, passkey_id: UUID) -> str | None:
        """Forget one of this person's, and say what it was called; None where there is no such one."""
        gone = delete(PASSKEY).where(PASSKEY.c.id == passkey_id, PASSKEY.c.person_id == person_id)
        name: str | None = self.connection.execute(gone.returning(PASSKEY.c.name)).scalar_one_or_none()
        return name

    def remove_all(self, person_id: UUID) -> int:
        """Forget every one of this person's, and say how many there were."""
        return self.connection.execute(delete(PASSKEY).where(PASSKEY.c.person_id == person_id)).rowcount

    def spend(self, digest: bytes, until: datetime) -> bool:
        """Write down that this was used up; False where it was before."""
        new = self.upsert(SPENT).values(digest=digest, until=until).on_conflict_do_nothing().returning(SPENT.c.digest)
        return self.connection.execute(new).first() is not None

    def purge_spent(self, before: datetime) -> int:
        """Forget what could be used no more by then anyway; say how much there was."""
        return self.connection.execute(delete(SPENT).where(SPENT.c.until <= before)).rowcount

    def _passkeys(self, condition: ColumnElement[bool]) -> list[Passkey]:
        rows = self.connection.execute(select(PASSKEY).where(condition).order_by(PASSKEY.c.id)).mappings()
        return [_passkey(dict(row)) for row in rows]


def _passkey(row: dict[str, Any]) -> Passkey:
    return Passkey(**row | {"transports": tuple(row["transports"])})
