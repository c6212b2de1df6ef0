"""Figures: statistics as plain rows, the same for a table, a file, a program and the command line."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from moderation.domain.comment import Status
from moderation.domain.share import Share
from moderation.domain.spread import MEDIAN, P90
from moderation.domain.statistics import DAY, HOUR, MINUTE, Flagged, Rate, Statistics, Work

Row = dict[str, Any]
OUTCOMES: Final = (Status.APPROVED, Status.HELD, Status.REJECTED, Status.SPAM)
"""What a machine or a person may have made of a comment."""
ENDS: Final = (*OUTCOMES, Status.DELETED)
DIGITS: Final = 4


def facts(found: Statistics) -> Row:
    """Give what is one number each."""
    ages, waited = found.queue.ages, found.waited
    return {
        "since": found.window.since,
        "until": found.window.until,
        "zone": found.window.zone,
        "waiting": ages.n,
        "pending": found.queue.pending,
        "oldest": found.queue.oldest,
        "median_age": ages.quantile(MEDIAN),
        "decided_after_waiting": waited.n,
        "median_wait": waited.quantile(MEDIAN),
        "p90_wait": waited.quantile(P90),
        "days_left_out": found.left_out,
    }


def sections(found: Statistics, names: Mapping[UUID, str]) -> dict[str, list[Row]]:
    """Give each section as rows; every share comes with how many of how many, and its interval of 95 %."""
    return {
        "queue": [{"from": low, "to": high, "comments": many} for low, high, many in found.queue.steps()],
        "waits": [
            {"slot": str(slot), "decided": one.n, "median": one.quantile(MEDIAN), "p90": one.quantile(P90)}
            for slot, one in found.waits.items()
        ],
        "arrivals": [{"slot": str(slot), **_arrived(counts)} for slot, counts in found.arrivals.items()],
        "people": [_work(work, names) for work in found.people],
        "rates": [_rate(rate) for rate in found.rates],
        "hours": [
            {"weekday": day, "hour": hour, "arrived": found.arrived[day, hour], "approved": found.approved[day, hour]}
            for day in range(7)
            for hour in range(24)
        ],
        "flags": [_flagged(one) for one in found.flags],
    }


def _arrived(counts: Mapping[tuple[Status, bool], int]) -> Row:
    told = {"comments": sum(counts.values())}
    for status in OUTCOMES:
        told |= {f"{status}_by_machine": counts.get((status, False), 0)}
        told |= {f"{status}_by_person": counts.get((status, True), 0)}
    return told | {
        str(status): counts.get((status, False), 0) + counts.get((status, True), 0)
        for status in (Status.DELETED, Status.PENDING)
    }


def _work(work: Work, names: Mapping[UUID, str]) -> Row:
    return {
        "actor": None if work.actor_id is None else str(work.actor_id),
        "name": names.get(work.actor_id) if work.actor_id else None,
        "by": str(work.by) if work.actor_id else "others",
        "decisions": work.decisions,
        **{str(status): work.ends.get(status, 0) for status in ENDS},
        "in_waves": work.in_waves,
        "active_hours": work.hours,
        "per_active_hour": round(work.decisions / work.hours, 1) if work.hours else None,
        "median_seconds_between": work.pace.quantile(MEDIAN),
        "taken_back": work.taken_back,
        **_share(work.overturned),
    }


def _rate(rate: Rate) -> Row:
    first, *rest = rate.names
    name = f"{first} ({', '.join(rest)})" if rest else first
    return {"by": rate.kind, "name": name, **_share(rate.overturned)}


def _flagged(one: Flagged) -> Row:
    return {
        "reason": one.reason or "any",
        "flagged": one.confirmed + one.refuted + one.open,
        "confirmed": one.confirmed,
        "refuted": one.refuted,
        "open": one.open,
        **_ends(one.share),
    }


def _share(share: Share) -> Row:
    return {"overturned": share.hits, "of": share.of, **_ends(share)}


def _ends(share: Share) -> Row:
    """Give a share and where it may truly lie; nothing of all this where there is nothing to share."""
    low, high = share.interval or (None, None)
    told = {"share": share.value, "low": low, "high": high}
    return {name: None if value is None else round(value, DIGITS) for name, value in told.items()}


def length(seconds: int | None) -> str:
    """Write a length for people: 42 s, 7 min, 3.5 h, 2.0 d; a dash where there is none."""
    if seconds is None:
        return "-"
    if seconds < 2 * MINUTE:
        return f"{seconds} s"
    if seconds < 2 * HOUR:
        return f"{seconds // MINUTE} min"
    return f"{seconds / HOUR:.1f} h" if seconds < 2 * DAY else f"{seconds / DAY:.1f} d"
