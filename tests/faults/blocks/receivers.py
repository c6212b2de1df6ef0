"""F9: receivers that fail, reset, drip, lead elsewhere or are gone; each event arrives or lies among the dead."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any, Final
from uuid import UUID

from faults.field import Field
from faults.receiver import responses
from faults.waiting import until
from sqlalchemy import text as sql

from moderation.domain.event import PREFIX
from moderation.services import webhooks

TESTS: Final = Path(__file__).parents[2]
STEADY: Final = "steady"
SETTLED: Final = ("delivered", "dead")
PLANNED: Final = "SELECT event_id, state, attempts FROM delivery WHERE endpoint_id = :endpoint"
TOLD: Final = "SELECT id, created_at FROM event WHERE site_id = :site AND position > :after ORDER BY position"
LAST: Final = "SELECT coalesce(max(position), 0) FROM event"


@dataclass(frozen=True)
class Somebody:
    """Whoever listens, in a process of its own."""

    url: str
    process: "subprocess.Popen[str]"

    @property
    def came(self) -> dict[str, list[float]]:
        """The moments at which each event came."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        found: dict[str, list[float]] = json.loads(self.process.stdout.readline())
        return found


@dataclass(frozen=True)
class Listener:
    """An endpoint and whoever is there."""

    name: str
    endpoint_id: UUID
    there: Somebody

    @property
    def came(self) -> dict[str, list[float]]:
        """The moments at which each event came."""
        return self.there.came


@contextmanager
def somebody(name: str, bait: str = "") -> Iterator[Somebody]:
    """Let somebody listen in this way."""
    command = (sys.executable, "-m", "faults.receiver", name, bait)
    with subprocess.Popen(
        command, cwd=TESTS, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdin
        assert process.stdout
        yield Somebody(process.stdout.readline().strip(), process)
        process.stdin.close()


def endure(field: Field) -> None:
    """Tell two steady receivers alone, then beside eight hostile ones, and kill all workers on the way."""
    with ExitStack() as servers:
        begun = _last(field)
        steady = [_listen(field, servers.enter_context(somebody(STEADY)), f"{STEADY}-{number}") for number in (1, 2)]
        _told_to(field, steady, lambda: _post(field, 20))  # Whoever just started is slow.
        alone = _told_to(field, steady, lambda: _post(field, 200))
        elsewhere = servers.enter_context(somebody(STEADY))
        first = _last(field)
        hostile = [
            _listen(field, servers.enter_context(somebody(name, elsewhere.url)), name)
            for name in responses(elsewhere.url)
            if name != STEADY
        ]
        beside = _told_to(field, steady, lambda: _post(field, 200))
        _told_to(field, steady, lambda: _killed_on_the_way(field))
        _disable(field, hostile)
        _count(field, steady, begun)
        _count(field, hostile, first)
        _end(field, steady)
        if elsewhere.came:
            field.tally.broke("G6", "F9", "somebody was followed elsewhere")
    ratio = round(beside / max(alone, 0.001), 2)
    field.tally.touched("G6", "F9", p95_alone_s=alone, p95_beside_s=beside, p95_ratio=ratio)


def _told_to(field: Field, steady: list[Listener], happens: Callable[[], None]) -> float:
    """Let something happen, wait until the steady ones heard all of it, and give the lag of 95 in 100 of it."""
    before = _last(field)
    happens()
    until(lambda: _all_came(field, steady, before), "the steady ones have heard everything")
    rows = _rows(field, TOLD, site=field.scene.stack.site.id, after=before)
    came = [each.came for each in steady]
    lags = [each[f"{PREFIX}{row['id']}"][0] - row["created_at"].timestamp() for each in came for row in rows]
    return round(quantiles(lags, n=20)[-1], 3)


def _listen(field: Field, there: Somebody, name: str) -> Listener:
    """Let whoever is there hear of events."""
    url = there.url.replace("http:", "https:") if name == "bad TLS" else there.url
    stack = field.scene.stack
    endpoint, _ = webhooks.add(stack.deps, stack.site.id, url=url, description=name)
    return Listener(name, endpoint.id, there)


def _post(field: Field, most: int) -> None:
    with field.posting() as load:
        load.goes_on(field.rounds(most))


def _killed_on_the_way(field: Field) -> None:
    """Kill every worker while it delivers, some times over."""
    with field.posting() as load:
        for _ in range(field.rounds(5)):
            load.goes_on(field.chance.randint(5, 15))
            field.kill("worker")
            field.scene.stack.restart("worker")
        load.goes_on(5)


def _disable(field: Field, hostile: list[Listener]) -> None:
    """Give the hostile ones up, so that what waits for them is dead."""
    until(lambda: field.scene.stored.waiting == 0, "everything is decided and numbered")
    _end(field, hostile)


def _end(field: Field, listeners: list[Listener]) -> None:
    """Tell these nothing any more; with whoever is gone, later blocks have no business."""
    stack = field.scene.stack
    for each in listeners:
        webhooks.change(stack.deps, stack.site.id, each.endpoint_id, enabled=False)


def _count(field: Field, listeners: list[Listener], after: int) -> None:
    """Hold what was planned against what was told since, and what was delivered against what came."""
    told = {str(row["id"]) for row in _rows(field, TOLD, site=field.scene.stack.site.id, after=after)}
    states: Counter[str] = Counter()
    for each in listeners:
        rows = {str(row["event_id"]): row for row in _rows(field, PLANNED, endpoint=each.endpoint_id)}
        states.update(row["state"] for row in rows.values())
        for broken in _broken(each, rows, told, field.tally.sigkills):
            field.tally.broke("G6", "F9", f"{each.name}: {broken}")
    kind = "steady" if listeners[0].name.startswith(STEADY) else "hostile"
    field.tally.touched("G6", "F9", **{f"{kind}_{state}": many for state, many in states.items()})


def _broken(each: Listener, rows: Mapping[str, Any], told: set[str], kills: int) -> Iterator[str]:
    """Say what is neither delivered nor dead, what is delivered and never came, and what came too often."""
    settled = {event for event, row in rows.items() if row["state"] in SETTLED}
    arrived = {event for event, row in rows.items() if row["state"] == "delivered"}
    came = {name.removeprefix(PREFIX): len(times) for name, times in each.came.items()}
    if each.name != "410":  # It hears nothing of what happens after its first answer.
        yield from (f"event {event} is neither delivered nor dead" for event in told - settled)
    yield from (f"event {event} is delivered and never came" for event in arrived - set(came))
    often = (event for event, times in came.items() if times > rows[event]["attempts"] + kills)
    yield from (f"event {event} came more often than it was sent" for event in often)


def _all_came(field: Field, listeners: list[Listener], after: int) -> bool:
    """Tell whether everything is decided, numbered, and has come."""
    if field.scene.stored.waiting:
        return False
    told = {f"{PREFIX}{row['id']}" for row in _rows(field, TOLD, site=field.scene.stack.site.id, after=after)}
    return all(told <= set(each.came) for each in listeners) and _none_waits(field, listeners)


def _none_waits(field: Field, listeners: list[Listener]) -> bool:
    return all(
        row["state"] in SETTLED for each in listeners for row in _rows(field, PLANNED, endpoint=each.endpoint_id)
    )


def _last(field: Field) -> int:
    (row,) = _rows(field, LAST)
    return int(next(iter(row.values())))


def _rows(field: Field, query: str, **named: Any) -> list[Mapping[str, Any]]:
    with field.scene.stored.database.reading(None) as uow:
        return [dict(row) for row in uow.connection.execute(sql(query), named).mappings()]
