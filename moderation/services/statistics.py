"""Statistics: the numbers of some sites together, each site counted in its own name, by whoever may see whose."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from moderation.domain.comment import Status
from moderation.domain.decision import Actor
from moderation.domain.person import Person, Role
from moderation.domain.share import Share
from moderation.domain.spread import Spread
from moderation.domain.statistics import Flagged, Queue, Rate, Statistics, Work
from moderation.domain.window import Hour, Slot, Window
from moderation.services.ports import Deps, Row, Uow

Shows = Callable[[UUID, UUID], bool]
"""Says of a site and somebody who decided there whether they are told apart from all others."""
HourOf = Callable[[int], Hour]
"""Finds the hour of a quarter."""
Doer = tuple[UUID | None, Actor]
REFUSED = frozenset({Status.SPAM, Status.REJECTED, Status.DELETED})


def everybody(_site_id: UUID, _actor_id: UUID) -> bool:
    """Show each person's numbers: to operators, and to servers that an owner gave a key."""
    return True


def as_seen_by(person: Person) -> Shows:
    """Show seniors and owners everybody's numbers at their sites, and all others their own."""
    senior = set(person.sites(Role.SENIOR))
    return lambda site_id, actor_id: site_id in senior or actor_id == person.id


def statistics(deps: Deps, site_ids: Collection[UUID], window: Window, shows: Shows = everybody) -> Statistics:
    """Count what came, waited and was decided at these sites; what `shows` hides is counted among all others."""
    hour_of, found = window.finder(), _Counted()
    for site_id in site_ids:
        with deps.reading(site_id) as uow:
            _queue(uow, site_id, window, found)
            _comments(uow, site_id, window, hour_of, found)
            _people(uow, site_id, window, shows, found)
            found.rates += uow.proposals.counted(site_id, window)
            found.flags += uow.statistics.flags(site_id, window.since)
    slots = window.slots()
    return Statistics(
        window=window,
        queue=Queue(found.pending, Spread.of(found.ages), min(found.begun, default=None)),
        waits={slot: Spread.of(found.waits[slot]) for slot in slots},
        arrivals={slot: found.arrivals[slot] for slot in slots},
        people=_works(found, hour_of),
        rates=_rates(found.rates),
        arrived=found.arrived,
        approved=found.approved(hour_of),
        flags=_flags(found.flags),
    )


@dataclass(slots=True)
class _Counted:
    """What was counted so far."""

    pending: int = 0
    ages: list[tuple[int, int]] = field(default_factory=list)
    begun: list[datetime] = field(default_factory=list)
    waits: defaultdict[Slot, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    arrivals: defaultdict[Slot, Counter[tuple[Status, bool]]] = field(default_factory=lambda: defaultdict(Counter))
    arrived: Counter[tuple[int, int]] = field(default_factory=Counter)
    decided: list[tuple[Doer, Row]] = field(default_factory=list)
    overturned: list[tuple[Doer, Row]] = field(default_factory=list)
    pace: list[tuple[UUID | None, Row]] = field(default_factory=list)
    rates: list[Row] = field(default_factory=list)
    flags: list[Row] = field(default_factory=list)

    def approved(self, hour_of: HourOf) -> Counter[tuple[int, int]]:
        """Count what people approved by weekday and hour."""
        counted = Counter[tuple[int, int]]()
        for _, row in self.decided:
            if row["status"] is Status.APPROVED:
                hour = hour_of(row["quarter"])
                counted[hour.weekday, hour.hour] += row["decisions"]
        return counted


def _queue(uow: Uow, site_id: UUID, window: Window, found: _Counted) -> None:
    rows = uow.statistics.queue(site_id, window.until)
    found.pending += uow.statistics.pending(site_id)
    found.ages += [(row["age"], row["comments"]) for row in rows]
    found.begun += [row["begun"] for row in rows]


def _comments(uow: Uow, site_id: UUID, window: Window, hour_of: HourOf, found: _Counted) -> None:
    """Count arrivals and waits; what no person left as it is, the machine, a reader or its author did."""
    for row in uow.statistics.waits(site_id, window):
        found.waits[hour_of(row["quarter"]).slot].append((row["length"], row["comments"]))
    for row in uow.statistics.arrivals(site_id, window):
        hour = hour_of(row["quarter"])
        found.arrivals[hour.slot][row["status"], False] += row["comments"]
        found.arrived[hour.weekday, hour.hour] += row["comments"]
    for row in uow.statistics.settled(site_id, window):
        told = found.arrivals[hour_of(row["quarter"]).slot]
        told[row["status"], True] += row["comments"]
        told[row["status"], False] -= row["comments"]


def _people(uow: Uow, site_id: UUID, window: Window, shows: Shows, found: _Counted) -> None:
    def doer(row: Row) -> Doer:
        return (row["actor_id"], row["by"]) if shows(site_id, row["actor_id"]) else (None, Actor.PERSON)

    found.decided += [(doer(row), row) for row in uow.statistics.decided(site_id, window)]
    found.overturned += [(doer(row), row) for row in uow.statistics.overturned(site_id, window)]
    paced = uow.statistics.pace(site_id, window)
    found.pace += [(row["actor_id"] if shows(site_id, row["actor_id"]) else None, row) for row in paced]


def _works(found: _Counted, hour_of: HourOf) -> list[Work]:
    """Put together what each did, whoever did most first, and all others last."""
    works = [_work(doer, found, hour_of) for doer in dict.fromkeys(doer for doer, _ in found.decided)]
    return sorted(works, key=lambda work: (work.actor_id is None, -work.decisions, str(work.actor_id)))


def _work(doer: Doer, found: _Counted, hour_of: HourOf) -> Work:
    rows = [row for each, row in found.decided if each == doer]
    ends, judged = Counter[Status](), [row for each, row in found.overturned if each == doer]
    for row in rows:
        ends[row["status"]] += row["decisions"]
    taken_back = sum(row["taken_back"] for row in judged)
    compared = sum(row["compared"] for row in judged) - taken_back
    return Work(
        actor_id=doer[0],
        by=doer[1],
        ends=ends,
        in_waves=sum(row["decisions"] for row in rows if row["in_wave"]),
        hours=len({(row["actor_id"], hour_of(row["quarter"]).start) for row in rows}),
        pace=Spread.of((row["length"], row["decisions"]) for who, row in found.pace if who == doer[0]),
        overturned=Share(sum(row["overturned"] for row in judged), compared),
        taken_back=taken_back,
    )


def _rates(rows: Iterable[Row]) -> list[Rate]:
    """Add up the sites, and put first what was judged most."""
    judged, overturned = Counter[tuple[str, tuple[str, ...]]](), Counter[tuple[str, tuple[str, ...]]]()
    for row in rows:
        judged[row["kind"], row["names"]] += row["judged"]
        overturned[row["kind"], row["names"]] += row["overturned"]
    rates = [Rate(kind, names, Share(overturned[kind, names], of)) for (kind, names), of in judged.items()]
    return sorted(rates, key=lambda rate: (-rate.overturned.of, rate.names))


def _flags(rows: Iterable[Row]) -> list[Flagged]:
    """Add up the sites: all flags first, then each reason."""
    found: defaultdict[str | None, Counter[str]] = defaultdict(Counter)
    for row in rows:
        found[row["reason"]][_made_of(row["status"])] += row["comments"]
    order = sorted(found, key=lambda reason: (reason is not None, -found[reason].total(), str(reason)))
    return [Flagged(reason, *_three(found[reason])) for reason in order]


def _made_of(status: Status | None) -> str:
    return "open" if status is None else "confirmed" if status in REFUSED else "refuted"


def _three(counts: Mapping[str, int]) -> tuple[int, int, int]:
    return counts.get("confirmed", 0), counts.get("refuted", 0), counts.get("open", 0)
