"""Numbers at the desk: what came, waited and was decided at somebody's sites, drawn, in tables and as files."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Self
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from moderation.domain.errors import NotFound
from moderation.domain.person import Role
from moderation.domain.site import Site
from moderation.domain.statistics import Statistics
from moderation.domain.window import DAYS, WORLD, YEAR, Window, zones
from moderation.http.cells import CSV, as_file, csv_rows
from moderation.http.console.gate import person
from moderation.http.console.graphs import BY, graphs, week
from moderation.http.console.printing import printed
from moderation.http.console.speech import Spoken
from moderation.http.context import deps
from moderation.http.guard import for_people
from moderation.http.shapes import instant
from moderation.http.words import marked
from moderation.services import audit, desk
from moderation.services.figures import facts, length, sections
from moderation.services.statistics import as_seen_by, statistics

blueprint = Blueprint("numbers", __name__, url_prefix="/numbers")
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "queue": ("from", "to", "comments"),
    "waits": ("slot", "decided", "median", "p90"),
    "arrivals": (
        *("slot", "comments", "approved_by_machine", "approved_by_person", "held_by_machine", "held_by_person"),
        *("rejected_by_machine", "rejected_by_person", "spam_by_machine", "spam_by_person", "deleted", "pending"),
    ),
    "people": (
        *("name", "by", "decisions", "approved", "held", "rejected", "spam", "deleted", "in_waves", "active_hours"),
        *("per_active_hour", "median_seconds_between", "taken_back", "overturned", "of", "share", "low", "high"),
    ),
    "rates": ("by", "name", "overturned", "of", "share", "low", "high"),
    "hours": ("weekday", "hour", "arrived", "approved"),
    "flags": ("reason", "flagged", "confirmed", "refuted", "open", "share", "low", "high"),
}
"""Every section, and the columns of its file."""
SPANS: Final = Spoken(
    {
        1: marked("24 hours"),
        7: marked("7 days"),
        30: marked("30 days"),
        90: marked("90 days"),
        YEAR: marked("365 days, by weeks"),
        2 * YEAR: marked("730 days, by months"),
    }
)
FLAGGED_AS: Final = Spoken(
    {
        "any": marked("Any reason"),
        "spam": marked("Spam"),
        "offensive": marked("Offensive"),
        "abusive": marked("Abusive"),
        "off-topic": marked("Off topic"),
        "illegal": marked("Illegal"),
        "other": marked("Something else"),
    }
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which numbers somebody wants to see; what cannot be read narrows nothing."""

    site: str = ""
    days: str = "7"
    zone: str = WORLD

    @classmethod
    def of(cls, sent: Mapping[str, str]) -> Self:
        """Read it from an address."""
        told = {item.name: sent.get(item.name, "")[:64] for item in fields(cls)}
        known = {"days": told["days"] in map(str, DAYS), "zone": told["zone"] in zones(), "site": True}
        return cls(**{name: value for name, value in told.items() if value and known[name]})

    def query(self, **changes: str) -> str:
        """Write it as an address has it."""
        return urlencode({name: value for name, value in {**asdict(self), **changes}.items() if value})


@blueprint.get("")
@for_people
def show() -> ResponseReturnValue:
    """Show the numbers."""
    wanted, sites = Wanted.of(request.args), desk.sites(deps(), person())
    chosen = _chosen(sites, wanted)
    found = _counted(chosen, wanted)
    told = sections(found, _names(chosen))
    return printed(
        "numbers.html",
        wanted=wanted,
        sites=sites,
        spans=SPANS,
        zones=[WORLD, *sorted(zones())],
        facts=facts(found),
        told=told,
        graphs=graphs(told),
        length=length,
        by=BY,
        week=week(),
        flagged_as=FLAGGED_AS,
        hours=[f"{hour:02}" for hour in range(24)],
        everybody=set(chosen) <= set(person().sites(Role.SENIOR)),
        now=deps().now(),
    )


@blueprint.get("/<section>.csv")
@for_people
def file(section: str) -> ResponseReturnValue:
    """Give one section as a file."""
    wanted = Wanted.of(request.args)
    chosen = _chosen(desk.sites(deps(), person()), wanted)
    if section not in COLUMNS:
        raise NotFound("There is no such table.")
    rows = sections(_counted(chosen, wanted), _names(chosen))[section]
    until = str(instant(deps().now()))[:10]
    return as_file(csv_rows(rows, COLUMNS[section]), CSV, f"{section}-{until}.csv")


def _chosen(sites: Sequence[Site], wanted: Wanted) -> list[UUID]:
    """Name the sites that are meant, among somebody's own; raises NotFound for any other."""
    chosen = [site.id for site in sites if wanted.site in {"", str(site.id)}]
    if not chosen:
        raise NotFound("There is no such site.")
    return chosen


def _counted(chosen: Sequence[UUID], wanted: Wanted) -> Statistics:
    window = Window(deps().now(), int(wanted.days), wanted.zone)
    return statistics(deps(), chosen, window, as_seen_by(person()))


def _names(chosen: Sequence[UUID]) -> Mapping[UUID, str]:
    known: Mapping[UUID, Any] = audit.names(deps(), chosen).known
    return known
