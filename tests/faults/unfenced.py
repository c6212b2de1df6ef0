"""A worker that breaks a promise on purpose: it stores what it found, whoever holds the job now."""

from collections.abc import Sequence

from faults.poisoned import app
from sqlalchemy import delete

from moderation.adapters.db import stores
from moderation.adapters.db.stores.jobs import JOB, SqlJobs
from moderation.services.ports import Claim

__all__ = ["app"]


class Unfenced(SqlJobs):
    """Takes every claim for its own, however late it comes back."""

    def redeem(self, claims: Sequence[Claim]) -> list[Claim]:
        """Finish jobs as the real one does, but without asking for the token."""
        if not claims:
            return []
        ids = [claim.comment_id for claim in claims]
        done = delete(JOB).where(JOB.c.comment_id.in_(ids), JOB.c.kind == claims[0].kind).returning(JOB.c.comment_id)
        finished = set(self.connection.execute(done).scalars())
        return [claim for claim in claims if claim.comment_id in finished]


stores.SqlJobs = Unfenced  # type: ignore[misc]
