"""`make bench-webhooks`: deliveries a second beside bare calls of `requests`, and how late events come."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import urlopen

import click
import requests
from faults.stack import Stack
from faults.waiting import pause, until
from makers import World
from rich.console import Console
from servers.postgres import OwnPostgres
from sqlalchemy import text as sql

from moderation.domain.endpoint import MOST_ENDPOINTS
from moderation.domain.event import PREFIX, encoded
from moderation.domain.privacy import SecretEmail
from moderation.http.told import EXAMPLES
from moderation.services import deliveries, events, intake, webhooks
from moderation.services.intake import Arrival
from moderation.services.rounds import Rounds
from moderation.services.sending import AT_ONCE

LISTENER: Final = (sys.executable, "-m", "bench.listener")
LOOPBACK: Final = "127.0.0.0/8"
BODY: Final = encoded(EXAMPLES["comment.approved"])
WANTED: Final = 0.6
"""Of the rate of bare calls, at least."""
HAPPENED: Final = """
SELECT event.id, event.created_at, delivery.planned_at, endpoint.url
FROM delivery JOIN event ON event.id = delivery.event_id JOIN endpoint ON endpoint.id = delivery.endpoint_id
"""
"""Nobody decides by hand and nobody rests, so that each was due when it was planned."""


@click.command()
@click.option("--quick", is_flag=True, help="Measure next to nothing, to see that everything can be measured.")
@click.option("--json", "as_json", is_flag=True, help="Print every figure as one JSON object on stdout.")
def main(*, quick: bool, as_json: bool) -> None:
    """Measure on a PostgreSQL of our own and a receiver here; both ways in turn, so that both see the same machine.

    Example: python -m bench.webhooks --quick
    """
    rounds, many, comments = (1, 40, 3) if quick else (5, 1000, 150)
    with closing(OwnPostgres.started()) as server, _listening() as url:
        found = _rates(server, url, rounds, many)
    with closing(OwnPostgres.started()) as server, _listening() as url:
        found |= _lag(server, url, comments, found["deliveries_per_s"] / 2)
    if as_json:
        click.echo(json.dumps(found))
    for name, value in found.items():
        Console(stderr=True, highlight=False).print(f"{name:28} {value}")


@contextmanager
def _listening() -> Iterator[str]:
    with subprocess.Popen(LISTENER, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}/"
        finally:
            process.kill()


def _rates(server: OwnPostgres, url: str, rounds: int, many: int) -> dict[str, Any]:
    """Send as many both ways, one after the other, several times over."""
    bare, ours = [], []
    with closing(World.at(server.fresh_database(), outbound_allow=LOOPBACK)) as world:
        endpoint, _ = webhooks.add(world.deps, world.site.id, url=url)
        for _ in range(rounds):
            bare.append(_bare(url, many))
            ours.append(_ours(world, endpoint.id, many))
    ratio = median(one / other for one, other in zip(ours, bare, strict=True))
    return {
        "bare_calls_per_s": round(median(bare)),
        "deliveries_per_s": round(median(ours)),
        "ratio": round(ratio, 2),
        "wanted": WANTED,
        "at_once": AT_ONCE,
    }


def _bare(url: str, many: int) -> float:
    began = perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(partial(_call, url), range(many)))
    return many / (perf_counter() - began)


def _call(url: str, _: int) -> None:
    requests.post(url, BODY, headers={"Content-Type": "application/json"}, timeout=15).raise_for_status()


def _ours(world: World, endpoint_id: Any, many: int) -> float:
    """Claim, read, sign, send and write down as many, as a worker's thread does."""
    for _ in range(many):
        world.receives(thread=f"article-{world.count % 7}")
    while events.number(world.deps):
        pass
    rounds, began = Rounds(world.deps, tried=False), perf_counter()
    while rounds.go(endpoint_id):
        pass
    took = perf_counter() - began
    assert deliveries.underway(world.deps).due == 0
    return many / took


def _lag(server: OwnPostgres, url: str, comments: int, load: float) -> dict[str, Any]:
    """Let comments arrive at a whole installation where many listen, so that there are so many deliveries a second.

    Say how long after it was due each event was there, and how long after its commit.
    """
    folder = Path(server.folder) / "stack"
    folder.mkdir()
    rate = max(1.0, load / (2 * MOST_ENDPOINTS))
    with Stack.at(folder, server.fresh_database(), encoder="off") as stack:  # What a text is worth is not the question.
        for number in range(MOST_ENDPOINTS):
            webhooks.add(stack.deps, stack.site.id, url=f"{url}{number}")
        stack.start()
        began = perf_counter()
        for number in range(comments):
            email = SecretEmail.parse(f"ann{number}@example.com")
            arrival = Arrival(text="A calm remark.", thread="article-1", name="Ann", email=email)
            intake.receive(stack.deps, stack.site, arrival)
            pause(max(0.0, (number + 1) / rate - (perf_counter() - began)))
        took = perf_counter() - began
        until(lambda: len(_came(url)) >= 2 * comments * MOST_ENDPOINTS, "all events came")
        came = _came(url)
        with stack.database.reading(None) as uow:
            rows = uow.connection.execute(sql(HAPPENED)).all()
    keys = [(f"/{urlsplit(row.url).path.strip('/')} {PREFIX}{row.id}", row) for row in rows]
    due = sorted(came[key] - row.planned_at.timestamp() for key, row in keys)
    committed = sorted(came[key] - row.created_at.timestamp() for key, row in keys)
    return {
        "load_per_s": round(len(rows) / took),
        "wanted_load_per_s": round(load),
        **_spread("due_to_first_attempt", due),
        **_spread("event_to_first_attempt", committed),
        "deliveries": len(rows),
    }


def _spread(name: str, seconds: list[float]) -> dict[str, float]:
    return {f"{name}_p50_s": round(median(seconds), 3), f"{name}_p99_s": round(quantiles(seconds, n=100)[-1], 3)}


def _came(url: str) -> dict[str, float]:
    with urlopen(url, timeout=5) as answer:  # noqa: S310 (our own listener)
        found: dict[str, float] = json.load(answer)
    return {key: moment for key, moment in found.items() if PREFIX in key}


if __name__ == "__main__":
    main()
