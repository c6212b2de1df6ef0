"""Editions of the widget, found by their names."""

from datetime import datetime

from sqlalchemy import select

from moderation.adapters.db.models import EditionRow
from moderation.adapters.db.stores.base import Store, table
from moderation.domain.edition import Edition

EDITION = table(EditionRow)


class SqlEditions(Store):
    """Editions; none is ever changed or forgotten."""

    def get(self, name: str) -> Edition | None:
        """Find an edition by its name."""
        asked = select(EDITION.c.name, EDITION.c.script, EDITION.c.words).where(EDITION.c.name == name)
        row = self.connection.execute(asked).mappings().first()
        return None if row is None else Edition(**row)

    def add(self, edition: Edition, kept_at: datetime) -> None:
        """Keep an edition; of two processes that start at once, both have kept it."""
        new = self.upsert(EDITION).values(
            name=edition.name, script=edition.script, words=edition.words, kept_at=kept_at
        )
        self.connection.execute(new.on_conflict_do_nothing())
