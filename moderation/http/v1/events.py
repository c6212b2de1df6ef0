"""The feed of events: what webhooks carry, to be read again from any point."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic import Field

from moderation.domain.event import told
from moderation.domain.scope import Scope
from moderation.http.answers.telling import EventPage
from moderation.http.context import deps, key
from moderation.http.described import described
from moderation.http.fields import Shape, read_query
from moderation.http.guard import requires
from moderation.http.paging import MOST
from moderation.services import events

blueprint = Blueprint("events", __name__, url_prefix="/v1/events")


class Following(Shape):
    """From where on events are wanted."""

    after: str | None = Field(None, max_length=500, description="`next` of an earlier answer, or the id of an event.")
    limit: int = Field(MOST, ge=1, le=MOST, description="How many items at most.")


@blueprint.get("")
@requires(Scope.MODERATE)
@described({200: EventPage}, query=Following)
def feed() -> ResponseReturnValue:
    """Give the events after a cursor, oldest first and without gaps.

    `next` leads on from the last item, also where nothing follows yet; an empty page has
    none, and the cursor that was sent stays good.
    """
    wanted = read_query(Following)
    page = events.feed(deps(), key().site_id, after=wanted.after, limit=wanted.limit)
    return {"items": [told(row) for row in page.rows], "next": page.next}, 200, {"Cache-Control": "no-store"}
