"""`make bench-queue`: what each tab, order and filter of the queue costs among few comments and among very many."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, Final

import click
from bench import page, plans
from bench.crowd import SINCE, gather
from bench.ground import BOTH
from bench.scale import Row, conditioned, indented, tabled, timed
from fakes.scorers import obedient
from makers import World
from rich.console import Console
from servers.postgres import OwnPostgres

from moderation.domain.comment import Status
from moderation.embedded.folder import remove, temporary_folder
from moderation.services import desk

REPEATS: Final = 20
SHOWN: Final = 40
HELD: Final = {"status": Status.HELD}
TABS: Final[Mapping[str, Mapping[str, Any]]] = {
    "held, one card for those alike": HELD | {"folded": True},
    "held": HELD,
    "flagged": {"flagged": True},
    "appeals": {"appealed": True},
    "spam": {"status": Status.SPAM},
    "rejected": {"status": Status.REJECTED},
    "approved": {"status": Status.APPROVED},
    "everything": {},
}
ORDERS: Final = ("newest", "oldest", "worth")
BEGUN: Final = datetime.fromtimestamp(SINCE, UTC)
FILTERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "a word of all": {"q": "calm"},
    "a word of a tenth": {"q": "tenth"},
    "a word of a thousandth": {"q": "thousandth"},
    "a word of one": {"q": "w4210"},
    "a word of none": {"q": "zebra"},
    "a phrase of all": {"q": '"calm and friendly"'},
    "two words, one of few": {"q": "calm thousandth"},
    "a word and not another": {"q": "calm -tenth"},
    "without a word of all": {"q": "-calm"},
    "the beginning of a word": {"q": "thou*"},
    "a reason of some": {"reason": "toxicity"},
    "a reason of none": {"reason": "links"},
    "a language of none": {"language": "xx"},
    "a name of some": {"author": "Ann 20"},
    "a name of none": {"author": "Zed"},
    "a page": {"thread": "filled-3"},
    "a score of none": {"toxicity": 0.99},
    "the first hours": {"until": BEGUN + timedelta(hours=2)},
}
SEARCHED: Final = ("held", "approved", "everything")


@click.command()
@click.argument("counts", nargs=-1, type=click.IntRange(1000))
@click.option("--database", "names", multiple=True, type=click.Choice(BOTH), default=BOTH, help="Measure this alone.")
@click.option("--write", is_flag=True, help="Write the table into the documentation.")
@click.option("--plans", "with_plans", is_flag=True, help="Show the databases' plans, too.")
def main(counts: tuple[int, ...], names: tuple[str, ...], *, write: bool, with_plans: bool) -> None:
    """Fill each database with so many comments, and open every page that people open."""
    console = Console()
    for name in names:
        rows, plan = _measured(name, sorted(counts or (10_000, 1_000_000)), console)
        told = f"{tabled(rows)}\n\n{conditioned() if with_plans else conditioned().partition('. The plans')[0] + '.'}"
        console.print(told, highlight=False, markup=False, soft_wrap=True)
        if with_plans:
            console.print(indented(plan), highlight=False, markup=False, soft_wrap=True)
        if write:
            page.put(f"queue-{name.lower()}", told)


def _measured(name: str, counts: list[int], console: Console) -> tuple[list[Row], list[str]]:
    """Measure among so many rows and so many; show the plans among the most."""
    folder, rows, plan = temporary_folder(), list[Row](), list[str]()
    try:
        for count in counts:
            console.print(f"… {count} rows, {name}", style="dim")
            began = monotonic()
            with _gathered(folder, name, count) as world:
                console.print(f"… filled in {monotonic() - began:.0f} s", style="dim")
                works = _works(world)
                rows += [(name, count, what, *timed(work, REPEATS)) for what, work in works.items()]
                plan = plans.of(world, works)
    finally:
        remove(folder)
    return rows, plan


@contextmanager
def _gathered(folder: Path, name: str, count: int) -> Iterator[World]:
    with ExitStack() as closings:
        url = f"sqlite:///{folder / f'{count}.db'}"
        if name == BOTH[1]:
            url = closings.enter_context(closing(OwnPostgres.started(fsync=True))).fresh_database()
        world = closings.enter_context(closing(World.at(url, scorers=obedient())))
        gather(world, count)
        yield world


def _works(world: World) -> dict[str, Callable[[], object]]:
    """Name every page that is opened: each tab in each order, three of them with each filter, and the counts."""
    pages = {
        f"{tab}, {order}": {**wanted, "sort": order}
        for tab, wanted in TABS.items()
        for order in ORDERS
        if order != "worth" or "held" in tab
    }
    pages |= {
        f"{tab}, {what}": {**TABS[tab], **narrowed, "sort": "newest"}
        for tab in SEARCHED
        for what, narrowed in FILTERS.items()
    }
    works: dict[str, Callable[[], object]] = {
        what: partial(desk.queue, world.deps, [world.site.id], wanted, limit=SHOWN) for what, wanted in pages.items()
    }
    counted = {tab: TABS[tab] for tab in ("held", "flagged", "appeals")}
    return works | {
        f"the count of {tab}": partial(desk.count, world.deps, [world.site.id], wanted)
        for tab, wanted in counted.items()
    }


if __name__ == "__main__":
    sys.exit(main())
