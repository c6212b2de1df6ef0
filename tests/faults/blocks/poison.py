"""F12: some texts kill the process that scores them, or need more memory than it may have."""

from datetime import datetime
from typing import Final

from faults.field import Field
from faults.gluttons import FAULTS, STARVES
from faults.stack import CELERY
from faults.waiting import until
from sqlalchemy import text as sql

from config.queues import QUEUES
from moderation.domain.comment import Status

LIMIT_KB: Final = 1_500_000
"""Of address space, for each process of the worker."""
UNDER_LIMIT: Final = ("/bin/sh", "-c", 'ulimit -v "$0" && exec "$@"', str(LIMIT_KB))
CELERY_OPTIONS: Final = (
    *("worker", "--loglevel", "WARNING", "-O", "fair", "--concurrency", "2"),
    *("--without-gossip", "--without-mingle", "--without-heartbeat", "--queues", ",".join(QUEUES)),
)
PACE: Final = """
    SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM decision.created_at - comment.received_at))
    FROM comment JOIN decision ON decision.comment_id = comment.id AND decision.version = 2
    WHERE comment.received_at >= :since AND decision.status = 'approved'"""


def poison(field: Field) -> None:
    """Post texts that kill and starve among ordinary ones; they alone end with a person."""
    stack, poisoned = field.scene.stack, []
    stack.run("worker", [*UNDER_LIMIT, *CELERY, "faults.gluttons", *CELERY_OPTIONS])
    field.decided_after()  # The new worker is at work; what waited for it to start is no calm.
    calm_since = _now(field)
    with field.posting() as load:
        load.goes_on(round(160 * field.size))
        calm, since = _p95(field, calm_since), _now(field)
        for text in (FAULTS, STARVES) * field.rounds(3):
            poisoned.append(field.scene.client.insist(field.scene.people.says(text)).json["id"])
            load.goes_on(60)
        until(lambda: field.scene.stored.statuses()[Status.HELD] >= len(poisoned), "all of them are held")
    field.scene.stored.all_decided(within=60)
    figures = {"poisoned": len(poisoned), "others_p95_s": _p95(field, since), "others_p95_s_in_calm": calm}
    field.tally.touched("G10", "F12", **figures)
    for comment_id in poisoned:
        if field.scene.reasons_of(comment_id) != ("scoring-failed",) or comment_id in field.scene.reader.public:
            field.tally.broke("G10", "F12", comment_id)
    stack.worker()


def _now(field: Field) -> datetime:
    with field.scene.stack.deps.reading(None) as uow:
        return uow.clock()  # type: ignore[attr-defined]


def _p95(field: Field, since: datetime) -> float:
    """Say in how many seconds all but one in twenty were approved, of those that came since."""
    with field.scene.stored.database.reading(None) as uow:
        return round(float(uow.connection.execute(sql(PACE), {"since": since}).scalar_one() or 0), 2)
