"""Statistics: the numbers of some sites together, each site counted in its own name, by whoever may see whose."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, partial
from uuid import UUID

from moderation.domain.comment import Status
from moderation.domain.decision import Actor
from moderation.domain.person import Person, Role
from moderation.domain.share import Share
from moderation.domain.spread import Spread
from moderation.domain.statistics import Flagged, Queue, Rate, Statistics, Work
from moderation.domain.tally import Counts
from moderation.domain.window import Hour, Slot, Window
from moderation.services import tallies
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
    found, patience = _Counted(window.finder()), tallies.PATIENCE / max(1, len(site_ids))
    for site_id in site_ids:
        with deps.reading(site_id) as uow:
            _queue(uow, site_id, window, found)
            if window.summed:
                found.left_out |= tallies.summed(uow, site_id, window, partial(found.take, site_id, shows), patience)
            else:
                found.take(site_id, shows, tallies.count(uow, site_id, window.stretch))
    slots = window.slots()
    return Statistics(
        window=window,
        queue=Queue(found.pending, Spread.of(found.ages), min(found.begun, default=None)),
        waits={slot: Spread(found.waits[slot]) for slot in slots},
        arrivals={slot: found.arrivals[slot] for slot in slots},
        people=_works(found),
        rates=_rates(found.rates),
        arrived=found.arrived,
        approved=found.approved,
        flags=_flags(found.flags),
        left_out=len(found.left_out),
    )


@dataclass(slots=True)
class _Done:
    """What one of them did so far."""

    ends: Counter[Status] = field(default_factory=Counter)
    in_waves: int = 0
    hours: set[tuple[UUID, datetime]] = field(default_factory=set)
    judged: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Counted:
    """What was counted so far; rows are added and let go, since those of a year are very many."""

    hour_of: HourOf
    pending: int = 0
    ages: list[tuple[int, int]] = field(default_factory=list)
    begun: list[datetime] = field(default_factory=list)
    waits: defaultdict[Slot, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    arrivals: defaultdict[Slot, Counter[tuple[Status, bool]]] = field(default_factory=lambda: defaultdict(Counter))
    arrived: Counter[tuple[int, int]] = field(default_factory=Counter)
    approved: Counter[tuple[int, int]] = field(default_factory=Counter)
    done: defaultdict[Doer, _Done] = field(default_factory=lambda: defaultdict(_Done))
    pace: defaultdict[UUID | None, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    rates: list[Row] = field(default_factory=list)
    flags: list[Row] = field(default_factory=list)
    left_out: set[date] = field(default_factory=set)

    def take(self, site_id: UUID, shows: Shows, counts: Counts) -> None:
        """Add what was counted about a stretch of time at a site."""
        self._comments(counts)
        self._people(counts, cache(partial(shows, site_id)))
        self.rates += counts["rates"]
        self.flags += counts["flags"]

    def _comments(self, counts: Counts) -> None:
        """Add arrivals and waits; what no person left as it is, the machine, a reader or its author did."""
        for row in counts["waits"]:
            self.waits[self.hour_of(row["quarter"]).slot][row["length"]] += row["comments"]
        for row in counts["arrivals"]:
            hour = self.hour_of(row["quarter"])
            self.arrivals[hour.slot][row["status"], False] += row["comments"]
            self.arrived[hour.weekday, hour.hour] += row["comments"]
        for row in counts["settled"]:
            told = self.arrivals[self.hour_of(row["quarter"]).slot]
            told[row["status"], True] += row["comments"]
            told[row["status"], False] -= row["comments"]

    def _people(self, counts: Counts, shown: Callable[[UUID], bool]) -> None:
        """Add what people did, each by themselves or among all others."""

        def done(row: Row) -> _Done:
            actor = row["actor_id"]
            return self.done[(actor, row["by"]) if shown(actor) else (None, Actor.PERSON)]

        for row in counts["decided"]:
            hour, one, many = self.hour_of(row["quarter"]), done(row), row["decisions"]
            one.ends[row["status"]] += many
            one.in_waves += many if row["in_wave"] else 0
            one.hours.add((row["actor_id"], hour.start))
            if row["status"] is Status.APPROVED:
                self.approved[hour.weekday, hour.hour] += many
        for row in counts["overturned"]:
            done(row).judged.update({name: row[name] for name in ("compared", "overturned", "taken_back")})
        for row in counts["pace"]:
            self.pace[row["actor_id"] if shown(row["actor_id"]) else None][row["length"]] += row["decisions"]


def _queue(uow: Uow, site_id: UUID, window: Window, found: _Counted) -> None:
    rows = uow.statistics.queue(site_id, window.until)
    found.pending += uow.statistics.pending(site_id)
    found.ages += [(row["age"], row["comments"]) for row in rows]
    found.begun += [row["begun"] for row in rows]


def _works(found: _Counted) -> list[Work]:
    """Tell what each did, whoever did most first, and all others last."""
    works = [_work(doer, done, found.pace[doer[0]]) for doer, done in found.done.items()]
    return sorted(works, key=lambda work: (work.actor_id is None, -work.decisions, str(work.actor_id)))


def _work(doer: Doer, done: _Done, pace: Mapping[int, int]) -> Work:
    taken_back = done.judged["taken_back"]
    return Work(
        actor_id=doer[0],
        by=doer[1],
        ends=done.ends,
        in_waves=done.in_waves,
        hours=len(done.hours),
        pace=Spread(pace),
        overturned=Share(done.judged["overturned"], done.judged["compared"] - taken_back),
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
