"""Whether what is stored agrees with itself: each promise as a query for what breaks it.

Tables are walked in pieces of their keys, so that no statement grows with the data: each stays far inside the time
that a server gives one, however many comments there are.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import text

from moderation.adapters.db.uow import Database

MOST: Final = 20
PIECE: Final = 5000
"""Rows of the table that is walked, in one statement."""


class Promise(NamedTuple):
    """A query for ids of what breaks it, for keys of a table above `:after` and up to `:upto`."""

    table: str
    key: str
    query: str


PROMISES: Final = {
    "status follows the decision log": Promise(
        "comment",
        "id",
        """
        SELECT comment.id FROM comment
        LEFT JOIN decision ON decision.comment_id = comment.id AND decision.version = comment.version
        WHERE comment.id > :after AND comment.id <= :upto
          AND ((decision.id IS NULL AND NOT (comment.version = 1 AND comment.status = 'pending'))
               OR decision.status <> comment.status)""",
    ),
    "each decision begins where the one before it ended": Promise(
        "comment",
        "id",
        """
        SELECT later.comment_id FROM decision AS later
        LEFT JOIN decision AS earlier
          ON earlier.comment_id = later.comment_id AND earlier.version = later.version - 1
        WHERE later.comment_id > :after AND later.comment_id <= :upto
          AND ((later.version = 2 AND later.previous <> 'pending')
               OR (later.version > 2 AND (earlier.id IS NULL OR earlier.status <> later.previous)))""",
    ),
    "each change has exactly one event": Promise(
        "comment",
        "id",
        """
        SELECT comment.id FROM comment
        LEFT JOIN (SELECT comment_id, count(*) AS told,
                          sum(CASE WHEN type = 'comment.flagged' THEN 1 ELSE 0 END) AS flagged
                   FROM event WHERE comment_id > :after AND comment_id <= :upto
                   GROUP BY comment_id) AS events ON events.comment_id = comment.id
        LEFT JOIN (SELECT comment_id, count(*) AS made FROM decision
                   WHERE comment_id > :after AND comment_id <= :upto
                     AND (status <> previous OR status = 'pending' OR by = 'author')
                   GROUP BY comment_id) AS changes ON changes.comment_id = comment.id
        WHERE comment.id > :after AND comment.id <= :upto
          AND (coalesce(told, 0) <> 1 + coalesce(made, 0) + coalesce(flagged, 0)
               OR coalesce(told, 0) <> comment.sequence)""",
    ),
    "what is appealed waits or was decided": Promise(
        "comment",
        "id",
        """
        SELECT comment.id FROM comment
        JOIN appeal ON appeal.comment_id = comment.id
        LEFT JOIN decision ON decision.id = appeal.decision_id AND decision.comment_id = comment.id
        WHERE comment.id > :after AND comment.id <= :upto
          AND ((appeal.outcome IS NULL AND comment.status IN ('approved', 'deleted'))
               OR (appeal.outcome IS NULL) <> (decision.id IS NULL))""",
    ),
    "nothing is approved by policy without its scores": Promise(
        "comment",
        "id",
        """
        SELECT comment.id FROM comment
        JOIN decision ON decision.comment_id = comment.id AND decision.version = comment.version
        WHERE comment.id > :after AND comment.id <= :upto
          AND comment.status = 'approved' AND decision.by = 'policy' AND NOT (
              EXISTS (SELECT 1 FROM signal WHERE signal.comment_id = comment.id
                      AND signal.revision = comment.revision AND signal.kind IN ('spam', 'spam-abstained'))
          AND EXISTS (SELECT 1 FROM signal WHERE signal.comment_id = comment.id
                      AND signal.revision = comment.revision AND signal.kind IN ('toxicity', 'toxicity-abstained')))""",
    ),
    "what waits has work planned": Promise(
        "comment",
        "id",
        """
        SELECT comment.id FROM comment
        WHERE comment.id > :after AND comment.id <= :upto AND comment.status = 'pending'
          AND NOT EXISTS (SELECT 1 FROM job WHERE job.comment_id = comment.id)""",
    ),
    "threads count their public comments": Promise(
        "thread",
        "id",
        """
        SELECT thread.id FROM thread
        LEFT JOIN (SELECT thread_id, count(*) AS shown FROM comment
                   WHERE thread_id > :after AND thread_id <= :upto AND status = 'approved' GROUP BY thread_id)
          AS public ON public.thread_id = thread.id
        WHERE thread.id > :after AND thread.id <= :upto AND thread.approved <> coalesce(shown, 0)""",
    ),
    "events are numbered without a gap": Promise(
        "event",
        "position",
        """
        SELECT numbered.comment_id FROM (
            SELECT comment_id, position, lag(position, 1, CAST(:after AS BIGINT)) OVER (ORDER BY position) AS earlier
            FROM event WHERE position > :after AND position <= :upto) AS numbered
        WHERE numbered.position > numbered.earlier + 1""",
    ),
    "what waits in a wave is in the queue": Promise(
        "comment",
        "id",
        """
        SELECT comment.id FROM comment JOIN wave ON wave.id = comment.wave
        JOIN wave AS card ON card.id = coalesce(wave.merged_into, wave.id)
        WHERE comment.id > :after AND comment.id <= :upto AND comment.status = 'held'
        AND NOT (wave.waiting AND card.waiting)""",
    ),
    "replies stand in their parent's thread": Promise(
        "comment",
        "id",
        """
        SELECT reply.id FROM comment AS reply JOIN comment AS parent ON parent.id = reply.parent_id
        WHERE reply.id > :after AND reply.id <= :upto
          AND (reply.thread_id <> parent.thread_id OR reply.site_id <> parent.site_id)""",
    ),
}


def broken(database: Database, piece_of: int = PIECE) -> dict[str, list[str]]:
    """Give, for each promise, the ids of some rows that break it; empty lists are as it should be."""
    found: dict[str, list[str]] = {promise: [] for promise in PROMISES}
    for table, key in dict.fromkeys((promise.table, promise.key) for promise in PROMISES.values()):
        walked = {name: text(f"{one.query} LIMIT {MOST}") for name, one in PROMISES.items() if one.table == table}
        for piece in _pieces(database, table, key, piece_of):
            with database.snapshot(None) as uow:
                for name, query in walked.items():
                    found[name] += [_written(row[0]) for row in uow.connection.execute(query, piece)]
    return {promise: ids[:MOST] for promise, ids in found.items()}


def _pieces(database: Database, table: str, key: str, rows: int) -> Iterator[dict[str, Any]]:
    """Walk a table's keys, a piece at a time, and give the bounds of each."""
    keys = f"SELECT {key} FROM {table} WHERE {key} > :after ORDER BY {key} LIMIT {rows}"  # noqa: S608 (our own names)
    last = text(f"SELECT {key} FROM ({keys}) AS piece ORDER BY {key} DESC LIMIT 1")  # noqa: S608 (the same)
    after: Any = 0 if key == "position" else _first(database)
    while True:
        with database.reading(None) as uow:
            upto = uow.connection.execute(last, {"after": after}).scalar()
        if upto is None:
            return
        yield {"after": after, "upto": upto}
        after = upto


def _first(database: Database) -> UUID | str:
    """Give the id below all others, as the database writes ids."""
    return UUID(int=0) if database.dialect == "postgresql" else UUID(int=0).hex


def _written(value: UUID | str) -> str:
    """Write an id as people know it; SQLite gives it without its dashes."""
    return str(value if isinstance(value, UUID) else UUID(value))
