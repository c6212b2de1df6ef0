"""`make bench-scaleout`: one, two and four workers on one backlog, and eight processes killed in turn."""

import json
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import click
from bench import growing, page
from bench.backlog import Backlog, Drained
from bench.backlog import Costs as Measured
from bench.eight import Killed, killed_in_turn
from bench.measuring import MEASURABLE
from bench.plan import FULL
from bench.run import Say, conditions
from bench.telling import figure
from rich.console import Console
from servers.postgres import OwnPostgres

from moderation.embedded.folder import remove, temporary_folder

PAGE: Final = page.DOCS / "reference" / "scaling.md"
PARTS: Final = ("workers", "postgresql", "sweep", "broker")


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    comments: int
    workers: tuple[int, ...]
    beside: int
    """How many workers run beside two web processes and two sweeps while each is killed."""
    rate: float
    between: int
    """Comments between two kills."""


WHOLE: Final = Size(comments=4000, workers=(1, 2, 4), beside=4, rate=40, between=80)
QUICK: Final = Size(comments=100, workers=(1,), beside=1, rate=20, between=2)


@dataclass(frozen=True, slots=True)
class Found:
    """All that one run came to."""

    killed: Killed
    drained: list[Drained] = field(default_factory=list)
    costs: growing.Costs | None = None
    """None where nothing was to be measured, only killed."""


@click.command()
@click.option("--quick", is_flag=True, help="Measure next to nothing, to see that everything can be measured.")
@click.option("--json", "as_json", is_flag=True, help="Print every figure as one JSON object on stdout.")
@click.option("--write", is_flag=True, help="Write the tables into the documentation.")
@click.option("--comments", type=click.IntRange(20), help="How many wait when the workers start.")
@click.option("--kills-only", is_flag=True, help="Kill and count, and measure nothing.")
@click.option("--web", metavar="MODULE:FACTORY", help="Serve this instead: one that loses comments must be found out.")
def main(*, quick: bool, as_json: bool, write: bool, comments: int | None, kills_only: bool, web: str | None) -> None:
    """Drain with more and more workers, then kill two web processes, four workers and two sweeps; 1 if any was lost."""
    if not MEASURABLE:
        sys.exit("This reads /proc/PID/smaps_rollup, which only Linux has.")
    if quick and write:
        raise click.UsageError("What --quick measures is too little to be written down.")
    size, said = QUICK if quick else WHOLE, Console(stderr=True)
    size = replace(size, comments=0 if kills_only else comments or size.comments)
    found = _measured(size, web, lambda step: said.print(f"… {step}", style="dim"))
    tables = _tables(found)
    if as_json:
        click.echo(json.dumps(asdict(found)))
    else:
        click.echo("\n\n".join(tables.values()))
    if write:
        for name, table in tables.items():
            page.put(name, table, PAGE)
    sys.exit(1 if found.killed.faults else 0)


def _measured(size: Size, web: str | None, say: Say) -> Found:
    folder = temporary_folder()
    try:
        with closing(OwnPostgres.started(fsync=True)) as postgres:
            found = _drained_and_costs(postgres, folder, size, say) if size.comments else {}
            say(f"two web processes, {size.beside} workers and two sweeps, each killed")
            about: dict[str, Any] = {"workers": size.beside, "rate": size.rate, "between": size.between, "web": web}
            return Found(killed_in_turn(folder / "eight", postgres, **about), **found)
    finally:
        remove(folder)


def _drained_and_costs(postgres: OwnPostgres, folder: Path, size: Size, say: Say) -> dict[str, Any]:
    say(f"{size.comments} comments are taken in")
    with Backlog.filled(folder, postgres, size.comments) as (backlog, taking):
        drained = []
        for workers in size.workers:
            say(f"drained by {workers}")
            drained.append(backlog.drained(workers))
        return {"drained": drained, "costs": _costs(taking, drained[0].costs, backlog.numbering())}


def _costs(taking: Measured, deciding: Measured, numbering: float) -> growing.Costs:
    """Put together what one comment costs, from taking it in and from deciding it with one worker."""
    return growing.Costs(
        web_ms=taking["web"],
        worker_ms=deciding["workers"],
        postgresql_taking_ms=taking["postgresql"],
        postgresql_deciding_ms=deciding["postgresql"],
        sweep_and_broker_ms=deciding["sweep"] + deciding["broker"],
        numbering_ms=numbering,
        transactions=taking["commits"] + deciding["commits"],
        log_kb=(taking["log bytes"] + deciding["log bytes"]) / 1000,
        stored_kb=(taking["stored bytes"] + deciding["stored bytes"]) / 1000,
        web_mb=taking["web memory"],
        worker_mb=deciding["worker memory"],
        sweep_mb=taking["sweep memory"],
    )


def _tables(found: Found) -> dict[str, str]:
    """Write all of it as Markdown, by the name of its place on the page."""
    killed = {"killed": _killed(found.killed)}
    if found.costs is None:
        return killed
    told = conditions(FULL)
    where = ", ".join(f"{name} {told[name]}" for name in ("date", "system", "python", "cores"))
    drained = f"{_drained(found.drained)}\n\nConditions: {where}, load {told['load over the last quarter of an hour']}."
    return {
        "drained": drained,
        **killed,
        "costs": growing.inputs(found.costs),
        "plan": growing.plan(found.costs),
    }


def _drained(rounds: Sequence[Drained]) -> str:
    rows = {"decided a second": [figure(each.rate) for each in rounds]}
    for part in PARTS:
        rows[f"ms of CPU a comment, {part}"] = [figure(each.costs[part]) for each in rounds]
    rows["messages a comment"] = [figure(each.costs["messages"]) for each in rounds]
    rows["Jain's index over the workers' CPU"] = [figure(each.jain) for each in rounds]
    for site in ("large", "small"):
        rows[f"median wait of the {site} site, s"] = [figure(each.waited[site]) for each in rounds]
    heads = " | ".join(f"{each.workers} worker{'s'[: each.workers - 1]}" for each in rounds)
    lines = [f"| {what} | {' | '.join(cells)} |" for what, cells in rows.items()]
    return "\n".join([f"| | {heads} |", f"|---{'|---:' * len(rounds)}|", *lines])


def _killed(killed: Killed) -> str:
    counts = {name: len(killed.faults.get(name, ())) for name in ("lost", "doubled", "stuck", "missing", "broken")}
    rows = {"taken": killed.taken, **counts, "calls cut off": killed.unanswered}
    cells = [*map(str, rows.values()), f"{killed.p50:.0f}", f"{killed.p99:.0f}"]
    heads = [*rows, "p50 ms", "p99 ms"]
    return "\n".join([f"| {' | '.join(heads)} |", "|" + "---:|" * len(heads), f"| {' | '.join(cells)} |"])


if __name__ == "__main__":
    main()
