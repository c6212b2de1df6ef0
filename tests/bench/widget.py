"""`make bench-widget`: the first painting of a hundred comments, in Chromium, by a near and by a slow line."""

import logging
import os
from collections.abc import Sequence
from contextlib import closing
from statistics import median
from typing import Final

import browser as browsers
import click
from bench import page
from bench.telling import figure
from fakes.scorers import obedient
from makers import World
from painting import Painted, painted, published
from playwright.sync_api import Browser, sync_playwright
from servers.web import served

from moderation.app import create_app
from moderation.embedded.folder import remove, temporary_folder
from moderation.http.context import Web

ROUNDS: Final = 5
LINES: Final = {"this machine": False, "150 ms, 1.6 Mbit/s": True}
HEADS: Final = (
    "line",
    "scripts, bytes",
    "everything, bytes",
    "requests",
    "first paint, ms",
    "largest paint, ms",
    "shift",
)


@click.command()
@click.option("--write", is_flag=True, help="Write the table into the documentation.")
@click.option("--rounds", default=ROUNDS, show_default=True, type=click.IntRange(1))
def main(*, write: bool, rounds: int) -> None:
    """Open a page with a hundred comments in a browser that has seen nothing yet, and give the medians."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # It tells of every request.
    folder = temporary_folder()
    try:
        with closing(World.at(f"sqlite:///{folder / 'lychgate.db'}", scorers=obedient())) as world:
            table = _table(_measured(world, rounds))
    finally:
        remove(folder)
    click.echo(table)
    if write:
        page.put("widget", table)


def _measured(world: World, rounds: int) -> dict[str, list[Painted]]:
    def app(url: str) -> object:
        return create_app(Web(world.deps, public_url=url, ready=dict))

    with served(app) as url, published(world, url) as article, sync_playwright() as playwright:  # type: ignore[arg-type]
        rootless = [] if os.geteuid() else ["--no-sandbox"]  # Chromium's sandbox refuses to run as root.
        chromium = playwright.chromium.launch(executable_path=str(browsers.find()), args=rootless)
        return {line: _opened(chromium, article, rounds, slow=slow) for line, slow in LINES.items()}


def _opened(chromium: Browser, article: str, rounds: int, *, slow: bool) -> list[Painted]:
    return [painted(chromium, article, slow=slow) for _ in range(rounds)]


def _table(measured: dict[str, list[Painted]]) -> str:
    head = [f"| {' | '.join(HEADS)} |", "|---|---:|---:|---:|---:|---:|---:|"]
    return "\n".join([*head, *(_row(line, seen) for line, seen in measured.items())])


def _row(line: str, seen: Sequence[Painted]) -> str:
    names = ("scripts", "fetched", "requests", "first", "largest", "shift")
    cells = [median(getattr(each, name) for each in seen) for name in names]
    told = [str(round(cell)) if cell >= 1000 else figure(cell) for cell in cells]
    return f"| {line} | {' | '.join(told)} |"


if __name__ == "__main__":
    main()
