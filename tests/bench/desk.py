"""`make bench-desk`: how soon the next card is there after a key, worked in a real browser over a long queue."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final

import browser
import click
from bench import page as docs
from bench.filling import fill
from bench.ground import Installation, installed
from bench.measuring import percentile
from bench.plan import FULL
from bench.run import conditions
from bench.telling import figure
from desk import PASSWORD, hires
from fakes.scorers import obedient
from faults.stack import COMMAND
from makers import Clock, World, settings_for
from playwright.sync_api import Page, Request, sync_playwright
from rich.console import Console
from servers.postgres import OwnPostgres

from moderation.embedded.folder import remove, temporary_folder

GOAL: Final = 100.0
"""Milliseconds, in the median."""
KEYS: Final = "fdsf"
PATIENCE: Final = 30_000
WATCH: Final = """
(() => {
  const kept = (name) => JSON.parse(sessionStorage.getItem(name) ?? "null");
  const keep = (name, value) => sessionStorage.setItem(name, JSON.stringify(value));
  const now = () => performance.timeOrigin + performance.now();
  const shown = () => document.querySelector(".place .card");
  document.addEventListener("keydown", (event) => {
    keep("pressed", { at: performance.timeOrigin + event.timeStamp, from: shown()?.dataset.id });
  }, true);
  const origin = performance.timeOrigin;
  function look() {
    const pressed = kept("pressed");
    const card = shown();
    const there = card && card.dataset.id === document.querySelector(".desk").dataset.at;
    if (pressed && there && card.dataset.id !== pressed.from) {
      const paged = pressed.at < origin;
      if (paged || document.activeElement === card) {
        keep("pressed", null);
        keep("times", [...(kept("times") ?? []), { ms: now() - pressed.at, paged }]);
      }
    }
    requestAnimationFrame(look);
  }
  requestAnimationFrame(look);
})();
"""
"""Notes in the page itself, at each frame, whether the card after the decided one is there and has the focus."""


SEEN: Final = "many => JSON.parse(sessionStorage.getItem('times') ?? '[]').length >= many"


@click.command()
@click.option("--held", default=100_000, show_default=True, type=click.IntRange(100), help="How many wait.")
@click.option("--decisions", default=60, show_default=True, type=click.IntRange(1), help="How many are decided.")
@click.option("--pause", default=0.5, show_default=True, type=click.FloatRange(0), help="Seconds before each key.")
@click.option("--json", "as_json", is_flag=True, help="Print every figure as one JSON object on stdout.")
@click.option("--write", is_flag=True, help="Write the table into the documentation.")
def main(*, held: int, decisions: int, pause: float, as_json: bool, write: bool) -> None:
    """Hold so many comments on PostgreSQL, and decide some of them in Chromium, by one key each."""
    said, folder = Console(stderr=True), temporary_folder()
    try:
        with _waiting(folder, held, said) as installation:
            said.print(f"… {decisions} decisions by keys", style="dim")
            figures = _worked(installation, decisions, pause)
    finally:
        remove(folder)
    figures |= {"held": held, "decisions": decisions, "pause": pause, "conditions": conditions(FULL)}
    told = _told(figures)
    click.echo(json.dumps(figures) if as_json else told)
    if write:
        docs.put("desk", told)
    sys.exit(0 if figures["median"] < GOAL and figures["decided"] == decisions else 1)


@contextmanager
def _waiting(folder: Path, held: int, said: Console) -> Iterator[Installation]:
    """Make an installation as operators run it, in which so many comments wait."""
    with ExitStack() as closings:
        postgres = closings.enter_context(closing(OwnPostgres.started(fsync=True)))
        installation = closings.enter_context(installed(folder / "ours", postgres))
        stack = installation.stack
        world = World(replace(stack.deps, scorers=obedient()), stack.site, Clock(), settings_for(stack.database_url))
        said.print(f"… {held} comments are held", style="dim")
        fill(world, held, {"status": "'held'", "worth": "-s.n", "reasons": "'[\"toxicity\"]'::jsonb"})
        hires(world, "Ada")
        stack.worker("worker", "--queues", "deliver,housekeeping")
        stack.run("sweep", [*COMMAND, "sweep"])
        installation.web()
        installation.ready()
        yield installation


def _worked(installation: Installation, decisions: int, pause: float) -> dict[str, Any]:
    """Decide by one key each, and give how long the next card and the server's word took, in milliseconds."""
    answered: list[float] = []

    def heard(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/decisions"):
            answered.append(request.timing["responseEnd"])

    with _opened() as page:
        page.on("requestfinished", heard)
        _signs_in(page, installation.stack.url)
        before = _decided(installation)
        for number, key in enumerate(islice(cycle(KEYS), decisions), 1):
            page.wait_for_timeout(pause * 1000)
            page.keyboard.press(key)
            page.wait_for_function(
                "many => JSON.parse(sessionStorage.getItem('times') ?? '[]').length >= many", arg=number
            )
        page.wait_for_load_state("networkidle")
        times = json.loads(page.evaluate("sessionStorage.getItem('times')"))
        decided = _decided(installation) - before
    turned = [time["ms"] for time in times if time["paged"]]
    pages = {"pages turned": len(turned), "page turned median": percentile(turned, 0.5) if turned else None}
    return _summed("", [time["ms"] for time in times]) | _summed("server ", answered) | pages | {"decided": decided}


@contextmanager
def _opened() -> Iterator[Page]:
    rootless = [] if os.geteuid() else ["--no-sandbox"]  # Chromium's sandbox refuses to run as root.
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(browser.find()), args=rootless)
        page = launched.new_page()
        page.set_default_timeout(PATIENCE)
        page.add_init_script(WATCH)
        yield page
        launched.close()


def _signs_in(page: Page, url: str) -> None:
    page.goto(f"{url}/console/")
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.locator(".place .card").wait_for()
    page.locator(".desk[data-at]").wait_for()
    page.evaluate("() => { sessionStorage.removeItem('times'); sessionStorage.removeItem('pressed'); }")


def _decided(installation: Installation) -> int:
    return installation.asked("SELECT count(*) FROM decision WHERE by = 'person'")


def _summed(what: str, times: list[float]) -> dict[str, float]:
    shares = {"median": 0.5, "p95": 0.95, "p99": 0.99}
    return {f"{what}{name}": percentile(times, share) for name, share in shares.items()}


def _told(figures: dict[str, Any]) -> str:
    """Write it as Markdown."""
    told = figures["conditions"]
    where = ", ".join(f"{name} {told[name]}" for name in ("date", "system", "python", "cores"))
    lines = ["| from key press, ms | median | p95 | p99 |", "|---|---:|---:|---:|"]
    for what, prefix in (("to the next card in view with the focus", ""), ("to the server's word", "server ")):
        lines.append(f"| {what} | {' | '.join(figure(figures[prefix + name]) for name in ('median', 'p95', 'p99'))} |")
    presses = f"{figures['decisions']} key presses, {figures['decided']} decisions"
    turned = f"{figures['pages turned']} of them turned a page of the list"
    if figures["page turned median"]:
        turned += f" (median {figure(figures['page turned median'])} ms)"
    load = told["load over the last quarter of an hour"]
    return (
        "\n".join(
            [
                *lines,
                "",
                f"{figures['held']} held comments on PostgreSQL; {presses}, {figures['pause']} s apart; {turned}. ",
            ]
        )
        + f"Conditions: {where}, load {load}."
    )


if __name__ == "__main__":
    sys.exit(main())
