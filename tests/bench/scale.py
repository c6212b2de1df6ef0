"""`make bench-scale`: what a page and an insert cost among few rows and among very many, with the plans behind it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final
from uuid import UUID

import click
from bench import page, plans
from bench.filling import fill
from bench.ground import BOTH
from bench.measuring import percentile
from bench.plan import FULL
from bench.run import conditions
from bench.telling import figure
from fakes.scorers import obedient
from makers import World
from rich.console import Console
from servers.postgres import OwnPostgres

from moderation.domain.comment import Status
from moderation.embedded.folder import remove, temporary_folder
from moderation.services import threads

REPEATS: Final = 200
LIMIT: Final = 51
Row = tuple[str, int, str, float, float]
"""Which database, how many rows, what was done, and its milliseconds: median and p95."""
HEADS: Final = ("database", "rows", "what", "median ms", "p95 ms", "of the fewest rows")


@click.command()
@click.argument("counts", nargs=-1, type=click.IntRange(1000))
@click.option("--database", "names", multiple=True, type=click.Choice(BOTH), default=BOTH, help="Measure this alone.")
@click.option("--write", is_flag=True, help="Write the table into the documentation.")
def main(counts: tuple[int, ...], names: tuple[str, ...], *, write: bool) -> None:
    """Fill each database with so many rows, and measure pages and inserts there."""
    console = Console()
    for name in names:
        rows, plan = _measured(name, sorted(counts or (10_000, 1_000_000)), console)
        told = f"{tabled(rows)}\n\n{conditioned()}\n\n{indented(plan)}"
        console.print(told, highlight=False, markup=False, soft_wrap=True)
        if write:
            page.put(f"scale-{name.lower()}", told)


def _measured(name: str, counts: list[int], console: Console) -> tuple[list[Row], list[str]]:
    """Measure among so many rows and so many; show the plans among the most."""
    folder, rows, plan = temporary_folder(), list[Row](), list[str]()
    try:
        for count in counts:
            console.print(f"… {count} rows, {name}", style="dim")
            with _filled(folder, name, count) as world:
                works = _works(world, count)
                rows += [(name, count, what, *timed(work)) for what, work in works.items()]
                plan = plans.of(world, {what: works[what] for what in works if what != INSERT})
    finally:
        remove(folder)
    return rows, plan


@contextmanager
def _filled(folder: Path, name: str, count: int) -> Iterator[World]:
    with ExitStack() as closings:
        url = f"sqlite:///{folder / f'{count}.db'}"
        if name == BOTH[1]:
            url = closings.enter_context(closing(OwnPostgres.started(fsync=True))).fresh_database()
        world = closings.enter_context(closing(World.at(url, scorers=obedient())))
        fill(world, count)
        yield world


INSERT: Final = "insert"


def _works(world: World, count: int) -> dict[str, Callable[[], object]]:
    """Name what is measured: first pages, pages in the middle, and an insert with all that belongs to it."""
    held, middle = {"status": Status.HELD}, UUID(int=count // 2)
    return {
        "queue, first page": lambda: _queue(world, held, None),
        "queue, middle": lambda: _queue(world, held, middle),
        "thread, first page": lambda: _thread(world, None),
        "thread, middle": lambda: _thread(world, middle),
        INSERT: lambda: world.receives("A new remark."),
    }


def _queue(world: World, wanted: dict[str, Status], after: UUID | None) -> None:
    with world.deps.views(world.site.id) as views:
        rows = views.queue(world.site.id, wanted, after=after, limit=LIMIT)
    assert rows


def _thread(world: World, after: UUID | None) -> None:
    thread = threads.find(world.deps, world.site, "filled-3")
    assert thread
    with world.deps.views(world.site.id) as views:
        rows = views.thread_page(thread.id, newest=False, after=after, limit=LIMIT)
    assert rows


def timed(work: Callable[[], object], repeats: int = REPEATS) -> tuple[float, float]:
    """Do it once to be warm, then again and again; give the median and the p95 in milliseconds."""
    work()
    times = [_once(work) for _ in range(repeats)]
    return median(times) * 1000, percentile(times, 0.95) * 1000


def _once(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def tabled(rows: list[Row]) -> str:
    """Write all of it as Markdown, each beside the same among the fewest rows."""
    fewest = {(name, what): middle for name, _, what, middle, _ in reversed(rows)}
    lines = [f"| {' | '.join(HEADS)} |", "|---|---:|---|---:|---:|---:|"]
    for name, count, what, middle, late in rows:
        ratio = middle / fewest[name, what]
        lines.append(f"| {name} | {count} | {what} | {figure(middle)} | {figure(late)} | {figure(ratio)} |")
    return "\n".join(lines)


def conditioned() -> str:
    told = conditions(FULL)
    where = ", ".join(f"{name} {told[name]}" for name in ("date", "system", "python", "cores"))
    return f"Conditions: {where}, load {told['load over the last quarter of an hour']}. The plans among the most rows:"


def indented(plan: list[str]) -> str:
    return "\n".join(f"    {line}".rstrip() for line in plan)


if __name__ == "__main__":
    sys.exit(main())
