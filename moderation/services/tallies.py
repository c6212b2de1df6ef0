"""Tallies: what days that are over came to at a site, counted once, forgotten with any change, and counted anew."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from moderation.domain.comment import Comment
from moderation.domain.tally import CLOSING, SETTLING, Counts, before, over
from moderation.domain.window import SUMMED, Stretch, Window
from moderation.services.ports import Deps, Uow

AT_ONCE: Final = 8
"""So many days are counted in one piece of work; whoever looks counts as many that are not."""
REST: Final = timedelta(minutes=15)
"""A day that changes all the time, or that cannot be counted, is tried no more often."""
KEPT: Final = timedelta(days=max(SUMMED))


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


def summed(uow: Uow, site_id: UUID, window: Window, take: Callable[[Counts], None]) -> frozenset[date]:
    """Hand over what a site came to on each day of a window: what is kept, and a few days that are counted now.

    The latest are counted; those that are left out are returned.
    """
    begun, days, kept = uow.tallies.begun(site_id), window.dates(), set[date]()
    for day, counts in uow.tallies.kept(site_id, days):
        kept.add(day)
        take(counts)
    rest = [day for day in reversed(days) if day not in kept and begun is not None and day >= begun]
    for day in rest[:AT_ONCE]:
        take(count(uow, site_id, Stretch.of(day)))
    return frozenset(rest[AT_ONCE:])


def outdate(deps: Deps, uow: Uow, comments: Iterable[Comment]) -> None:
    """Forget the days that tell of comments which change in this transaction; what came today costs nothing."""
    settled = over(deps.now(), SETTLING)
    old = [comment for comment in comments if before(comment.id, settled)]
    if old:
        uow.tallies.outdate(old, settled, REST)


def keep(deps: Deps, most: int = AT_ONCE) -> int:
    """Count some of the days that are over; say how many there were.

    What changes while it is counted is not kept, and comes again; so nobody waits for it, and two at once do no harm.
    """
    _open(deps)
    for done in range(most):
        if not _count_one(deps):
            return done
    return most


def _count_one(deps: Deps) -> bool:
    """Count the latest day that is due; False where none is."""
    with deps.uow(None) as uow:
        claimed = uow.tallies.claim(REST)
        uow.commit()
    if claimed is None:
        return False
    site_id, day, number = claimed
    with deps.reading(site_id) as uow:
        counts = count(uow, site_id, Stretch.of(day))
    with deps.uow(site_id) as uow:
        uow.tallies.keep(site_id, day, number, counts)
        uow.commit()
    return True


def _open(deps: Deps) -> None:
    """Let the days be counted that are over at each site, from that of its first comment."""
    until = over(deps.now(), CLOSING)
    with deps.reading(None) as uow:
        missing = {site.id: _missing(uow, site.id, until) for site in uow.sites.all()}
    for site_id, days in missing.items():
        if days:
            with deps.uow(site_id) as uow:
                uow.tallies.open(site_id, days)
                uow.commit()


def _missing(uow: Uow, site_id: UUID, until: date) -> list[date]:
    begun = uow.tallies.begun(site_id)
    first = until if begun is None else max(begun, until - KEPT)
    days = [first + timedelta(days=each) for each in range((until - first).days)]
    known = uow.tallies.known(site_id, first) if days else ()
    return [day for day in days if day not in known]
