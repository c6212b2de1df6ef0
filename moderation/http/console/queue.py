"""The queue: what waits at all of somebody's sites, and the card of one of them beside it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from moderation.domain.keyboard import keyboard
from moderation.domain.person import Role
from moderation.domain.privacy import SecretEmail
from moderation.domain.site import Site
from moderation.domain.spacing import spaced
from moderation.domain.text import Unfit
from moderation.http.console import shown
from moderation.http.console.asked import asked_in, card_of
from moderation.http.console.gate import person
from moderation.http.console.meanings import LABELS, VERBS
from moderation.http.console.naming import for_script
from moderation.http.console.printing import printed
from moderation.http.console.speech import Spoken
from moderation.http.console.typed import id_in
from moderation.http.console.wanted import SORTS, TABS, Wanted
from moderation.http.context import deps
from moderation.http.guard import for_people
from moderation.http.words import marked
from moderation.services import desk, first_steps, spacing, workplace
from moderation.services.paging import Page
from moderation.services.ports import Row

blueprint = Blueprint("queue", __name__)
SHOWN: Final = 40
COUNTED: Final = ("held", "flagged", "appeals")
BOUNDS: Final = Spoken(
    {
        "spam": marked("Spam at least"),
        "spam_to": marked("Spam at most"),
        "toxicity": marked("Toxicity at least"),
        "toxicity_to": marked("Toxicity at most"),
    }
)
"""The fields for shares, and what they are called."""


@blueprint.get("/")
@for_people
def show() -> ResponseReturnValue:
    """Show the queue, and beside it the comment that is named, else the first."""
    wanted = asked_in(request.args)
    return queue_page(wanted, named=id_in(request.args.get("comment", "")), cursor=request.args.get("cursor"))


@blueprint.post("/find")
@for_people
def find() -> ResponseReturnValue:
    """Lead to what is looked for. It is sent, and not asked for, since an address belongs into no address or log."""
    wanted = asked_in(request.form)
    if request.form.get("sort", "") in SORTS:
        workplace.prefer(deps(), person(), wanted.sort)
    wanted = _by_address(_by_address(wanted, "q"), "author")
    return redirect(f"/console/?{wanted.query()}", 303)


def _by_address(wanted: Wanted, field: str) -> Wanted:
    """Read an address, in whichever field it was typed, as whoever has it; it goes no further itself."""
    with suppress(Unfit):
        known = desk.written_by(deps(), person().sites(), SecretEmail.parse(getattr(wanted, field)))
        return replace(wanted, **{field: "", "by": ",".join(map(str, known)) or "nobody"})
    return wanted


def queue_page(
    wanted: Wanted,
    *,
    named: UUID | None = None,
    cursor: str | None = None,
    notice: dict[str, Any] | None = None,
    status: int = 200,
) -> Response:
    """Print the queue with a card beside it, and a notice of what was done above."""
    found = _page(wanted, cursor)
    lines, sites = lines_for(found.rows)
    lines = _apart(wanted, lines)
    first = UUID(lines[0]["key"]) if lines else None
    chosen = named or first
    return printed(
        "queue.html",
        status=status,
        **frame(wanted, sites),
        lines=lines,
        next=found.next,
        shown=SHOWN,
        card=card_of(chosen, wanted.q) if chosen else None,
        named=named is not None,
        following=_after(lines, chosen),
        cursor=cursor,
        notice=notice,
        beginning=[] if lines else _beginning(sites),
        script=for_script(),
    )


def _beginning(sites: Sequence[Site]) -> list[Site]:
    """Name the sites of somebody's own that are not running yet."""
    own = person().sites(Role.OWNER)
    return [site for site in sites if site.id in own and not first_steps.of(deps(), site).done]


def lines_of(wanted: Wanted) -> tuple[list[dict[str, Any]], Sequence[Site]]:
    """Give the lines of the first page, and the sites that the person works at."""
    lines, sites = lines_for(_page(wanted, None).rows)
    return _apart(wanted, lines), sites


def _apart(wanted: Wanted, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put others between what is severe, where somebody works through a page from its top."""
    return spaced(lines, itemgetter("severe"), person().reading.spacing) if wanted.tab in COUNTED else lines


def counted(wanted: Wanted) -> dict[str, int]:
    """Count what waits on the tabs that people work through."""
    return {tab: desk.count(deps(), wanted.sites(person()), Wanted(tab=tab).filters()) for tab in COUNTED}


def _page(wanted: Wanted, cursor: str | None) -> Page:
    filters = wanted.filters() | {"folded": wanted.folded}
    return desk.queue(deps(), wanted.sites(person()), filters, cursor=cursor, limit=SHOWN)


def lines_for(rows: Sequence[Row]) -> tuple[list[dict[str, Any]], Sequence[Site]]:
    """Give each of these rows as a line, with who else reads it, and the sites that the person works at."""
    sites = desk.sites(deps(), person())
    names = {site.id: site.name for site in sites}
    severe = spacing.severe(deps(), [(row["site_id"], row["id"]) for row in rows])
    lines = [shown.line(row, names, severe.get(row["id"], ())) for row in rows]
    readers = workplace.readers(deps(), person(), [UUID(line["key"]) for line in lines])
    return [line | {"reader": readers.get(UUID(line["key"]), "")} for line in lines], sites


def _after(lines: Sequence[dict[str, Any]], chosen: UUID | None) -> str:
    """Name the card that comes after this one and that nobody else reads, for browsers without our script."""
    ids = [item["key"] for item in lines]
    at = ids.index(str(chosen)) if str(chosen) in ids else len(ids)
    return next((item["key"] for item in lines[at + 1 :] if not item["reader"]), "")


def frame(wanted: Wanted, sites: Sequence[Site]) -> dict[str, Any]:
    """Give what stands around every page of the queue."""
    return {
        "wanted": wanted,
        "tabs": TABS,
        "bounds": BOUNDS,
        "sorts": SORTS,
        "counts": counted(wanted),
        "most": desk.MOST_COUNTED,
        "sites": sites,
        "person": person(),
        "senior": bool(person().sites(Role.SENIOR)),
        "owner": bool(person().sites(Role.OWNER)),
        "keys": keyboard(person().keys),
        "verbs": VERBS,
        "labels": LABELS,
        "now": deps().now(),
    }
