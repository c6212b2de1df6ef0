"""A web process that breaks a promise on purpose: it notes the key of a request and never looks for it."""

from uuid import UUID

from flask import Flask

from moderation.adapters.db import stores
from moderation.adapters.db.stores.journal import SqlOnces
from moderation.app import application as ordinary
from moderation.services.ports import Once


class Keyless(SqlOnces):
    """Takes everything for the first time, however often it came."""

    def claim(self, site_id: UUID, key: str, body: bytes, comment_id: UUID) -> Once | None:
        """Take a key from whoever had it."""
        earlier = self.get(site_id, key)
        if earlier is not None:
            self.forget(earlier.comment_id, key.partition(":")[0])
        return super().claim(site_id, key, body, comment_id)


def application() -> Flask:
    """Make the ordinary application over a store that ignores keys."""
    stores.SqlOnces = Keyless  # type: ignore[misc]
    return ordinary()
