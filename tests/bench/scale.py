"""`make bench-scale`: what a page and an insert cost among few rows and among very many, with the plans behind it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
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
@click.option("--write", is_flag=True, help="Write the table into the documentation.")
def main(counts: tuple[int, ...], *, write: bool) -> None:
    """Fill both databases with so many rows, and measure pages and inserts there."""
    console, folder = Console(), temporary_folder()
    try:
        rows = list(_measured(folder, sorted(counts or (10_000, 1_000_000)), console))
    finally:
        remove(folder)
    table = _table(rows)
    console.print(table)
    if write:
        page.put("scale", table)


def _measured(folder: Path, counts: list[int], console: Console) -> Iterator[Row]:
    for name in BOTH:
        for count in counts:
            console.print(f"… {count} rows, {name}", style="dim")
            with ExitStack() as closings:
                url = f"sqlite:///{folder / f'{count}.db'}"
                if name == BOTH[1]:
                    url = closings.enter_context(closing(OwnPostgres.started(fsync=True))).fresh_database()
                world = closings.enter_context(closing(World.at(url, scorers=obedient())))
                fill(world, count)
                works = _works(world, count)
                for what, work in works.items():
                    yield (name, count, what, *_timed(work))
                if count == counts[-1]:
                    plans.show(world, {what: works[what] for what in works if what != INSERT}, console)


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


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Do it once to be warm, then again and again; give the median and the p95 in milliseconds."""
    work()
    times = [_once(work) for _ in range(REPEATS)]
    return median(times) * 1000, percentile(times, 0.95) * 1000


def _once(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def _table(rows: list[Row]) -> str:
    """Write all of it as Markdown, each beside the same among the fewest rows."""
    fewest = {(name, what): middle for name, _, what, middle, _ in reversed(rows)}
    lines = [f"| {' | '.join(HEADS)} |", "|---|---:|---|---:|---:|---:|"]
    for name, count, what, middle, late in rows:
        ratio = middle / fewest[name, what]
        lines.append(f"| {name} | {count} | {what} | {figure(middle)} | {figure(late)} | {figure(ratio)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
