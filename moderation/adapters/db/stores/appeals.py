"""What authors say against decisions, once for each comment."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Select, bindparam, delete, select, update

from moderation.adapters.db.models import AppealRow
from moderation.adapters.db.stores.base import Store, fields_of, table
from moderation.adapters.db.types import among
from moderation.domain.appeal import Appeal

APPEAL = table(AppealRow)
OF: Final = select(APPEAL).where(among(APPEAL.c.comment_id, "ids"))
STANDING: Final = ("outcome", "decision_id", "decided_by", "decided_at")
KEEP: Final = (
    update(APPEAL)
    .where(APPEAL.c.id == bindparam("appeal"))
    .values(**{name: bindparam(f"now_{name}", type_=APPEAL.c[name].type) for name in STANDING})
)


class SqlAppeals(Store):
    """Appeals, each of one comment of one site."""

    def add(self, appeal: Appeal) -> None:
        """Keep a new appeal."""
        self.connection.execute(APPEAL.insert().values(**fields_of(appeal)))

    def of(self, comment_ids: Collection[UUID]) -> Mapping[UUID, Appeal]:
        """Give the appeal of each of these comments that has one."""
        if not comment_ids:
            return {}
        rows = self.connection.execute(OF, {"ids": list(comment_ids)}).mappings()
        return {row["comment_id"]: Appeal(**row) for row in rows}

    def keep(self, appeals: Sequence[Appeal]) -> None:
        """Write down how appeals stand after decisions on comments that are locked."""
        if appeals:
            kept = [{f"now_{name}": getattr(one, name) for name in STANDING} | {"appeal": one.id} for one in appeals]
            self.connection.execute(KEEP, kept)


def appealed(site_id: UUID) -> Select[Any]:
    """Name the comments of a site whose appeals wait: few of all, found by their own index."""
    return select(APPEAL.c.comment_id).where(APPEAL.c.site_id == site_id, APPEAL.c.outcome.is_(None))


def forget_appeals(connection: Connection, comment_ids: Collection[UUID]) -> None:
    """Forget what was said against decisions on comments that are there no longer."""
    connection.execute(delete(APPEAL).where(APPEAL.c.comment_id.in_(comment_ids)))
