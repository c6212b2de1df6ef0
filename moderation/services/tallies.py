"""Tallies: what days that are over came to at a site, counted once, forgotten with any change, and counted anew."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from time import monotonic
from typing import Final
from uuid import UUID

import structlog

from moderation.domain.comment import Comment
from moderation.domain.errors import TemporaryFailure
from moderation.domain.tally import CLOSING, SETTLING, Counts, before, over
from moderation.domain.window import SUMMED, Stretch, Window
from moderation.services.ports import Bell, Deps, Uow

log = structlog.get_logger()
Clock = Callable[[], float]
WORK: Final = 1.0
"""Seconds for which days are counted in one piece of work."""
LATEST: Final = 2
"""Whoever looks counts today, and yesterday, which nobody may keep yet; all others while patience lasts."""
PATIENCE: Final = 2.0
"""Seconds for which whoever looks waits for days that are not kept to be counted."""
REST: Final = timedelta(minutes=15)
"""A day that changes all the time, or cannot be counted, is tried no more often; one that rested is counted at once."""
DAY: Final = timedelta(days=1)
KEPT: Final = max(SUMMED) * DAY


def count(uow: Uow, site_id: UUID, stretch: Stretch) -> Counts:
    """Count everything about a stretch of time that is no question of the present moment."""
    told = uow.statistics
    return {
        "waits": told.waits(site_id, stretch),
        "arrivals": told.arrivals(site_id, stretch),
        "settled": told.settled(site_id, stretch),
        "decided": told.decided(site_id, stretch),
        "overturned": told.overturned(site_id, stretch),
        "pace": told.pace(site_id, stretch),
        "rates": uow.proposals.counted(site_id, stretch),
        "flags": told.flags(site_id, stretch),
    }


def summed(
    uow: Uow,
    site_id: UUID,
    window: Window,
    take: Callable[[Counts], None],
    patience: float = PATIENCE,
    clock: Clock = monotonic,
) -> frozenset[date]:
    """Hand over what a site came to on each day of a window: what is kept, and days that are counted now.

    Those are counted for `patience` seconds, the latest first; those that are left out are returned.
    """
    begun, days, kept = uow.tallies.begun(site_id), window.dates(), set[date]()
    for day, counts in uow.tallies.kept(site_id, days):
        kept.add(day)
        take(counts)
    rest = [day for day in reversed(days) if day not in kept and begun is not None and day >= begun]
    until = clock() + patience
    for place, day in enumerate(rest):
        if place >= LATEST and clock() >= until:
            return frozenset(rest[place:])
        take(count(uow, site_id, Stretch.of(day)))
    return frozenset()


def outdate(deps: Deps, uow: Uow, comments: Iterable[Comment]) -> None:
    """Forget the days that tell of comments which change in this transaction, as its last act; today costs nothing."""
    settled = over(deps.now(), SETTLING)
    old = [comment for comment in comments if before(comment.id, settled)]
    if old:
        uow.tallies.outdate(old, settled)


def forget(deps: Deps, site_ids: Iterable[UUID]) -> int:
    """Let all days of these sites be counted anew, as after somebody changed them who forgets none; say how many."""
    forgotten = 0
    for site_id in site_ids:
        with deps.uow(site_id) as uow:
            forgotten += uow.tallies.forget(site_id)
            uow.commit()
    deps.ring(Bell.HOUSEKEEPING)
    return forgotten


def begin(deps: Deps) -> None:
    """Let the days be counted that are over, from that of a site's first comment, where the latest is missing."""
    until = over(deps.now(), CLOSING)
    with deps.reading(None) as uow:
        missing = {site_id: _missing(uow, site_id, until) for site_id in uow.tallies.behind(until - DAY)}
    for site_id, days in missing.items():
        if days:
            with deps.uow(site_id) as uow:
                uow.tallies.open(site_id, days)
                uow.commit()


def keep(deps: Deps, patience: float = WORK, clock: Clock = monotonic) -> int:
    """Count days that are over, the latest first, for so many seconds; say how many were tried.

    What changes while it is counted is not kept, and comes again, as does what could not be counted; so nobody waits
    for it, and two at once do no harm.
    """
    until, tried = clock() + patience, 0
    while (not tried or clock() < until) and (taken := _taken(deps)):
        _keep(deps, *taken)
        tried += 1
    return tried


def _taken(deps: Deps) -> tuple[UUID, date, int] | None:
    with deps.uow(None) as uow:
        taken = uow.tallies.take(REST)
        uow.commit()
    return taken


def _keep(deps: Deps, site_id: UUID, day: date, number: int) -> None:
    try:
        with deps.reading(site_id) as uow:
            counts = count(uow, site_id, Stretch.of(day))
        with deps.uow(site_id) as uow:
            uow.tallies.keep(site_id, day, number, counts, REST)
            uow.commit()
    except TemporaryFailure as error:  # One day that takes too long keeps no others waiting.
        log.warning("day-not-counted", site=str(site_id), day=str(day), error=type(error).__name__)


def _missing(uow: Uow, site_id: UUID, until: date) -> list[date]:
    begun = uow.tallies.begun(site_id)
    first = until if begun is None else max(begun, until - KEPT)
    days = [first + each * DAY for each in range((until - first).days)]
    known = uow.tallies.known(site_id, first) if days else ()
    return [day for day in days if day not in known]
