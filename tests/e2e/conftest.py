"""A newspaper with its readers: the sample page, served, and a browser to read it in."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import browser as browsers
import pytest
from fakes.scorers import obedient
from makers import World
from newspaper import PATIENCE, Paper, Reader
from playwright.sync_api import Browser, expect, sync_playwright
from servers.web import served

from moderation.app import create_app
from moderation.http.context import Web


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a file of tests."""
    rootless = [] if os.geteuid() else ["--no-sandbox"]  # Chromium's sandbox refuses to run as root.
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(browsers.find()), args=rootless)
        yield launched
        launched.close()


@pytest.fixture
def paper(sqlite_url: str) -> Iterator[Paper]:
    """A newspaper of the test's own; its workers work when they are told to."""
    world = World.at(sqlite_url, scorers=obedient())
    with served(lambda url: create_app(Web(world.deps, public_url=url, ready=dict, demo_key=world.site.key))) as url:
        yield Paper(world, url)
    world.close()


@pytest.fixture
def opens(chromium: Browser) -> Iterator[Callable[..., Reader]]:
    """Let a reader open a browser, with whatever Playwright knows about them."""
    with ExitStack() as stack:

        def open_browser(**options: object) -> Reader:
            context = chromium.new_context(**options)
            stack.callback(context.close)
            return Reader(context.new_page())

        yield open_browser


@pytest.fixture
def reader(opens: Callable[..., Reader]) -> Iterator[Reader]:
    """A reader with an ordinary browser, which has nothing to complain about."""
    ordinary = opens()
    yield ordinary
    assert ordinary.complaints == []
