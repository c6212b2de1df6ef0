"""A newspaper with its readers: the sample page, and people who read it in a browser."""

from dataclasses import dataclass, field
from uuid import UUID

from makers import World
from playwright.sync_api import ConsoleMessage, Page

from moderation.http.demo.article import THREAD

PATIENCE = 10_000
"""Milliseconds that a page has for whatever it is waited for."""


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
