"""The queue of record: jobs as rows, claimed by lease."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import cache, lru_cache
from itertools import accumulate
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping, and_, bindparam, delete, literal_column, select, union_all, update
from uuid_utils.compat import uuid4

from moderation.adapters.db.models import JobRow, SiteRow
from moderation.adapters.db.stores.base import Store, table, upsert
from moderation.adapters.db.stores.comments import COMMENT, READ, comment_of
from moderation.adapters.db.types import among, db_now
from moderation.domain.comment import Comment
from moderation.services.ports import ATTEMPTS, Claim

JOB = table(JobRow)
OWN = table(SiteRow).alias("own")
SPENT: Final = JOB.c.attempts >= literal_column(str(ATTEMPTS))
"""Written out, not bound: a prepared statement must still find the partial index."""
MOST_CHARACTERS: Final = 100_000
"""More than this is not looked at under one lease."""
PLACE: Final = [JOB.c.comment_id, JOB.c.kind]
FRESH: Final[dict[str, Any]] = {"due_at": db_now(), "attempts": 0, "token": None}


@cache
def _planned(dialect: str) -> Any:
    return upsert(dialect, JOB).values(FRESH).on_conflict_do_update(index_elements=PLACE, set_=FRESH)


KIND: Final = JOB.c.kind == bindparam("wanted")
DUE: Final = and_(KIND, JOB.c.due_at <= db_now(), JOB.c.attempts < ATTEMPTS)
SITE: Final = JOB.c.site_id == bindparam("site")
OLDEST: Final = select(JOB.c.attempts).where(DUE).order_by(JOB.c.due_at).limit(1)
AMONG: Final = among(JOB.c.comment_id, "ids")
HELD: Final = and_(AMONG, KIND, JOB.c.token == bindparam("held"))
"""Claims of one batch, which share its token."""
REDEEM: Final = delete(JOB).where(HELD).returning(JOB.c.comment_id)
UNFINISHED: Final = select(JOB.c.comment_id).where(AMONG)


LEASED: Final = READ.join(OWN, OWN.c.id == COMMENT.c.site_id).add_columns(OWN.c.model.label("model"))
"""Which version of a site's model is in use is read along, and costs no question of its own."""


@lru_cache
def _leased(lease: timedelta, *, tried: bool, of_site: bool) -> Any:
    """Lease jobs that are due for longest, of those that were tried before or of the others; on all sites or one."""
    attempts = JOB.c.attempts > 0 if tried else JOB.c.attempts == 0
    oldest = (
        select(JOB.c.comment_id)
        .where(DUE, attempts, *([SITE] if of_site else []))
        .order_by(JOB.c.due_at)
        .limit(bindparam("batch"))
    )
    # Materialised, because PostgreSQL may otherwise run the subquery anew for each row and pass the limit.
    chosen = oldest.with_for_update(skip_locked=True).cte("chosen").prefix_with("MATERIALIZED")
    return (
        update(JOB)
        .where(KIND, JOB.c.comment_id.in_(select(chosen.c.comment_id)))
        .values(token=bindparam("held"), attempts=JOB.c.attempts + 1, due_at=db_now(lease))
        .returning(JOB.c.comment_id, JOB.c.attempts)
    )


class SqlJobs(Store):
    """The queue of record. A job that somebody holds is due again when the lease runs out."""

    def plan(self, comments: Sequence[Comment], kinds: Iterable[str]) -> None:
        """Put work into the queue; what was planned or held for these comments before starts afresh."""
        rows: list[dict[str, Any]] = [
            {"comment_id": comment.id, "kind": kind, "site_id": comment.site_id}
            for comment in comments
            for kind in kinds
        ]
        if rows:
            self.put(_planned(self.connection.dialect.name), rows)

    def claim(self, kind: str, batch: int, lease: timedelta, site_id: UUID | None = None) -> list[Claim]:
        """Lease the jobs that are due for longest, of one site or of all; one tried before is leased alone."""
        wanted: dict[str, Any] = {"wanted": kind} | ({"site": site_id} if site_id else {})
        oldest = self.connection.execute(OLDEST.where(SITE) if site_id else OLDEST, wanted).first()
        if oldest is None:
            return []
        tried = self._lease(wanted, 1, lease, tried=True) if oldest.attempts else []
        return tried or self._lease(wanted, batch, lease, tried=False)

    def _lease(self, wanted: dict[str, Any], batch: int, lease: timedelta, *, tried: bool) -> list[Claim]:
        kind, token = wanted["wanted"], uuid4()
        statement = _leased(lease, tried=tried, of_site="site" in wanted)
        leased = self.connection.execute(statement, {**wanted, "batch": batch, "held": token})
        attempts = {row.comment_id: row.attempts for row in leased}
        found = self.connection.execute(LEASED, {"ids": list(attempts)}).mappings() if attempts else ()
        return self._bearable([_claimed(row, kind, token, attempts) for row in found])

    def _bearable(self, claims: list[Claim]) -> list[Claim]:
        """Keep what can be looked at within a lease, and give the rest back as if it had not been taken."""
        sizes = accumulate(len(claim.comment.text) for claim in claims)
        kept = [claim for claim, size in zip(claims, sizes, strict=True) if size <= MOST_CHARACTERS] or claims[:1]
        back = claims[len(kept) :]
        if back:
            untried = {"token": None, "attempts": JOB.c.attempts - 1, "due_at": db_now()}
            self.connection.execute(update(JOB).where(HELD).values(**untried), _held(back))
        return kept

    def redeem(self, claims: Sequence[Claim]) -> list[Claim]:
        """Finish jobs; give those whose token still held. The rest is somebody else's now."""
        if not claims:
            return []
        finished = set(self.connection.execute(REDEEM, _held(claims)).scalars())
        return [claim for claim in claims if claim.comment_id in finished]

    def postpone(self, claims: Sequence[Claim], delay: timedelta) -> None:
        """Give leases back; the jobs are due again after `delay`."""
        if claims:
            self.connection.execute(update(JOB).where(HELD).values(token=None, due_at=db_now(delay)), _held(claims))

    def unfinished(self, comment_ids: Collection[UUID]) -> set[UUID]:
        """Name those comments that still have work to come."""
        if not comment_ids:
            return set()
        return set(self.connection.execute(UNFINISHED, {"ids": list(comment_ids)}).scalars())

    def exhausted(self, most: int) -> list[UUID]:
        """Give comments with a job that is due again after its last attempt."""
        spent = select(JOB.c.comment_id).where(SPENT, JOB.c.due_at <= db_now()).order_by(JOB.c.due_at)
        return list(self.connection.execute(spent.limit(most)).scalars())

    def abandon(self, comment_ids: Collection[UUID]) -> set[UUID]:
        """Drop the jobs of these comments that used up their attempts; name the comments that had such jobs."""
        if not comment_ids:
            return set()
        spent = and_(JOB.c.comment_id.in_(comment_ids), SPENT, JOB.c.due_at <= db_now())
        return set(self.connection.execute(delete(JOB).where(spent).returning(JOB.c.comment_id)).scalars())

    def drop(self, kind: str, comment_ids: Collection[UUID]) -> None:
        """Forget the jobs of this kind of comments that are locked."""
        if comment_ids:
            self.connection.execute(delete(JOB).where(KIND, AMONG), {"wanted": kind, "ids": list(comment_ids)})

    def put_off(self, kind: str, site_id: UUID, delay: timedelta) -> int:
        """Let what is due of this kind on a site be due later, which counts as no attempt; return how much it was."""
        later = update(JOB).where(DUE, SITE).values(due_at=db_now(delay))
        return self.connection.execute(later, {"wanted": kind, "site": site_id}).rowcount

    def due_sites(self, kind: str) -> list[UUID]:
        """Name the sites on which some work of this kind is due."""
        return list(self.connection.execute(select(JOB.c.site_id).where(DUE).distinct(), {"wanted": kind}).scalars())

    def due_kinds(self, kinds: Iterable[str]) -> set[str]:
        """Name those of these kinds of which somebody should be doing some work now."""
        ready = and_(JOB.c.due_at <= db_now(), JOB.c.attempts < ATTEMPTS)
        asked = [select(JOB.c.kind).where(JOB.c.kind == kind, ready).limit(1).subquery().select() for kind in kinds]
        return set(self.connection.execute(union_all(*asked)).scalars())


def _claimed(row: RowMapping, kind: str, token: UUID, attempts: Mapping[UUID, int]) -> Claim:
    fields = dict(row)
    model = fields.pop("model")
    comment = comment_of(fields)
    return Claim(comment.id, comment.site_id, kind, token, attempts[comment.id], comment, model)


def _held(claims: Sequence[Claim]) -> dict[str, Any]:
    return {"ids": [claim.comment_id for claim in claims], "wanted": claims[0].kind, "held": claims[0].token}
