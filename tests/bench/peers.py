"""`make bench-peers`: posting and reading beside Isso, taking turns on one machine."""

from collections import defaultdict
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Final

import click
from bench import page, reading
from bench.ground import installed, started
from bench.isso import HUNDRED, Isso
from bench.sending import Came, send
from bench.telling import figure
from rich.console import Console

from moderation.embedded.folder import remove, temporary_folder

ROUNDS: Final = 5
SECONDS: Final = 4.0
HEADS: Final = ("", "Lychgate", "Isso", "ratio", "wanted")
WANTED: Final = {"POST, /s": "≥ 20", "POST, p99 ms": "≤ 0.1", "a page of 100, /s": "≥ 100"}
Rounds = dict[str, list[float]]


@click.command()
@click.option("--write", is_flag=True, help="Write the table into the documentation.")
@click.option("--rounds", default=ROUNDS, show_default=True, type=click.IntRange(1))
@click.option("--seconds", default=SECONDS, show_default=True, type=click.FloatRange(0.1))
def main(*, write: bool, rounds: int, seconds: float) -> None:
    """Measure Lychgate on SQLite, deciding everything meanwhile, and Isso, which decides nothing."""
    folder = temporary_folder()
    try:
        ours, theirs = _measured(folder, rounds, seconds)
    finally:
        remove(folder)
    table = _table(ours, theirs)
    Console().print(table)
    if write:
        page.put("peers", table)


def _measured(folder: Path, rounds: int, seconds: float) -> tuple[Rounds, Rounds]:
    ours, theirs = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
    with installed(folder / "ours", None) as installation, closing(Isso(folder)) as isso:
        started(installation)
        installation.ready()
        reading.filled(installation)
        isso.post(uri=HUNDRED, enough=reading.WHOLE, connections=2)
        path = reading.page(installation)
        for _ in range(rounds):
            _note(theirs, isso.post(seconds=seconds))
            theirs["a page of 100, /s"].append(isso.read(seconds).rate)
            _note(ours, installation.post(seconds=seconds))
            installation.rests()
            ours["a page of 100, /s"].append(send(installation.stack.port, path, seconds=seconds).rate)
    return ours, theirs


def _note(rounds: Rounds, came: Came) -> None:
    rounds["POST, /s"].append(came.rate)
    rounds["POST, p99 ms"].append(came.p99)


def _table(ours: Rounds, theirs: Rounds) -> str:
    lines = [f"| {' | '.join(HEADS)} |", "|---|---:|---:|---:|---|"]
    for what, wanted in WANTED.items():
        mine, other = median(ours[what]), median(theirs[what])
        lines.append(f"| {what} | {figure(mine)} | {figure(other)} | {figure(mine / other)} | {wanted} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
