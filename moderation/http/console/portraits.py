"""An author's page, reached by one of their comments: what became of what they wrote, notes, and bans."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from moderation.domain.ban import Effect, Mark
from moderation.domain.comment import Status
from moderation.domain.person import Role
from moderation.http.console import shown
from moderation.http.console.gate import person
from moderation.http.console.known import told_beside
from moderation.http.console.meanings import EFFECTS, MARKS
from moderation.http.console.printing import printed
from moderation.http.console.speech import Spoken, gettext
from moderation.http.context import deps
from moderation.http.guard import for_people
from moderation.http.words import marked
from moderation.services import desk, portraits, spacing
from moderation.services.portraits import Portrait

blueprint = Blueprint("portraits", __name__)
SHOWN: Final = 20
UNTIL: Final = Spoken(
    {
        "1": marked("For a day"),
        "7": marked("For a week"),
        "30": marked("For a month"),
        "365": marked("For a year"),
        "": marked("Without an end"),
    }
)
USUAL: Final = {
    "effect": Effect.PREMODERATE,
    "mark": Mark.ADDRESS,
    "name": "",
    "domain": "",
    "days": "30",
    "reason": "",
}
"""How the form stands at first: the milder thing, for a month."""
ORDER: Final = (Status.APPROVED, Status.HELD, Status.REJECTED, Status.SPAM, Status.PENDING, Status.DELETED)


@blueprint.get("/comments/<uuid:comment_id>/author")
@for_people
def show(comment_id: UUID) -> ResponseReturnValue:
    """Show whoever wrote a comment, as its site knows them."""
    return author_page(desk.site_of(deps(), person(), comment_id), comment_id)


def author_page(
    site_id: UUID,
    comment_id: UUID,
    *,
    typed: dict[str, Any] | None = None,
    faults: dict[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """Print an author's page, with what was typed into the form for bans and what was wrong with it."""
    found = portraits.portrait(deps(), site_id, comment_id)
    cursor = request.args.get("cursor")
    page = portraits.comments(deps(), found.comment, cursor=cursor, limit=SHOWN)
    severe = spacing.severe(deps(), [(site_id, row["id"]) for row in page.rows])
    return printed(
        "author.html",
        status=status,
        author=_author(found),
        beside=told_beside(site_id, found.beside),
        lines=[shown.line(row, {}, severe.get(row["id"], ())) for row in page.rows],
        cursor=cursor,
        next=page.next,
        open=bool(faults or request.args.get("ban")),
        effects=EFFECTS,
        marks=_marks(found),
        until=UNTIL,
        typed={**USUAL, "mark": next(iter(_marks(found))), "name": found.comment.name, **(typed or {})},
        faults=faults or {},
        now=deps().now(),
    )


def _author(found: Portrait) -> dict[str, Any]:
    comment = found.comment
    return {
        "id": str(comment.id),
        "name": comment.name or gettext("Nobody"),
        "email": None if found.email is None else str(found.email),
        "network": comment.network,
        "site": found.site.name,
        "is_own": found.site.id in person().sites(Role.OWNER),
        "seen": found.seen,
        "has_text": bool(comment.text),
        "record": [(str(status), found.record[status]) for status in ORDER if found.record.get(status)],
    }


def _marks(found: Portrait) -> dict[Mark, str]:
    """Name what this author can be known by."""
    missing = {Mark.ADDRESS} if found.comment.fingerprint is None else set[Mark]()
    missing |= {Mark.NETWORK} if found.comment.network is None else set()
    return {mark: label for mark, label in MARKS.items() if mark not in missing}
