"""Whether what is stored agrees with itself: each promise as a query for what breaks it."""

from typing import Final
from uuid import UUID

from sqlalchemy import text

from moderation.adapters.db.uow import Database

MOST: Final = 20

PROMISES: Final = {
    "status follows the decision log": """
        SELECT comment.id FROM comment
        LEFT JOIN decision ON decision.comment_id = comment.id AND decision.version = comment.version
        WHERE (decision.id IS NULL AND NOT (comment.version = 1 AND comment.status = 'pending'))
           OR decision.status <> comment.status""",
    "each decision begins where the one before it ended": """
        SELECT later.comment_id FROM decision AS later
        LEFT JOIN decision AS earlier
          ON earlier.comment_id = later.comment_id AND earlier.version = later.version - 1
        WHERE (later.version = 2 AND later.previous <> 'pending')
           OR (later.version > 2 AND (earlier.id IS NULL OR earlier.status <> later.previous))""",
    "each change has exactly one event": """
        SELECT comment.id FROM comment
        LEFT JOIN (SELECT comment_id, count(*) AS told,
                          sum(CASE WHEN type = 'comment.flagged' THEN 1 ELSE 0 END) AS flagged
                   FROM event GROUP BY comment_id) AS events ON events.comment_id = comment.id
        LEFT JOIN (SELECT comment_id, count(*) AS made FROM decision
                   WHERE status <> previous OR status = 'pending' GROUP BY comment_id) AS changes
          ON changes.comment_id = comment.id
        WHERE coalesce(told, 0) <> 1 + coalesce(made, 0) + coalesce(flagged, 0)
           OR coalesce(told, 0) <> comment.sequence""",
    "nothing is approved by policy without its scores": """
        SELECT comment.id FROM comment
        JOIN decision ON decision.comment_id = comment.id AND decision.version = comment.version
        WHERE comment.status = 'approved' AND decision.by = 'policy' AND NOT (
              EXISTS (SELECT 1 FROM signal WHERE signal.comment_id = comment.id
                      AND signal.revision = comment.revision AND signal.kind IN ('spam', 'spam-abstained'))
          AND EXISTS (SELECT 1 FROM signal WHERE signal.comment_id = comment.id
                      AND signal.revision = comment.revision AND signal.kind IN ('toxicity', 'toxicity-abstained')))""",
    "what waits has work planned": """
        SELECT comment.id FROM comment WHERE comment.status = 'pending'
           AND NOT EXISTS (SELECT 1 FROM job WHERE job.comment_id = comment.id)""",
    "threads count their public comments": """
        SELECT thread.id FROM thread
        LEFT JOIN (SELECT thread_id, count(*) AS shown FROM comment WHERE status = 'approved' GROUP BY thread_id)
          AS public ON public.thread_id = thread.id
        WHERE thread.approved <> coalesce(shown, 0)""",
    "events are numbered without a gap": """
        SELECT event.comment_id FROM event WHERE event.position > 1
           AND NOT EXISTS (SELECT 1 FROM event AS earlier WHERE earlier.position = event.position - 1)""",
    "what waits in a wave is in the queue": """
        SELECT comment.id FROM comment JOIN wave ON wave.id = comment.wave
        WHERE comment.status = 'held' AND NOT wave.waiting""",
    "replies stand in their parent's thread": """
        SELECT reply.id FROM comment AS reply JOIN comment AS parent ON parent.id = reply.parent_id
        WHERE reply.thread_id <> parent.thread_id OR reply.site_id <> parent.site_id""",
}


def broken(database: Database) -> dict[str, list[str]]:
    """Give, for each promise, the ids of some rows that break it; empty lists are as it should be."""
    with database.snapshot(None) as uow:
        return {
            promise: [_written(row[0]) for row in uow.connection.execute(text(f"{query} LIMIT {MOST}"))]
            for promise, query in PROMISES.items()
        }


def _written(value: UUID | str) -> str:
    """Write an id as people know it; SQLite gives it without its dashes."""
    return str(value if isinstance(value, UUID) else UUID(value))
