"""`make bench-desk`: how soon the next card is there after a key, worked in a real browser over two long tabs.

One is what is held, the other what authors appealed against. The site has house rules: a rejection may name one of them
by a number, and a plain one stays one key.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from secrets import token_hex
from time import monotonic
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

from moderation.domain.starters import STARTERS
from moderation.embedded.folder import remove, temporary_folder
from moderation.services import appeals, house_rules, tallies

GOAL: Final = 100.0
"""Milliseconds, in the median."""
KEYS: Final = "fdsf"
"""Approve, reject, spam, approve; a house rule would take a second key, its number before them."""
TABS: Final = ("held", "appeals")
PATIENCE: Final = 30_000
EVERY: Final = 20
"""Seconds between two comments that are held."""
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
@click.option("--appealed", default=1_000, show_default=True, type=click.IntRange(10), help="How many were appealed.")
@click.option("--decisions", default=60, show_default=True, type=click.IntRange(1), help="Decided in each tab.")
@click.option("--pause", default=0.5, show_default=True, type=click.FloatRange(0), help="Seconds before each key.")
@click.option("--json", "as_json", is_flag=True, help="Print every figure as one JSON object on stdout.")
@click.option("--write", is_flag=True, help="Write the table into the documentation.")
def main(*, held: int, appealed: int, decisions: int, pause: float, as_json: bool, write: bool) -> None:
    """Hold so many comments on PostgreSQL, and decide some of them in Chromium, by one key each."""
    said, folder = Console(stderr=True), temporary_folder()
    try:
        with _waiting(folder, held, appealed, said) as installation:
            said.print(f"… {decisions} decisions by keys in each tab", style="dim")
            tabs = _worked(installation, decisions, pause)
    finally:
        remove(folder)
    given = {"held": held, "appealed": appealed, "decisions": decisions, "pause": pause}
    figures = {"tabs": tabs, **given, "conditions": conditions(FULL)}
    told = _told(figures)
    click.echo(json.dumps(figures) if as_json else told)
    if write:
        docs.put("desk", told)
    sys.exit(0 if all(tab["median"] < GOAL and tab["decided"] == decisions for tab in tabs.values()) else 1)


@contextmanager
def _waiting(folder: Path, held: int, appealed: int, said: Console) -> Iterator[Installation]:
    """Make an installation as operators run it, in which so many comments wait."""
    with ExitStack() as closings:
        postgres = closings.enter_context(closing(OwnPostgres.started(fsync=True)))
        installation = closings.enter_context(installed(folder / "ours", postgres))
        stack = installation.stack
        world = World(replace(stack.deps, scorers=obedient()), stack.site, Clock(), settings_for(stack.database_url))
        house_rules.begin(world.deps, world.site.id, [each.code for each in STARTERS])
        said.print(f"… {appealed} comments are appealed", style="dim")
        _appeal(world, appealed)
        said.print(f"… {held} comments are held", style="dim")
        fill(world, held, _own(world, held))
        tallies.begin(world.deps)
        while tallies.keep(world.deps):  # As the sweep has done long ago where comments came for weeks.
            pass
        hires(world, "Ada")
        stack.worker("worker", "--queues", "deliver,housekeeping")
        stack.run("sweep", [*COMMAND, "sweep"])
        installation.web()
        installation.ready()
        yield installation


def _own(world: World, held: int) -> dict[str, str]:
    """Name what tells one held comment from another: one came every twenty seconds, up to now."""
    came = f"({int(world.clock().timestamp())} - {EVERY} * ({held} - s.n))"
    return {
        "id": f"(lpad(to_hex({came} * 1000), 12, '0') || '70008' || lpad(to_hex(s.n), 15, '0'))::uuid",
        "received_at": f"to_timestamp({came})",
        "status": "'held'",
        "worth": "-s.n",
        "reasons": "'[\"toxicity\"]'::jsonb",
    }


def _appeal(world: World, many: int) -> None:
    """Let so many comments be called spam by policy, and their authors appeal, all of it by the services."""
    came = [world.receives(f"SPAM {token_hex(40)}", thread=f"appealed-{number % 50}") for number in range(many)]
    world.scores()
    for comment in came:
        appeals.appeal(world.deps, comment.id, "It names no company and sells nothing.")


def _worked(installation: Installation, decisions: int, pause: float) -> dict[str, dict[str, Any]]:
    """Decide by one key each, and give how long the next card and the server's word took, in milliseconds, by tab."""
    with _opened() as page:
        _signs_in(page, installation.stack.url)
        return {tab: _decided_in(page, tab, installation, decisions, pause) for tab in TABS}


def _decided_in(page: Page, tab: str, installation: Installation, decisions: int, pause: float) -> dict[str, Any]:
    """Open a tab, and decide what it shows."""
    answered: list[float] = []

    def heard(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/decisions"):
            answered.append(request.timing["responseEnd"])

    page.goto(f"{installation.stack.url}/console/?tab={tab}")
    _is_there(page)
    page.on("requestfinished", heard)
    before = _decided(installation)
    for number, key in enumerate(islice(cycle(KEYS), decisions), 1):
        page.wait_for_timeout(pause * 1000)
        page.keyboard.press(key)
        page.wait_for_function(SEEN, arg=number)
    until = monotonic() + PATIENCE / 1000
    while _decided(installation) - before < decisions and monotonic() < until:
        page.wait_for_timeout(100)  # The last words of the server are on their way.
    page.remove_listener("requestfinished", heard)
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
    _is_there(page)


def _is_there(page: Page) -> None:
    """Wait for the first card, and forget what was noted before it."""
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
    lines = ["| tab | from key press, ms | median | p95 | p99 |", "|---|---|---:|---:|---:|"]
    for tab, found in figures["tabs"].items():
        for what, prefix in (("to the next card in view with the focus", ""), ("to the server's word", "server ")):
            times = " | ".join(figure(found[prefix + name]) for name in ("median", "p95", "p99"))
            lines.append(f"| {tab} | {what} | {times} |")
    load = told["load over the last quarter of an hour"]
    pressed = "; ".join(f"{tab}: {_pressed(figures, found)}" for tab, found in figures["tabs"].items())
    waiting = f"{figures['held']} held and {figures['appealed']} appealed comments on PostgreSQL, house rules to cite"
    return "\n".join([*lines, "", f"{waiting}; {pressed}. Conditions: {where}, load {load}."])


def _pressed(figures: dict[str, Any], found: dict[str, Any]) -> str:
    """Say how many keys led to how many decisions, and over how many ends of a page."""
    told = f"{figures['decisions']} key presses {figures['pause']} s apart, {found['decided']} decisions"
    if found["page turned median"]:
        told += f", pages turned {found['pages turned']} (median {figure(found['page turned median'])} ms)"
    return told


if __name__ == "__main__":
    sys.exit(main())
