"""What an author is told of an appeal, wherever they look: whether one can be made, or what came of it."""

from typing import Any, Final

from moderation.domain.comment import REFUSED, Comment
from moderation.http.context import deps
from moderation.http.shapes import instant
from moderation.services import appeals
from moderation.services.appeals import Hearing

POSSIBLE: Final = "possible"
WAITING: Final = "waiting"
BARELY: Final = 3
"""The version of a comment that was turned down once, and appealed; before that there is nothing to look up."""


def appeal_of(comment: Comment) -> dict[str, Any]:
    """Give what an author is told of the appeal of a comment, if there is anything to tell."""
    if comment.status not in REFUSED and comment.version < BARELY:
        return {}
    hearing = appeals.hearing(deps(), comment)
    state = state_of(hearing)
    made = hearing.appeal
    if state is None:
        return {}
    return {
        "appeal": {
            "state": state,
            "until": instant(hearing.until),
            "created_at": instant(made.created_at if made else None),
            "decided_at": instant(made.decided_at if made else None),
        }
    }


def state_of(hearing: Hearing) -> str | None:
    """Say in a word how an appeal stands; None where none was made and none can be any more."""
    if hearing.appeal:
        return str(hearing.appeal.outcome or WAITING)
    return POSSIBLE if hearing.until and deps().now() < hearing.until else None
