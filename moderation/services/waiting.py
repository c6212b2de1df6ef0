"""Waiting: how long it usually takes until a person decides."""

from datetime import timedelta
from statistics import median
from typing import Final
from uuid import UUID

from moderation.services.ports import Deps

LATEST: Final = 50
"""So many decisions say how it goes these days."""
FEWEST: Final = 8
"""Fewer say nothing."""
_MINUTE: Final = timedelta(minutes=1)


def usual_minutes(deps: Deps, site_id: UUID) -> int | None:
    """Give the median time from a comment's arrival to a person's decision, of the latest at a site; None for few."""
    with deps.views(site_id) as views:
        waits = views.waits(site_id, LATEST)
    return max(1, round(median(each / _MINUTE for each in waits))) if len(waits) >= FEWEST else None
