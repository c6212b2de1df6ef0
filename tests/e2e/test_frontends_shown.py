"""The examples and the recipe for sites, as a publisher puts them on pages of their own, opened in Chromium."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from flask import Flask, Response, send_from_directory
from frontends import BUILDS, built
from newspaper import Paper, Reader
from playwright.sync_api import expect
from servers.web import served

from moderation.services import sites

Opens = Callable[..., Reader]
ROOT = Path(__file__).parents[2]
RECIPE = re.compile(r"^```python\n(import html\n.*?)^```$", re.MULTILINE | re.DOTALL)
THREADS = dict.fromkeys(BUILDS, "a-good-harvest") | dict.fromkeys(("hugo", "eleventy"), "/a-good-harvest/")
APPLICATIONS = ("react", "vue")
"""They show one page after the other without loading any."""
POLICY = (
    "default-src 'none'; script-src 'self' {server}; connect-src {server}; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types lychgate{more}"
)
OWN_TYPES = {"vue": " vue"}
"""What a framework names itself by where a policy asks for trusted types."""
PAGE = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>The Harvest</title>
<main><h1>The Harvest</h1><lychgate-comments site="{site}" thread="a-good-harvest">{inside}</lychgate-comments></main>
<script src="{server}/embed.js" async></script></html>"""


@contextmanager
def published(paper: Paper, publisher: Flask) -> Iterator[str]:
    """Serve a publisher's pages from an origin of their own, which the site knows before anybody reads them."""
    publisher.add_url_rule("/favicon.ico", "icon", lambda: ("", 204))
    with served(lambda _: publisher) as url:
        sites.change(paper.world.deps, paper.world.site.id, origins=[url])
        yield url


def one_page(page: Callable[[], str]) -> Flask:
    """Publish one page."""
    publisher = Flask("publisher")
    publisher.add_url_rule("/", "article", page)
    return publisher


def folder(pages: Path, policy: str) -> Flask:
    """Publish what a build left, under a content policy."""
    publisher = Flask("publisher", static_folder=None)

    @publisher.get("/", defaults={"path": ""})
    @publisher.get("/<path:path>")
    def shown(path: str) -> Response:
        answer = send_from_directory(pages, f"{path}index.html" if path.endswith("/") or not path else path)
        answer.headers["Content-Security-Policy"] = policy
        return answer

    return publisher


def recipe() -> dict[str, Any]:
    """Run what the guide says for servers, as it stands there."""
    found = RECIPE.search((ROOT / "docs" / "guide" / "sites.md").read_text(encoding="utf-8"))
    names: dict[str, Any] = {}
    exec(found[1] if found else "", names)  # noqa: S102 (our own page)
    return names


@pytest.mark.parametrize("example", BUILDS)
def test_each_example_is_built_as_it_stands_and_takes_a_comment(
    paper: Paper, reader: Reader, tmp_path: Path, example: str
) -> None:
    world, page = paper.world, reader.page
    world.has("Who remembers the old shingles?", name="Margaret", thread=THREADS[example])
    pages = built(example, tmp_path, server=paper.url, site=world.site.key)
    policy = POLICY.format(server=paper.url, more=OWN_TYPES.get(example, ""))
    with published(paper, folder(pages, policy)) as url:
        page.goto(url + (THREADS[example] if THREADS[example].startswith("/") else "/"))
        expect(page.get_by_role("article").filter(has_text="old shingles")).to_be_visible()
        for name, value in {"text": "I do.", "name": "Bea", "email": "bea@example.com"}.items():
            page.locator(f"#{name}").fill(value)
        world.clock.forward(seconds=10)
        page.get_by_role("button", name="Post Comment").click()
        expect(page.get_by_role("article").filter(has_text="Only you can see this.")).to_contain_text("In review")
        world.scores()
        expect(page.get_by_role("heading", name="2 comments")).to_be_visible()

        if example in APPLICATIONS:
            page.get_by_role("button", name="First frost").click()
            expect(page.get_by_role("heading", name="0 comments")).to_be_visible()
            page.get_by_role("button", name="A good harvest").click()
            expect(page.get_by_role("heading", name="2 comments")).to_be_visible()
        if example == "hugo":
            page.goto(url)
            expect(page.get_by_role("listitem")).to_contain_text("2 comments")


def test_what_a_server_printed_is_read_without_script_and_gives_way_to_the_widget(paper: Paper, opens: Opens) -> None:
    world = paper.world
    world.has("Who remembers the **old** shingles?", name="Margaret & Co", thread="a-good-harvest")

    def printed() -> str:
        read = f"{paper.url}/v1/sites/{world.site.key}/comments?thread=a-good-harvest"
        with urlopen(read) as answer:  # noqa: S310 (our own)
            inside = recipe()["printed"](json.load(answer)["items"])
        return PAGE.format(site=world.site.key, server=paper.url, inside=inside)

    with published(paper, one_page(printed)) as url:
        still = opens(java_script_enabled=False).page
        still.goto(url)
        said = still.locator("[itemtype='https://schema.org/Comment']")
        expect(said.locator("[itemprop=text] strong")).to_have_text("old")
        expect(said.locator("[itemprop=author] [itemprop=name]")).to_have_text("Margaret & Co")

        drawn = opens().page
        drawn.goto(url)
        expect(drawn.get_by_role("heading", name="1 comment")).to_be_visible()
        expect(drawn.get_by_role("article")).to_have_count(1)


def test_where_the_script_does_not_come_the_page_shows_what_it_has(paper: Paper, opens: Opens) -> None:
    link = f'<a href="{paper.url}/embed/{paper.world.site.key}/thread?thread=a-good-harvest">Comments</a>'
    page_with_link = PAGE.format(site=paper.world.site.key, server=paper.url, inside=link)
    with published(paper, one_page(lambda: page_with_link)) as url:
        page = opens().page
        page.route("**/embed.js", lambda route: route.abort())
        page.goto(url)
        page.get_by_role("link", name="Comments").click()
        expect(page.get_by_role("heading", name="Leave a Reply")).to_be_visible()
