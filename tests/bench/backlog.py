"""A backlog of two sites, drained by more and more workers: how fast, at what cost, and how fairly."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final

from bench.ground import Installation, installed
from bench.measuring import cpu_of, family, memory_of
from bench.sending import send
from faults.stack import COMMAND
from faults.waiting import until
from makers import ORIGIN, settings_for
from psycopg import sql
from servers.postgres import OwnPostgres
from servers.valkey import OwnBroker
from sqlalchemy import make_url, text

from moderation.adapters.broker import silent
from moderation.adapters.db.uow import Database
from moderation.domain.site import Site
from moderation.services import events, sites
from moderation.wiring import build, starting_policy

SMALL: Final = 0.05
"""The small site's share; its comments come in behind all of the large one's."""
PATIENCE: Final = 300.0
GLANCE: Final = 0.1
_WAITING: Final = text("""
    SELECT (SELECT count(*) FROM comment WHERE status = 'pending') + (SELECT count(*) FROM job)
         + (SELECT count(*) FROM event WHERE position IS NULL)""")
_DECIDED: Final = text("""
    SELECT comment.site_id, decision.created_at FROM decision JOIN comment ON comment.id = decision.comment_id
    WHERE decision.by = 'policy'""")
_BYTES: Final = text("SELECT coalesce(sum(pg_total_relation_size(relid)), 0) FROM pg_stat_user_tables")
_WRITTEN: Final = text("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')")
_COMMITS: Final = text("SELECT sum(xact_commit) FROM pg_stat_database WHERE datname = current_database()")
Costs = dict[str, float]


@dataclass(frozen=True, slots=True)
class Drained:
    """What so many workers came to."""

    workers: int
    rate: float
    """Comments decided a second."""
    costs: Costs
    """Of each comment: milliseconds of CPU by part, messages, commits and bytes."""
    jain: float
    """How evenly the workers shared the work, by the CPU that each used: 1 is evenly, 1/n is one for all."""
    waited: dict[str, float]
    """The median seconds from the first bell to the decision, for each site."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """A database full of comments that wait, to be copied for each drain."""

    installation: Installation
    postgres: OwnPostgres
    url: str
    comments: int
    small: Site

    @classmethod
    @contextmanager
    def filled(cls, folder: Path, postgres: OwnPostgres, comments: int) -> Iterator[tuple["Backlog", Costs]]:
        """Let people post to both sites while no worker runs; give what taking in cost as well."""
        with installed(folder / "backlog", postgres) as installation:
            stack = installation.stack
            policy = starting_policy("default")
            small = sites.create(stack.deps, name="Village", origins=[ORIGIN], policy=policy)
            backlog = cls(installation, postgres, stack.database_url, comments, small)
            costs = backlog._fill()
            yield backlog, costs

    def drained(self, workers: int) -> Drained:
        """Drain a copy with so many workers and one sweep."""
        with self._copy() as url:
            return _Drain(self, url, workers).run()

    def numbering(self) -> float:
        """Give the milliseconds that one numbering pass takes for each event of a copy, all of it counted."""
        with self._copy() as url:
            deps = build(settings_for(url), ring=silent)
            began, count = perf_counter(), 0
            while numbered := events.number(deps):
                count += numbered
            took = perf_counter() - began
            deps.close()
            return took * 1000 / count

    def _fill(self) -> Costs:
        stack = self.installation.stack
        stack.sweep()  # Events and jobs are looked for all the time, as in life; nobody answers.
        self.installation.web()
        self.installation.ready()
        web, before = family(stack.process("web").pid), Meter(self.postgres, stack.database)
        used = cpu_of(web)
        few = round(self.comments * SMALL)
        for site, first, enough in ((stack.site, 1, self.comments - few), (self.small, self.comments, few)):
            send(stack.port, f"/v1/sites/{site.key}/comments", first=first, enough=enough)
        costs = {"web": (cpu_of(web) - used) * 1000, **before.since()}
        memory = {"web memory": memory_of(family(stack.process("web").pid))}
        memory["sweep memory"] = memory_of(family(stack.process("sweep").pid))
        stack.kill_everything()
        stack.forget("web")
        stack.forget("sweep")
        stack.deps.close()
        return {name: value / self.comments for name, value in costs.items()} | memory

    @contextmanager
    def _copy(self) -> Iterator[str]:
        """Make a copy of the full database; nobody may be there meanwhile."""
        there = sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}")
        self.postgres.administer(there.format(sql.Literal(make_url(self.url).database)))
        url = self.postgres.fresh_database(template=self.url)
        yield url
        self.postgres.drop(url)


class Meter:
    """What PostgreSQL used and wrote since it was made."""

    def __init__(self, postgres: OwnPostgres, database: Database) -> None:
        """Begin now."""
        self._postgres, self._database = postgres, database
        self._before = self._now()

    def since(self) -> Costs:
        """Give the milliseconds of CPU, the commits and the bytes of log and of tables since then."""
        return {name: value - self._before[name] for name, value in self._now().items()}

    def _now(self) -> Costs:
        asked = {"commits": _COMMITS, "log bytes": _WRITTEN, "stored bytes": _BYTES}
        with self._database.reading(None) as uow:
            found = {name: float(uow.connection.execute(query).scalar_one()) for name, query in asked.items()}
        return {"postgresql": cpu_of(family(self._postgres.process.pid)) * 1000, **found}


class _Drain:
    """One drain, from the first bell until nothing waits."""

    def __init__(self, backlog: Backlog, url: str, workers: int) -> None:
        self._backlog, self._stack = backlog, backlog.installation.stack
        self._database = Database(url)
        self._env = {"LYCHGATE_DATABASE_URL": url}
        self._names = [f"worker-{number}" for number in range(1, workers + 1)]

    def run(self) -> Drained:
        """Start workers, let the sweep ring, and wait."""
        self._stack.broker.flush()
        for name in self._names:
            self._stack.run(name, [*COMMAND, "worker", "--concurrency", "1"], **self._env)
        until(lambda: listening(self._stack.broker) == len(self._names), "all workers listen")
        try:
            return self._measured()
        finally:
            for name in (*self._names, "sweep"):
                self._stack.forget(name)
            self._database.engine.dispose()

    def _measured(self) -> Drained:
        idle, meter = self._used(self._names), Meter(self._backlog.postgres, self._database)
        messages, broker = self._backlog.installation.messages(), self._used_by_broker()
        self._stack.run("sweep", [*COMMAND, "sweep"], **self._env)
        until(lambda: self._backlog.installation.messages() > messages, "the sweep rings", every=0.01)
        first, rung = datetime.now(UTC), self._used(["sweep"])[0]
        until(lambda: not self._waiting(), "everything is decided and numbered", within=PATIENCE, every=GLANCE)
        each = [after - before for after, before in zip(self._used(self._names), idle, strict=True)]
        used = {
            "workers": sum(each) * 1000,
            "sweep": (self._used(["sweep"])[0] - rung) * 1000,
            "broker": (self._used_by_broker() - broker) * 1000,
            "messages": float(self._backlog.installation.messages() - messages),
            **meter.since(),
        }
        costs = {name: value / self._backlog.comments for name, value in used.items()}
        costs["worker memory"] = memory_of(family(self._stack.process(self._names[0]).pid))
        return self._told(first, each, costs)

    def _told(self, first: datetime, each: Sequence[float], costs: Costs) -> Drained:
        with self._database.reading(None) as uow:
            rows = uow.connection.execute(_DECIDED).all()
        waits: dict[str, list[float]] = {"large": [], "small": []}
        for site_id, decided in rows:
            waits["small" if site_id == self._backlog.small.id else "large"].append((decided - first).total_seconds())
        last = max(waits["large"] + waits["small"])
        waited = {site: median(times) for site, times in waits.items()}
        return Drained(len(each), len(rows) / last, costs, jain(each), waited)

    def _waiting(self) -> int:
        with self._database.reading(None) as uow:
            return int(uow.connection.execute(_WAITING).scalar_one())

    def _used(self, names: Sequence[str]) -> list[float]:
        return [cpu_of(family(self._stack.process(name).pid)) for name in names]

    def _used_by_broker(self) -> float:
        return cpu_of(family(self._stack.broker.process.pid))


def listening(broker: OwnBroker) -> int:
    """Count the workers that wait for bells right now."""
    with broker.client() as client:
        return sum(each["cmd"] == "brpop" for each in client.client_list())


def jain(shares: Sequence[Any]) -> float:
    """Give Jain's index of fairness: (Σx)² / (n · Σx²) (Jain, Chiu and Hawe 1984, DEC-TR-301)."""
    return sum(shares) ** 2 / (len(shares) * sum(share**2 for share in shares))
