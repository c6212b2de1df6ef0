"""A newspaper with its readers: the sample site, and people who read it in a browser and write to it."""

from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from axe_playwright_python.sync_playwright import Axe
from makers import World
from playwright.sync_api import ConsoleMessage, Frame, Locator, Page

from moderation.domain.comment import Status
from moderation.domain.decision import Action
from moderation.http.demo.articles import THREAD
from moderation.services import review
from moderation.services.review import Moderator, Wish

TEXT: Final = "My uncle says that E. was *Edwin*, who kept the bees."
PERSON: Final = {"name": "Bea", "email": "bea@example.com"}
PHONE: Final = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LOOKS: Final[dict[str, dict[str, Any]]] = {
    "light": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "phone": {**PHONE, "color_scheme": "light"},
    "phone in the dark": {**PHONE, "color_scheme": "dark"},
}
REFUSED_QUIETLY: Final = "Failed to load resource"
"""What Chromium itself writes whenever an answer is an error; the page has said so to its reader."""
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

    @property
    def form(self) -> str:
        """Where the article with a plain form is."""
        return f"{self.demo}form/"

    def says(self, text: str, *, parent: str | None = None, thread: str = THREAD, **others: object) -> str:
        """Let somebody else say something on the page, and give the comment's id."""
        answered = UUID(parent) if parent else None
        return str(self.world.has(text, thread=thread, parent=answered, **others).id)

    def approves(self, comment_id: str | UUID) -> None:
        """Let a person approve what waits, as at the desk."""
        found = self.world.look(UUID(str(comment_id)))
        assert found.status is Status.HELD
        wish = Wish(found.id, found.version, Action.APPROVE)
        review.decide(self.world.deps, Moderator(self.world.site.id, self.world.deps.new_id()), wish)

    def takes(self, page: Page | Frame, text: str = TEXT, **others: str) -> None:
        """Let a reader write a comment, who takes their time, and send it; in the widget or a form."""
        writes(page, text, **others)
        self.world.clock.forward(seconds=10)
        page.get_by_role("button", name="Post Comment").click()


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

    @property
    def own(self) -> Locator:
        """What the widget shows to its author alone."""
        return self.page.get_by_role("article").filter(has_text="Only you can see this.")


def writes(page: Page | Frame, text: str = TEXT, **others: str) -> None:
    """Fill in the widget, or a form, which have the same names for their fields."""
    for name, value in {"text": text, **PERSON, **others}.items():
        page.locator(f"#{name}").fill(value)


def axe_finds_nothing(page: Page) -> None:
    """Let axe look at the page once nothing on it moves."""
    page.wait_for_function("document.getAnimations().every((one) => one.playState !== 'running')")
    answer = Axe().run(page).response
    assert len(answer["passes"]) > 10
    found = [(one["id"], [node["html"] for node in one["nodes"]]) for one in answer["violations"]]
    assert found == [], found
