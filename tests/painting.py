"""A page with the widget, opened in Chromium: what it fetched, when it was painted, and what moved afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from flask import Flask
from makers import World
from playwright.sync_api import Browser, Page, Response
from servers.web import served
from speech import remark

from moderation.services import sites

COMMENTS: Final = 100
SLOW: Final = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 90_000}
"""A slow mobile line: 150 ms there and back, 1.6 Mbit/s."""
ARTICLE: Final = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>The Harvest</title>
<meta name="viewport" content="width=device-width">
<style>body {{ margin: 1rem; font: 1rem/1.5 sans-serif; }}
lychgate-comments {{ display: block; min-height: 100vh; }}</style>
<main><h1>The Harvest</h1><p>It was a good one, as far as anybody remembers.</p>
<lychgate-comments site="{site}" thread="harvest"><a href="{server}/embed/{site}/thread?thread=harvest">Comments</a>
</lychgate-comments></main><footer>All rights reserved.</footer>
<script src="{server}/embed.js" async></script></html>"""
WATCHING: Final = """
window.seen = { shift: 0, largest: 0 };
new PerformanceObserver((list) => list.getEntries().forEach((it) => { window.seen.shift += it.value; }))
  .observe({ type: "layout-shift", buffered: true });
new PerformanceObserver((list) => { window.seen.largest = list.getEntries().at(-1).startTime; })
  .observe({ type: "largest-contentful-paint", buffered: true });
"""
AT_REST: Final = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
FIRST: Final = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


@dataclass(frozen=True, slots=True)
class Painted:
    """One opening of the page; bytes are those of bodies as they came over the wire, the page's own left out."""

    scripts: int
    fetched: int
    requests: int
    first: float
    """Milliseconds until anything was painted."""
    largest: float
    """Milliseconds until the largest of what is in view was painted."""
    shift: float
    """How much moved by itself (CLS)."""
    shown: int


@contextmanager
def published(world: World, server: str) -> Iterator[str]:
    """Serve an article with a hundred comments from an origin of its own, as a publisher does."""
    for number in range(COMMENTS):
        said = f"{remark(Random(number))} That was {number}."  # noqa: S311 (the same remarks again are what we want)
        world.has(said, thread="harvest", name=f"Ann Miller {number}", email=f"ann{number}@example.com")
    publisher = Flask("publisher")
    publisher.add_url_rule("/", "article", lambda: ARTICLE.format(site=world.site.key, server=server))
    with served(lambda _: publisher) as url:
        sites.change(world.deps, world.site.id, origins=[url])
        yield url


def painted(browser: Browser, url: str, *, slow: bool = False, **options: Any) -> Painted:
    """Open the page in a browser that has seen nothing yet."""
    context = browser.new_context(**options)
    page = context.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 (Playwright notes something on it)
    page.add_init_script(WATCHING)
    if slow:
        context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)
    page.goto(url)
    seen = _at_rest(page)
    sizes = {answer: answer.request.sizes()["responseBodySize"] for answer in answers if not answer.url.startswith(url)}
    scripts = sum(size for answer, size in sizes.items() if "javascript" in (answer.header_value("content-type") or ""))
    context.close()
    return Painted(scripts, sum(sizes.values()), len(sizes), **seen)


def _at_rest(page: Page) -> dict[str, Any]:
    """Wait until everything is there and painted, and say what was seen on the way."""
    page.get_by_role("button", name="Post Comment").wait_for(state="visible")
    page.wait_for_load_state("networkidle")
    page.evaluate(AT_REST)
    seen = page.evaluate("window.seen")
    return {**seen, "first": page.evaluate(FIRST), "shown": page.locator("lychgate-comments article").count()}
