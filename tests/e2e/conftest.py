"""A newspaper with its readers: the sample page, served, and a browser to read it in."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from uuid import UUID

import browser as browsers
import pytest
from fakes.scorers import obedient
from makers import World
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from servers.web import served

from moderation.app import create_app
from moderation.http.context import Web
from moderation.http.demo.article import THREAD

PATIENCE = 10_000


@dataclass
class Paper:
    """The sample page of one installation."""

    world: World
    url: str

    @property
    def demo(self) -> str:
        """Where the article is."""
        return f"{self.url}/demo/"

    def says(self, text: str, *, parent: str | None = None, **others: object) -> str:
        """Let somebody else say something on the page, and give the comment's id."""
        answered = UUID(parent) if parent else None
        return str(self.world.has(text, thread=THREAD, parent=answered, **others).id)


@dataclass
class Reader:
    """Somebody with a browser; what their browser complains about is kept."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)


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
