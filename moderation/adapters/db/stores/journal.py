"""What is written down and not changed: signals, decisions, events, and what may happen once."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, RowMapping, and_, bindparam, delete, func, select, text, tuple_, update
from sqlalchemy.exc import OperationalError

from moderation.adapters.db.models import (
    AuditRow,
    CommentRow,
    DecisionRow,
    EventRow,
    FlagRow,
    OnceRow,
    RevealRow,
    SignalRow,
)
from moderation.adapters.db.stores.base import Store, fields_of, table, upsert
from moderation.adapters.db.stores.telling import among_told
from moderation.adapters.db.types import among, db_now
from moderation.domain.audit import Entry, Who
from moderation.domain.comment import Comment
from moderation.domain.decision import HUMAN, Actor, Decision
from moderation.domain.errors import UnderWay
from moderation.domain.event import Event
from moderation.domain.signal import ABSTAINED, Finding, Signal
from moderation.services.ports import Once

SIGNAL, DECISION, EVENT, COMMENT = (table(row) for row in (SignalRow, DecisionRow, EventRow, CommentRow))
ONCE, FLAG, REVEAL, AUDIT = table(OnceRow), table(FlagRow), table(RevealRow), table(AuditRow)
DAY = timedelta(days=1)
SEEN: Final = select(SIGNAL).where(among(SIGNAL.c.comment_id, "ids"))
FOUND: Final = (
    select(SIGNAL.c.comment_id, SIGNAL.c.findings)
    .join(COMMENT, and_(COMMENT.c.id == SIGNAL.c.comment_id, COMMENT.c.revision == SIGNAL.c.revision))
    .where(among(SIGNAL.c.comment_id, "ids"), SIGNAL.c.kind == bindparam("kind"))
)
DROP: Final = delete(SIGNAL).where(among(SIGNAL.c.comment_id, "ids"), SIGNAL.c.kind == bindparam("stale"))
LINKS: Final = select(DECISION.c.comment_id, DECISION.c.version, DECISION.c.link).where(
    among(DECISION.c.comment_id, "ids")
)
DECIDED: Final = select(DECISION).where(among(DECISION.c.comment_id, "ids")).order_by(DECISION.c.version)
WRITE_DOWN: Final = DECISION.insert()
TELL: Final = EVENT.insert()
AS_TOLD: Final = among_told("ids")
LOCK_NOT_AVAILABLE = "55P03"
NUMBERING = 7_046_001
"""The advisory lock under which one numbering pass runs at a time."""


@cache
def _seen(dialect: str) -> Any:
    """Keep a signal in the place of what was seen of the same kind before."""
    new = upsert(dialect, SIGNAL)
    fresh = {name: new.excluded[name] for name in ("value", "scorer", "language", "findings", "attributes")}
    return new.on_conflict_do_update(index_elements=SIGNAL.primary_key.columns, set_=fresh)


class SqlSignals(Store):
    """What scorers saw."""

    def add(self, seen: Sequence[tuple[Comment, Signal]]) -> None:
        """Keep what scorers see in texts as they are now; of each only its last answer stands, or that it had none."""
        if not seen:
            return
        stale: defaultdict[str, list[UUID]] = defaultdict(list)
        for comment, signal in seen:
            stale[_other_answer(signal.kind)].append(comment.id)
        for kind, comment_ids in stale.items():
            self.connection.execute(DROP, {"ids": comment_ids, "stale": kind})
        rows = [_signal_row(comment, signal) for comment, signal in seen]
        self.connection.execute(_seen(self.connection.dialect.name), rows)

    def of(self, comments: Sequence[Comment]) -> Mapping[UUID, list[Signal]]:
        """Give what was seen of the present text of each comment."""
        revisions = {comment.id: comment.revision for comment in comments}
        found: dict[UUID, list[Signal]] = {comment_id: [] for comment_id in revisions}
        for row in self.connection.execute(SEEN, {"ids": list(revisions)}):
            if row.revision == revisions[row.comment_id]:
                found[row.comment_id].append(_signal(row))
        return found

    def found(self, comment_ids: Collection[UUID], kind: str) -> Mapping[UUID, Sequence[Finding]]:
        """Give what scorers of this kind found in the present text of these comments; most are not in it."""
        rows = self.connection.execute(FOUND, {"ids": list(comment_ids), "kind": kind}) if comment_ids else ()
        return {row.comment_id: _findings(row.findings) for row in rows if row.findings}


def _other_answer(kind: str) -> str:
    """Name what the same scorer would have said had it abstained, or had it not."""
    return kind.removesuffix(ABSTAINED) if kind.endswith(ABSTAINED) else kind + ABSTAINED


def _signal_row(comment: Comment, signal: Signal) -> dict[str, Any]:
    return {
        "comment_id": comment.id,
        "revision": comment.revision,
        "kind": signal.kind,
        "site_id": comment.site_id,
        "value": signal.value,
        "scorer": signal.scorer,
        "language": signal.language,
        "findings": [[finding.code, finding.detail, list(map(list, finding.spans))] for finding in signal.findings],
        "attributes": dict(signal.attributes),
    }


def _signal(row: Row[Any]) -> Signal:
    return Signal(row.kind, row.value, row.scorer, _findings(row.findings), row.attributes, row.language)


def _findings(kept: Sequence[Any]) -> tuple[Finding, ...]:
    return tuple(Finding(code, detail, tuple((a, b) for a, b in spans)) for code, detail, spans in kept)


class SqlLog(Store):
    """The decision log."""

    def add(self, decisions: Sequence[Decision]) -> None:
        """Write down what happened."""
        if decisions:
            self.connection.execute(WRITE_DOWN, [fields_of(decision) for decision in decisions])

    def links(self, comments: Sequence[Comment]) -> Mapping[UUID, bytes]:
        """Give the hash of each comment's latest decision, where it has one."""
        versions = {comment.id: comment.version for comment in comments}
        rows = self.connection.execute(LINKS, {"ids": list(versions)}) if versions else ()
        return {row.comment_id: row.link for row in rows if row.link and row.version == versions[row.comment_id]}

    def get(self, site_id: UUID, decision_id: UUID) -> Decision | None:
        """Find a decision of this site."""
        found = select(DECISION).where(DECISION.c.id == decision_id, DECISION.c.site_id == site_id)
        row = self.connection.execute(found).mappings().first()
        return None if row is None else decision_of(row)

    def of(self, comment_id: UUID) -> list[Decision]:
        """Give a comment's decisions, oldest first."""
        found = select(DECISION).where(DECISION.c.comment_id == comment_id).order_by(DECISION.c.version)
        return [decision_of(row) for row in self.connection.execute(found).mappings()]

    def of_each(self, comment_ids: Collection[UUID]) -> Mapping[UUID, list[Decision]]:
        """Give the decisions of each of these comments, oldest first."""
        found: dict[UUID, list[Decision]] = {comment_id: [] for comment_id in comment_ids}
        for row in self.connection.execute(DECIDED, {"ids": list(found)}).mappings():
            found[row["comment_id"]].append(decision_of(row))
        return found

    def decided_by_people(self, comment_ids: Collection[UUID]) -> set[UUID]:
        """Name those comments that a person decided before."""
        people = select(DECISION.c.comment_id).where(
            DECISION.c.comment_id.in_(comment_ids), DECISION.c.by.in_(sorted(HUMAN))
        )
        return set(self.connection.execute(people).scalars()) if comment_ids else set()

    def overruled(self, comment_ids: Collection[UUID]) -> set[UUID]:
        """Name those comments of which a person took back what policy had decided."""
        undone = DECISION.alias("undone")
        taken_back = select(DECISION.c.comment_id).join(undone, undone.c.id == DECISION.c.undoes)
        found = taken_back.where(DECISION.c.comment_id.in_(comment_ids), undone.c.by == Actor.POLICY)
        return set(self.connection.execute(found).scalars()) if comment_ids else set()


def decision_of(row: RowMapping) -> Decision:
    """Read a decision from its row."""
    fields = dict(row)
    reasons, previous = tuple(fields["reasons"]), tuple(fields["previous_reasons"])
    return Decision(**{**fields, "reasons": reasons, "previous_reasons": previous})


class SqlEvents(Store):
    """What publishers will hear."""

    def add(self, events: Sequence[Event]) -> None:
        """Write down what changed; positions come later."""
        if events:
            self.put(TELL, [fields_of(event) for event in events])

    def number(self, most: int) -> list[UUID]:
        """Give positions to events that have none, in one pass at a time; name them.

        Ids are handed out before commit, so a reader that goes by them skips who commits
        late. Positions are handed out here, after commit, by one pass at a time.
        """
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": NUMBERING})
        last = self.connection.execute(select(func.coalesce(func.max(EVENT.c.position), 0))).scalar_one()
        fresh = select(EVENT.c.id).where(EVENT.c.position.is_(None)).order_by(EVENT.c.id).limit(most)
        ids = self.connection.execute(fresh).scalars().all()
        if ids:
            self.connection.execute(
                update(EVENT).where(EVENT.c.id == bindparam("event")).values(position=bindparam("place")),
                [{"event": event, "place": place} for place, event in enumerate(ids, last + 1)],
            )
        return list(ids)

    def told(self, event_ids: Collection[UUID]) -> Mapping[UUID, Mapping[str, Any]]:
        """Give events, each with its comment as it is now."""
        if not event_ids:
            return {}
        rows = self.connection.execute(AS_TOLD, {"ids": list(event_ids)}).mappings()
        return {row["id"]: dict(row) for row in rows}

    def unnumbered(self) -> bool:
        """Say whether a numbering pass has something to do."""
        return (
            self.connection.execute(select(EVENT.c.id).where(EVENT.c.position.is_(None)).limit(1)).first() is not None
        )


@cache
def _taken(dialect: str) -> Any:
    """Take a key, or take it again once a day is over; what comes back says that it was taken."""
    new = upsert(dialect, ONCE).values(created_at=db_now())
    fresh = {name: new.excluded[name] for name in ("body", "comment_id", "created_at")}
    over = ONCE.c.created_at < db_now(-DAY)
    again = new.on_conflict_do_update(index_elements=ONCE.primary_key.columns, set_=fresh, where=over)
    return again.returning(ONCE.c.comment_id)


class SqlOnces(Store):
    """Things that may happen once a day."""

    def claim(self, site_id: UUID, key: str, body: bytes, comment_id: UUID) -> Once | None:
        """Take a key, or give what already happened under it; waits for whoever is taking it now."""
        taken = _taken(self.connection.dialect.name)
        values = {"site_id": site_id, "key": key, "body": body, "comment_id": comment_id}
        while self._waited_for(taken, values) is None:
            earlier = self.get(site_id, key)
            if earlier is not None:
                return earlier  # Else it ended between the two questions, and can be taken now.
        return None

    def _waited_for(self, taken: Any, values: Mapping[str, Any]) -> Row[Any] | None:
        """Take a key once whoever is taking it has ended; who holds up anything else is no first request."""
        try:
            return self.connection.execute(taken, values).first()
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
                raise UnderWay("The same request is still under way; try again in a moment.") from None
            raise

    def get(self, site_id: UUID, key: str) -> Once | None:
        """Say what happened under a key within a day."""
        kept = select(ONCE).where(ONCE.c.site_id == site_id, ONCE.c.key == key, ONCE.c.created_at >= db_now(-DAY))
        row = self.connection.execute(kept).first()
        return None if row is None else Once(row.body, row.comment_id)

    def forget(self, comment_id: UUID, purpose: str) -> None:
        """Let what this comment took for one purpose be taken again."""
        own = and_(ONCE.c.comment_id == comment_id, ONCE.c.key.startswith(f"{purpose}:", autoescape=True))
        self.connection.execute(delete(ONCE).where(own))

    def purge(self, age: timedelta, most: int) -> int:
        """Drop some of what is older than `age`."""
        old = select(ONCE.c.site_id, ONCE.c.key).where(ONCE.c.created_at < db_now(-age))
        some = old.order_by(ONCE.c.created_at).limit(most)
        return self.connection.execute(delete(ONCE).where(tuple_(ONCE.c.site_id, ONCE.c.key).in_(some))).rowcount


class SqlFlags(Store):
    """Readers' flags."""

    def add(self, comment: Comment, *, network_print: bytes, reason: str, now: datetime) -> bool:
        """Keep a flag; says False where this network has flagged the comment before."""
        new = self.upsert(FLAG).values(
            comment_id=comment.id,
            site_id=comment.site_id,
            network_print=network_print,
            reason=reason,
            created_at=now,
        )
        kept = new.on_conflict_do_nothing().returning(FLAG.c.comment_id)  # The driver counts no rows of an INSERT.
        return self.connection.execute(kept).first() is not None

    def count(self, comment_id: UUID) -> int:
        """Count the networks that flagged a comment."""
        return self.connection.execute(
            select(func.count()).select_from(FLAG).where(FLAG.c.comment_id == comment_id)
        ).scalar_one()

    def first_at(self, comment_id: UUID) -> datetime | None:
        """Say when a comment was first flagged."""
        first: datetime | None = self.connection.execute(
            select(func.min(FLAG.c.created_at)).where(FLAG.c.comment_id == comment_id)
        ).scalar_one()
        return first


class SqlAudit(Store):
    """Looks at addresses, and what else was done at a site."""

    def note(self, entries: Sequence[Entry]) -> None:
        """Write down what was done."""
        if entries:
            self.connection.execute(AUDIT.insert(), [fields_of(entry) for entry in entries])

    def purge(self, age: timedelta, most: int) -> int:
        """Forget some of what was done longer than `age` ago; the database lets nothing younger than a year go."""
        gone = 0
        for source in (AUDIT, REVEAL):
            old = select(source.c.site_id, source.c.id).where(source.c.created_at < db_now(-age))
            some = old.order_by(source.c.created_at).limit(most)
            gone += self.connection.execute(
                delete(source).where(tuple_(source.c.site_id, source.c.id).in_(some))
            ).rowcount
        return gone

    def add(self, comment: Comment, *, reveal_id: UUID, by: Who, reason: str, now: datetime) -> None:
        """Write down who saw an address, and why."""
        self.connection.execute(
            REVEAL.insert().values(
                id=reveal_id,
                site_id=comment.site_id,
                comment_id=comment.id,
                actor_id=by.id,
                by=by.kind,
                reason=reason,
                created_at=now,
            )
        )
