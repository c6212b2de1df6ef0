"""`python -m bench.numbers ROWS`: what the page of numbers costs among so many comments of one site in some days.

Each comment has policy's decision; one of five was held, and a person decided it half an hour later.
"""

import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from statistics import median
from time import perf_counter
from typing import Final

import click
from bench import plans
from bench.filling import GENEROUS, each_of, tidy
from bench.ground import BOTH
from fakes.scorers import obedient
from makers import World
from rich.console import Console
from servers.postgres import OwnPostgres
from sqlalchemy import Connection, text

from moderation.adapters.db.uow import Database
from moderation.domain.decision import Action, Actor
from moderation.domain.window import DAYS, Window
from moderation.embedded.folder import remove, temporary_folder
from moderation.services import people, review, tallies
from moderation.services.review import Moderator, Wish
from moderation.services.statistics import statistics

PEOPLE: Final = 8
HELD: Final = 5
"""One of so many is held."""
DAY: Final = 86_400_000
AFTER: Final = 1_800_000
ROUNDS: Final = 5
_ID: Final = {
    "sqlite": "printf('%012x7%03x8%015x', {0}, 0, {1})",
    "postgresql": "(lpad(to_hex({0}), 12, '0') || '70008' || lpad(to_hex({1}), 15, '0'))::uuid",
}
_WHEN: Final = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', ({0}) / 1000.0, 'unixepoch')",
    "postgresql": "to_timestamp(({0}) / 1000.0)",
}
_SERIES: Final = {
    "sqlite": "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {0}) SELECT n FROM s) AS s",
    "postgresql": "(SELECT generate_series(1, CAST({0} AS bigint)) AS n) AS s",
}


@click.command()
@click.argument("rows", type=click.IntRange(1000))
@click.option("--database", "names", multiple=True, type=click.Choice(BOTH), default=BOTH, help="Measure this alone.")
@click.option("--across", default=90, show_default=True, type=click.IntRange(3), help="In how many days they came.")
@click.option("--days", "spans", multiple=True, type=int, help="Measure these spans alone.")
@click.option("--plan", "planned", is_flag=True, help="Show how the database goes about it.")
def main(rows: int, names: tuple[str, ...], across: int, spans: tuple[int, ...], *, planned: bool) -> None:
    """Fill each database, and ask for the numbers of each span; give the milliseconds of each part of them."""
    console = Console()
    for name in names:
        folder = temporary_folder()
        try:
            with ExitStack() as closings:
                url = f"sqlite:///{folder / 'numbers.db'}"
                if name == BOTH[1]:
                    url = closings.enter_context(closing(OwnPostgres.started(fsync=True))).fresh_database()
                world = closings.enter_context(closing(World.at(url, scorers=obedient())))
                _fill(world, rows, across * DAY)
                _kept(world, name, console)
                _measure(world, name, console, spans or DAYS, planned=planned)
        finally:
            remove(folder)


def _measure(world: World, name: str, console: Console, spans: tuple[int, ...], *, planned: bool) -> None:
    for days in spans:
        window = Window(world.clock(), days)
        works = {"all": lambda window=window: statistics(world.deps, [world.site.id], window), **_parts(world, window)}
        told = "  ".join(f"{what} {_timed(work):.0f}" for what, work in works.items())
        console.print(f"{name}, {days} days, ms: {told}", highlight=False, soft_wrap=True)
    if planned:
        told = plans.of(world, {what: work for what, work in works.items() if what != "all"})
        console.print("\n".join(told), highlight=False, markup=False, soft_wrap=True)


def _kept(world: World, name: str, console: Console) -> None:
    """Count every day that is over, as the sweep does."""
    began, counted = perf_counter(), 0
    tallies.begin(world.deps)
    while done := tallies.keep(world.deps):
        counted += done
    took = (perf_counter() - began) / max(1, counted) * 1000
    console.print(f"{name}, {counted} days kept, ms for each: {took:.0f}", highlight=False)


def _parts(world: World, window: Window) -> dict[str, Callable[[], object]]:
    site_id = world.site.id

    def part(name: str, given: object) -> Callable[[], object]:
        def ask() -> None:
            with world.deps.reading(site_id) as uow:
                getattr(uow.statistics, name)(site_id, given)

        return ask

    def proposals() -> None:
        with world.deps.reading(site_id) as uow:
            uow.proposals.counted(site_id, window.stretch)

    def days() -> None:
        with world.deps.reading(site_id) as uow:
            tallies.summed(uow, site_id, window, lambda _: None)

    if window.summed:
        return {"days": days}
    named = ("waits", "arrivals", "settled", "decided", "overturned", "pace")
    parts = {name: part(name, window.stretch) for name in named}
    return parts | {"queue": part("queue", window.until), "flags": part("flags", window.stretch), "rates": proposals}


def _timed(work: Callable[[], object]) -> float:
    work()
    times = []
    for _ in range(ROUNDS):
        began = perf_counter()
        work()
        times.append((perf_counter() - began) * 1000)
    return median(times)


def _fill(world: World, rows: int, span: int) -> None:
    """Copy a comment that policy held and a person approved, with its two decisions, to moments of so much time."""
    ada = people.create(world.deps, name="Ada", roles={})[0]
    model = world.has("maybe-toxicity, as long as such remarks about the harvest tend to be.", thread="model")
    wish = Wish(model.id, world.look(model).version, Action.APPROVE)
    review.decide(world.deps, Moderator(world.site.id, ada.id, Actor.PERSON), wish)
    database = Database(world.settings.database_url, silence=3600.0)
    dialect, until = database.dialect, int(datetime.now(UTC).timestamp() * 1000) - 2 * AFTER
    came = f"({until} - {span} + CAST(s.n AS bigint) * {span // rows})"
    held = f"s.n % {HELD} = 0"
    comment = {
        "id": _ID[dialect].format(came, "s.n * 4"),
        "received_at": _WHEN[dialect].format(came),
        "version": f"CASE WHEN {held} THEN 3 ELSE 2 END",
        "fingerprint": "NULL",
        "text_print": "NULL",
        "wave": "NULL",
        "sketch": "NULL",
    }
    first = {
        "id": _ID[dialect].format(f"{came} + 400", "s.n * 4 + 1"),
        "comment_id": comment["id"],
        "created_at": _WHEN[dialect].format(f"{came} + 400"),
        "status": f"CASE WHEN {held} THEN 'held' ELSE 'approved' END",
    }
    later = f"{came} + {AFTER} + s.n % 977 * 1000"
    second = {
        "id": _ID[dialect].format(later, "s.n * 4 + 2"),
        "comment_id": comment["id"],
        "created_at": _WHEN[dialect].format(later),
        "status": "CASE WHEN s.n % 3 = 0 THEN 'rejected' ELSE 'approved' END",
        "actor_id": _ID[dialect].format("1", f"s.n % {PEOPLE}"),
    }
    series = _SERIES[dialect].format(rows)
    copies = [
        _copied("comment", comment, series, f"id = '{_spelt(dialect, model.id.hex)}'", "1 = 1"),
        _copied("decision", first, series, f"comment_id = '{_spelt(dialect, model.id.hex)}' AND version = 2", "1 = 1"),
        _copied("decision", second, series, f"comment_id = '{_spelt(dialect, model.id.hex)}' AND version = 3", held),
    ]
    each_of(database, [lambda connection, copy=copy: Connection.execute(connection, text(copy)) for copy in copies])
    with database.uow(None) as uow:
        for setting in GENEROUS[database.dialect]:
            uow.connection.exec_driver_sql(setting)
        for name in ("comment", "decision"):
            uow.connection.exec_driver_sql(f"ANALYZE {name}")
        uow.commit()
    database.engine.dispose()
    tidy(world)
    sys.stdout.flush()


def _spelt(_dialect: str, hexadecimal: str) -> str:
    return hexadecimal


def _copied(name: str, own: dict[str, str], series: str, model: str, kept: str) -> str:
    from moderation.adapters.db.models import Base  # noqa: PLC0415 (its columns alone)

    columns = [column.name for column in Base.metadata.tables[name].columns]
    values = [own.get(column, f"model.{column}") for column in columns]
    listed = ", ".join(f'"{column}"' for column in columns)
    return f"INSERT INTO {name} ({listed}) SELECT {', '.join(values)} FROM {series} CROSS JOIN (SELECT * FROM {name} WHERE {model}) AS model WHERE {kept}"  # noqa: S608, E501 (our own words)


if __name__ == "__main__":
    main()
