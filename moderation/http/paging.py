"""Pages of lists as HTTP has them: cursors, limits and the Link header (RFC 8288)."""

from collections.abc import Callable
from typing import Any, Final, Protocol
from urllib.parse import urlencode

from flask import current_app, request
from pydantic import Field

from moderation.http.context import web
from moderation.http.described import description_of
from moderation.http.fields import Shape
from moderation.services.paging import Page
from moderation.services.ports import Row

MOST: Final = 100


class Paged(Shape):
    """How much of a list is wanted, and from where on."""

    cursor: str | None = Field(None, max_length=500, description="From `next` of the page before.")
    limit: int = Field(50, ge=1, le=MOST, description="How many items at most.")


def listed(page: Page, shown: Callable[[Row], dict[str, Any]]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Answer one page of a list, with the address of the next one in its header."""
    return {"items": [shown(row) for row in page.rows], "next": page.next}, 200, link(page)


class Continued(Protocol):
    """Something that may go on."""

    @property
    def next(self) -> str | None:
        """The cursor of what follows, if anything does."""


def link(page: Continued) -> dict[str, str]:
    """Say where the next page is."""
    if page.next is None:
        return {}
    description = description_of(current_app.view_functions[request.endpoint or ""])
    meant = description.query.model_fields if description and description.query else {}
    query = [(name, value) for name, value in request.args.items() if name in meant and name != "cursor"]
    address = f"{web().public_url}{request.path}?{urlencode([*query, ('cursor', page.next)])}"
    return {"Link": f'<{address}>; rel="next"'}
