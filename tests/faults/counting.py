"""The counting: what is stored, told and shown is held against what clients were told."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from faults.ledger import Ledger, Outcome, digest_of
from faults.waiting import until
from sqlalchemy import text as sql

from moderation.adapters.db import chains, verification
from moderation.adapters.db.uow import Database
from moderation.services.ports import Deps


@dataclass(frozen=True, slots=True)
class Count:
    """What a run came to; every list names what broke a promise, and should be empty."""

    acked: int
    lost: list[str]
    """Acknowledged keys without their comment, or with another body."""
    doubled: list[str]
    """Keys with two comments or two answers, texts that policy decided twice."""
    stuck: list[str]
    """Comments that are still not decided."""
    early: list[str]
    """Comments that were public before anything approved them."""
    wrong: list[str]
    """Comments that are public though they have the words on which obedient scorers forbid it."""
    missing: list[str]
    """Comments whose changes of state are not told, each once and in order, by the events."""
    broken: dict[str, list[str]]
    """What `lychgate verify` finds."""

    @property
    def faults(self) -> dict[str, Any]:
        """Give what should not be; empty when every promise was kept."""
        return {name: value for name, value in asdict(self).items() if name != "acked" and value}


class Installation:
    """What is stored, read past every process, to be held against the ledger."""

    def __init__(self, database: Database, deps: Deps) -> None:
        """Look into this database; `deps` opens what is sealed there."""
        self.database = database
        self._deps = deps

    def close(self) -> None:
        """Let go of the database."""
        self.database.engine.dispose()

    def _broken(self) -> dict[str, list[str]]:
        return verification.broken(self.database) | chains.broken(self.database)

    def all_decided(self, within: float) -> bool:
        """Wait until no comment waits and every event has its place; tell whether that came in time."""
        try:
            until(lambda: not self.waiting, "everything decided and numbered", within=within)
        except AssertionError:
            return False
        return True

    def count(self, ledger: Ledger, told: Sequence[Mapping[str, Any]], public: Mapping[str, datetime]) -> Count:
        """Hold what is stored, told and shown against what clients were told."""
        acked = ledger.acked()
        return Count(
            acked=len(acked),
            lost=self._lost(acked),
            doubled=[*self._doubled(), *_two_answers(ledger)],
            stuck=[row["id"] for row in self._rows("SELECT id FROM comment WHERE status = 'pending'")],
            early=self._early(public),
            wrong=[row["id"] for row in self._rows(_FORBIDDEN)],
            missing=self._missing(told),
            broken={promise: ids for promise, ids in self._broken().items() if ids},
        )

    def statuses(self) -> Counter[str]:
        """Count the comments by where they stand."""
        return Counter(row["status"] for row in self._rows("SELECT status FROM comment"))

    def claimed(self) -> int:
        """Count the jobs that somebody holds."""
        return len(self._rows("SELECT kind FROM job WHERE kind = 'toxicity' AND token IS NOT NULL"))

    def lease_runs_out(self, comment_id: str) -> None:
        """Let whoever holds this comment's toxicity job lose it now, and whatever pause it makes be over."""
        with self.database.uow(None) as uow:
            uow.connection.execute(sql(_RUN_OUT), {"comment": UUID(comment_id).hex})
            uow.commit()

    def jobs(self) -> Counter[str]:
        """Count the jobs that are to be done, by kind."""
        return Counter(row["kind"] for row in self._rows("SELECT kind FROM job"))

    @property
    def waiting(self) -> int:
        """How many comments, jobs and events wait for something."""
        (row,) = self._rows(_WAITING)
        return int(row["waiting"])

    @property
    def pending(self) -> int:
        """How many comments are not decided."""
        (row,) = self._rows("SELECT count(*) AS many FROM comment WHERE status = 'pending'")
        return int(row["many"])

    def _lost(self, acked: Mapping[str, Mapping[str, Any]]) -> list[str]:
        stored = {row["key"].removeprefix("key:"): row for row in self._rows(_STORED)}
        return [key for key, line in acked.items() if key not in stored or self._differs(stored[key], line)]

    def _differs(self, row: Mapping[str, Any], line: Mapping[str, Any]) -> bool:
        site_id, comment_id = UUID(row["site_id"]), UUID(row["id"])
        email = self._deps.vault.open(bytes(row["email"]), site_id=site_id, comment_id=comment_id)
        now = row["id"], digest_of(row["thread"], row["name"], email, row["text"])
        return now != (line["id"], line["sha256"])

    def _doubled(self) -> list[str]:
        twice = "SELECT min(id) AS id FROM comment GROUP BY text HAVING count(*) > 1"
        if self.database.dialect == "postgresql":
            twice = twice.replace("min(id)", "min(CAST(id AS text))")
        return [row["id"] for query in (twice, _JUDGED_AGAIN) for row in self._rows(query)]

    def _early(self, public: Mapping[str, datetime]) -> list[str]:
        rows = self._rows("SELECT comment_id AS id, created_at FROM decision WHERE status = 'approved'")
        approved = {row["id"]: _moment(row["created_at"]) for row in rows}
        return [shown for shown, when in public.items() if shown not in approved or approved[shown] > when]

    def _missing(self, told: Sequence[Mapping[str, Any]]) -> list[str]:
        """Name comments whose events are not exactly one for each change, and places that leave a gap."""
        heard: dict[str, list[int]] = defaultdict(list)
        for event in told:
            heard[event["data"]["comment"]["id"]].append(event["sequence"])
        changes = {row["id"]: row["changes"] for row in self._rows(_CHANGES)}
        wrong = [one for one, count in changes.items() if sorted(heard.pop(one, [])) != list(range(1, count + 1))]
        places = [row["position"] for row in self._rows("SELECT position FROM event ORDER BY position")]
        gaps = [f"place {place}" for place, found in enumerate(places, 1) if found != place]
        return [*wrong, *heard, *gaps]

    def _rows(self, query: str) -> list[dict[str, Any]]:
        with self.database.reading(None) as uow:
            rows = [dict(row) for row in uow.connection.execute(sql(query)).mappings()]
        return [{name: _plain(name, value) for name, value in row.items()} for row in rows]


_WAITING: Final = """
    SELECT (SELECT count(*) FROM comment WHERE status = 'pending') + (SELECT count(*) FROM job)
         + (SELECT count(*) FROM event WHERE position IS NULL) AS waiting"""
_FORBIDDEN: Final = """
    SELECT id FROM comment WHERE status = 'approved' AND (text LIKE '%SPAM%' OR text LIKE '%TOXICITY%')"""
_JUDGED_AGAIN: Final = """
    SELECT comment.id FROM comment JOIN decision ON decision.comment_id = comment.id AND decision.by = 'policy'
    GROUP BY comment.id, comment.revision HAVING count(*) > comment.revision"""
_STORED: Final = """
    SELECT once.key, comment.id, comment.site_id, comment.name, comment.email, comment.text, thread.key AS thread
    FROM once JOIN comment ON comment.id = once.comment_id JOIN thread ON thread.id = comment.thread_id
    WHERE once.key LIKE 'key:%'"""
_RUN_OUT: Final = """
    UPDATE job SET due_at = '2020-01-01 00:00:00' WHERE kind = 'toxicity' AND comment_id = :comment"""
_CHANGES: Final = """
    SELECT comment.id, 1 + (SELECT count(*) FROM decision WHERE decision.comment_id = comment.id
                            AND (decision.status <> decision.previous OR decision.status = 'pending')) AS changes
    FROM comment"""


def _two_answers(ledger: Ledger) -> Iterator[str]:
    """Name keys under which clients were told of more than one comment."""
    answers: dict[str, set[str]] = defaultdict(set)
    for line in ledger.lines():
        if line["outcome"] == Outcome.ACKED:
            answers[line["key"]].add(line["id"])
    return (key for key, ids in answers.items() if len(ids) > 1)


def _plain(name: str, value: Any) -> Any:
    """Write ids as people know them; SQLite gives them without their dashes."""
    return str(UUID(str(value))) if name in {"id", "site_id"} else value


def _moment(value: datetime | str) -> datetime:
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found if found.tzinfo else found.replace(tzinfo=UTC)
