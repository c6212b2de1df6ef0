"""Endpoints as rows."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping, Select, delete, func, select, update

from moderation.adapters.db.models import EndpointRow
from moderation.adapters.db.stores.base import Store, fields_of, table
from moderation.adapters.db.types import among
from moderation.domain.delivery import Health
from moderation.domain.endpoint import Endpoint
from moderation.domain.event import EventType

ENDPOINT = table(EndpointRow)
HELD: Final = (
    select(ENDPOINT)
    .where(among(ENDPOINT.c.id, "ids"), ENDPOINT.c.enabled)
    .order_by(ENDPOINT.c.id)
    .with_for_update(key_share=True)
)


class SqlEndpoints(Store):
    """Where publishers hear of events."""

    def add(self, endpoint: Endpoint) -> None:
        """Keep a new endpoint."""
        self.connection.execute(ENDPOINT.insert().values(**_own(endpoint)))

    def get(self, site_id: UUID, endpoint_id: UUID) -> Endpoint | None:
        """Find an endpoint of this site."""
        return endpoint_of(self.connection.execute(_named(site_id, endpoint_id)).mappings().first())

    def find(self, endpoint_id: UUID) -> Endpoint | None:
        """Find an endpoint whatever its site, for operators."""
        return endpoint_of(
            self.connection.execute(select(ENDPOINT).where(ENDPOINT.c.id == endpoint_id)).mappings().first()
        )

    def hold(self, site_id: UUID, endpoint_id: UUID) -> Endpoint | None:
        """Find an endpoint of this site, and let nobody else change it until the transaction ends."""
        held = _named(site_id, endpoint_id).with_for_update(key_share=True)
        return endpoint_of(self.connection.execute(held).mappings().first())

    def of(self, site_id: UUID) -> list[Endpoint]:
        """List a site's endpoints, oldest first."""
        rows = self.connection.execute(select(ENDPOINT).where(ENDPOINT.c.site_id == site_id).order_by(ENDPOINT.c.id))
        return [found for row in rows.mappings() if (found := endpoint_of(row))]

    def save(self, endpoint: Endpoint) -> None:
        """Keep what an owner changed."""
        self.connection.execute(update(ENDPOINT).where(ENDPOINT.c.id == endpoint.id).values(**_own(endpoint)))

    def remove(self, endpoint_id: UUID) -> None:
        """Drop an endpoint and everything that was planned for it."""
        self.connection.execute(delete(ENDPOINT).where(ENDPOINT.c.id == endpoint_id))

    def lock(self, endpoint_ids: Sequence[UUID]) -> dict[UUID, Endpoint]:
        """Give those that are enabled, held until the transaction ends; what is planned for them need not wait.

        All who hold several begin with the lowest, so that no two wait for each other.
        """
        rows = self.connection.execute(HELD, {"ids": list(endpoint_ids)}).mappings()
        return {found.id: found for row in rows if (found := endpoint_of(row))}

    def note(self, endpoint_id: UUID, health: Health) -> None:
        """Keep how an endpoint fares."""
        fares = fields_of(health) | {"enabled": health.ended is None}
        self.connection.execute(update(ENDPOINT).where(ENDPOINT.c.id == endpoint_id).values(**fares))

    def busiest(self) -> int:
        """Say how many endpoints hear of events on the site that has the most of them."""
        each = select(func.count().label("many")).where(ENDPOINT.c.enabled).group_by(ENDPOINT.c.site_id).subquery()
        return int(self.connection.execute(select(func.coalesce(func.max(each.c.many), 0))).scalar_one())


def _named(site_id: UUID, endpoint_id: UUID) -> Select[Any]:
    return select(ENDPOINT).where(ENDPOINT.c.id == endpoint_id, ENDPOINT.c.site_id == site_id)


def endpoint_of(row: RowMapping | None) -> Endpoint | None:
    """Read an endpoint."""
    if row is None:
        return None
    events, names = tuple(map(EventType, row["events"])), tuple(row["header_names"])
    return Endpoint(**{**row, "events": events, "header_names": names})


def _own(endpoint: Endpoint) -> dict[str, Any]:
    return fields_of(endpoint) | {"events": list(endpoint.events), "header_names": list(endpoint.header_names)}
