"""Numbers by key: what came, waited and was decided at the key's site lately."""

from typing import Annotated, Literal

from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic import Field

from moderation.domain.scope import Scope
from moderation.domain.window import WORLD, Window, parse_zone
from moderation.http.context import deps, key
from moderation.http.described import described
from moderation.http.fields import Shape, fitting, read_query
from moderation.http.guard import requires
from moderation.http.number_shapes import NumbersShown
from moderation.http.shapes import instant
from moderation.services.figures import facts, sections
from moderation.services.statistics import statistics

blueprint = Blueprint("numbers", __name__, url_prefix="/v1/numbers")
Zone = Annotated[str, fitting(parse_zone)]


class Asked(Shape):
    """Which numbers are wanted."""

    days: Literal["1", "7", "30", "90", "365", "730"] = Field(
        "7", description="How far back; 365 is told by weeks, 730 by months."
    )
    zone: Zone = Field(WORLD, max_length=64, description="The time zone of days and hours, such as `Europe/Berlin`.")


@blueprint.get("")
@requires(Scope.MODERATE)
@described({200: NumbersShown}, query=Asked)
def show() -> ResponseReturnValue:
    """Tell what waits, how long it took, who decided how much, and how often policy was overturned."""
    asked = read_query(Asked)
    found = statistics(deps(), [key().site_id], Window(deps().now(), int(asked.days), asked.zone))
    told = facts(found)
    moments = {name: instant(told[name]) for name in ("since", "until", "oldest")}
    return {**told, **moments, **sections(found, {})}, 200, {"Cache-Control": "no-store"}
