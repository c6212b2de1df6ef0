"""A worker that breaks a promise on purpose: it stores what it found, whoever holds the job now."""

from collections.abc import Sequence

from faults.poisoned import app
from sqlalchemy import ColumnElement, and_

from moderation.adapters.db import stores
from moderation.adapters.db.stores.jobs import JOB, SqlJobs
from moderation.services.ports import Claim

__all__ = ["app"]


class Unfenced(SqlJobs):
    """Takes every claim for its own, however late it comes back."""

    def _held(self, claims: Sequence[Claim]) -> ColumnElement[bool]:
        return and_(JOB.c.comment_id.in_([claim.comment_id for claim in claims]), JOB.c.kind == claims[0].kind)


stores.SqlJobs = Unfenced  # type: ignore[misc]
