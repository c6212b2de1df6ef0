"""A conversation as a page shows it: comments under the ones they answer, from the public shape alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from moderation.domain.comment import Comment, Status
from moderation.domain.errors import NotFound
from moderation.domain.thread import Thread
from moderation.http.context import deps
from moderation.http.shapes import public_comment
from moderation.services import authors
from moderation.services.ports import Row


@dataclass(frozen=True, slots=True)
class Said:
    """One comment with its replies, oldest first; `shown` is exactly what the API would give."""

    shown: dict[str, Any]
    at: datetime
    edited_at: datetime | None
    answers: str | None = None
    """The name of whoever is answered, if that can be read here."""
    replies: list["Said"] = field(default_factory=list)
    pinned: bool = False

    @property
    def id(self) -> str:
        """The comment's id."""
        return str(self.shown["id"])

    @property
    def name(self) -> str | None:
        """The author's name; None where only a gap is left."""
        return None if "gone" in self.shown else str(self.shown["author"]["name"])


def conversation(rows: Sequence[Row], thread: str, pinned: Sequence[Row] = ()) -> tuple[list[Said], dict[str, Said]]:
    """Put comments under those they answer; give those that start, and all of them by id.

    What is pinned starts before all others. A reply whose parent is on another page of the list stands by itself.
    """
    starts: list[Said] = []
    known: dict[str, Said] = {}
    first = {row["id"] for row in pinned}
    for row in (*pinned, *(row for row in rows if row["id"] not in first)):
        shown = public_comment(row, thread)
        parent = known.get(shown["parent"] or "")
        said = Said(
            shown, row["received_at"], row["edited_at"], parent.name if parent else None, pinned=row["id"] in first
        )
        known[said.id] = said
        (parent.replies if parent else starts).append(said)
    return starts, known


def answerable(named: str, thread: Thread | None) -> Comment | None:
    """Give the comment that an id names, if it is public and in this thread, on whichever page of its list."""
    try:
        found = authors.show(deps(), UUID(named))
    except (ValueError, NotFound):
        return None
    here = thread is not None and found.thread_id == thread.id
    return found if here and found.status is Status.APPROVED else None
