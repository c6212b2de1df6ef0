"""What people have before them at the desk: one row for each, so that nothing of it needs to be cleared away."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, case, literal, select

from moderation.adapters.db.models import PersonRow, WorkplaceRow
from moderation.adapters.db.stores.base import Store, table
from moderation.adapters.db.types import db_now
from moderation.services.ports import Reader

PERSON, WORKPLACE = table(PersonRow), table(WorkplaceRow)
STILL: Final = WORKPLACE.c.until > db_now()


class SqlWorkplaces(Store):
    """Each person's order, the card in their view, and the sample that they were shown last."""

    def sort(self, person_id: UUID) -> str | None:
        """Give the order that somebody chose last."""
        found = select(WORKPLACE.c.sort).where(WORKPLACE.c.person_id == person_id)
        return self.connection.execute(found).scalar()

    def keep_sort(self, person_id: UUID, sort: str) -> None:
        """Keep an order."""
        self._keep(person_id, {"sort": sort})

    def read(self, person_id: UUID, card: UUID, lasting: timedelta) -> None:
        """Keep which card somebody reads from now on; whoever goes on reading it has read it since they began."""
        same = and_(WORKPLACE.c.card == literal(card, WORKPLACE.c.card.type), STILL)
        since = case((same, WORKPLACE.c.since), else_=db_now())
        self._keep(person_id, {"card": card, "since": db_now(), "until": db_now(lasting)}, {"since": since})

    def readers(self, cards: Collection[UUID]) -> list[Reader]:
        """Give who reads some of these cards at present, whoever began first, first."""
        found = (
            select(WORKPLACE.c.card, WORKPLACE.c.person_id, PERSON.c.name)
            .join(PERSON, PERSON.c.id == WORKPLACE.c.person_id)
            .where(WORKPLACE.c.card.in_(cards), STILL, PERSON.c.active)
            .order_by(WORKPLACE.c.since, WORKPLACE.c.person_id)
        )
        return [Reader(*row) for row in self.connection.execute(found)] if cards else []

    def keep_sample(self, person_id: UUID, drawn_from: bytes, moment: datetime, lasting: timedelta) -> None:
        """Keep what somebody was shown a sample of, and when."""
        told = {"sampled": drawn_from, "sampled_at": moment, "sample_until": db_now(lasting)}
        self._keep(person_id, told)

    def sampled(self, person_id: UUID, drawn_from: bytes) -> datetime | None:
        """Say when somebody was shown a sample of this, if it was their last one and not long ago."""
        own = (WORKPLACE.c.person_id == person_id, WORKPLACE.c.sampled == drawn_from)
        found = select(WORKPLACE.c.sampled_at).where(*own, WORKPLACE.c.sample_until > db_now())
        return self.connection.execute(found).scalar()

    def _keep(self, person_id: UUID, told: dict[str, Any], anew: dict[str, Any] | None = None) -> None:
        new = self.upsert(WORKPLACE).values(person_id=person_id, **told)
        self.connection.execute(new.on_conflict_do_update(index_elements=["person_id"], set_=told | (anew or {})))
