"""The audit at the desk, for owners: who did what at their sites, and a file of it for whoever has to keep one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, json, request
from flask.typing import ResponseReturnValue

from moderation.domain.audit import Act, Doer
from moderation.domain.errors import NotFound
from moderation.domain.person import Role
from moderation.domain.site import Site
from moderation.http.cells import CSV, as_file, csv_row
from moderation.http.console.gate import person
from moderation.http.console.meanings import ACTS, told
from moderation.http.console.owned import surely
from moderation.http.console.printing import printed
from moderation.http.console.speech import Spoken
from moderation.http.context import deps
from moderation.http.guard import for_people
from moderation.http.shapes import instant
from moderation.http.words import marked
from moderation.services import audit, desk
from moderation.services.ports import Row

blueprint = Blueprint("audit", __name__, url_prefix="/audit")
SHOWN: Final = 50
OF_COMMENTS: Final = frozenset(
    {Act.DECIDED, Act.ADDRESS_SHOWN, Act.NOTED, Act.NOTE_REMOVED, Act.COMMENT_PINNED, Act.COMMENT_UNPINNED}
)
"""What is done to a comment, to which a line leads."""
COLUMNS: Final = ("at", "who", "kind", "did", "what", "about", "sites")
NAMELESS: Final = Spoken({Doer.OPERATOR: marked("the operator"), Doer.STRANGER: marked("somebody unknown")})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the audit somebody wants to see; what cannot be read narrows nothing."""

    site: str = ""
    who: str = ""
    act: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def of(cls, sent: Mapping[str, str]) -> Self:
        """Read it from an address or a form."""
        return cls(**{item.name: sent.get(item.name, "")[:64] for item in fields(cls)})

    def query(self, **more: str | None) -> str:
        """Write it as an address has it."""
        return urlencode({name: value for name, value in {**asdict(self), **more}.items() if value})

    def filters(self) -> dict[str, Any]:
        """Say it as the store reads it."""
        acts = (Act(self.act),) if self.act in set(Act) else ()
        until = _day(self.until)
        return {
            "acts": acts,
            "actor": _id(self.who),
            "since": _day(self.since),
            "until": until and until + timedelta(days=1),
        }


@blueprint.get("")
@for_people
def show() -> ResponseReturnValue:
    """Show who did what, the latest first."""
    wanted, cursor = Wanted.of(request.args), request.args.get("cursor")
    owned = _owned()
    chosen = _chosen(owned, wanted)
    page = audit.trail(deps(), chosen, wanted.filters(), cursor=cursor, limit=SHOWN)
    names = audit.names(deps(), [site.id for site in owned])
    return printed(
        "audit.html",
        wanted=wanted,
        sites=owned,
        people=sorted(names.present.items(), key=lambda one: one[1].casefold()),
        acts=ACTS,
        lines=[_line(row, names.known, owned) for row in page.rows],
        cursor=cursor,
        next=page.next,
        now=deps().now(),
    )


@blueprint.post("/export")
@for_people
def export() -> ResponseReturnValue:
    """Give what was done as a file, to whoever proved just now that it is them."""
    wanted, owned = Wanted.of(request.form), _owned()
    surely(f"/console/audit?{wanted.query()}")
    known = audit.names(deps(), [site.id for site in owned]).known
    rows = audit.export(deps(), _chosen(owned, wanted), wanted.filters())
    lines = (_line(row, known, owned) for row in rows)
    if request.form.get("format") == "csv":
        return as_file(_csv(lines), CSV, "audit.csv")
    return as_file(_json_lines(lines), "application/x-ndjson", "audit.jsonl")


def _owned() -> list[Site]:
    """Give the sites that are somebody's own; raises NotFound where there is none."""
    own = set(person().sites(Role.OWNER))
    if not own:
        raise NotFound("The audit is for owners.")
    return [site for site in desk.sites(deps(), person()) if site.id in own]


def _chosen(owned: Sequence[Site], wanted: Wanted) -> list[UUID]:
    """Name the sites that are meant, among somebody's own; raises NotFound for any other."""
    chosen = [site.id for site in owned if wanted.site in {"", str(site.id)}]
    if not chosen:
        raise NotFound("There is no such site.")
    return chosen


def _line(row: Row, known: Mapping[UUID, str], owned: Sequence[Site]) -> dict[str, Any]:
    nameless = NAMELESS.get(row["by"], "")
    return {
        "at": row["created_at"],
        "who": known.get(row["actor_id"], nameless) if row["actor_id"] else nameless,
        "actor": row["actor_id"],
        "kind": row["by"],
        "act": row["act"],
        "did": ACTS[row["act"]],
        "what": told(row["act"], row["told"]),
        "about": known.get(row["subject"]) or row["subject"],
        "comment": row["subject"] if row["act"] in OF_COMMENTS else None,
        "sites": [site.name for site in owned if site.id in row["sites"]],
    }


def _csv(lines: Iterator[dict[str, Any]]) -> Iterator[str]:
    yield csv_row(COLUMNS)
    for line in lines:
        cells = {**line, "at": instant(line["at"]), "sites": "; ".join(line["sites"])}
        yield csv_row([str(cells[name] or "") for name in COLUMNS])


def _json_lines(lines: Iterator[dict[str, Any]]) -> Iterator[str]:
    for line in lines:
        kept = {name: line[name] for name in ("at", "who", "actor", "kind", "act", "what", "about", "sites")}
        yield json.dumps({**kept, "at": instant(line["at"])}, ensure_ascii=False, default=str) + "\n"


def _id(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


def _day(typed: str) -> datetime | None:
    try:
        return datetime.strptime(typed, "%Y-%m-%d").replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
