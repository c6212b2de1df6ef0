"""How long review usually takes at a site, as its authors are told; looked up once a minute at most."""

from datetime import timedelta
from time import monotonic
from typing import Final
from uuid import UUID

from babel.dates import format_timedelta

from moderation.domain.comment import Comment, Status
from moderation.http.context import deps, web
from moderation.services import waiting

REMEMBERED: Final = 60.0
"""Seconds for which it is not looked up again."""
IN_REVIEW: Final = frozenset({Status.PENDING, Status.HELD})


def usual_minutes(site_id: UUID) -> int | None:
    """Give the usual minutes at a site; None where too little was decided to say."""
    kept = web().usual.get(site_id)
    if kept and monotonic() - kept[0] < REMEMBERED:
        return kept[1]
    found = waiting.usual_minutes(deps(), site_id)
    web().usual[site_id] = (monotonic(), found)
    return found


def review_of(comment: Comment) -> dict[str, dict[str, int]]:
    """Give what an author is told of the review, as long as the comment waits for it and there is anything to tell."""
    usual = usual_minutes(comment.site_id) if comment.status in IN_REVIEW else None
    return {} if usual is None else {"review": {"usually_minutes": usual}}


def usual_time(site_id: UUID, language: str) -> str | None:
    """Say it in words: "12 minutes"."""
    usual = usual_minutes(site_id)
    return None if usual is None else format_timedelta(timedelta(minutes=usual), granularity="minute", locale=language)
