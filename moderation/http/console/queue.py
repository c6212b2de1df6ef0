"""The queue: what waits at all of somebody's sites, the card of one of them beside it, and deciding many at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from moderation.domain.decision import Action, Actor, Decision
from moderation.domain.errors import Malformed, NotFound
from moderation.domain.person import Role
from moderation.domain.privacy import SecretEmail
from moderation.domain.site import Site
from moderation.domain.text import Unfit
from moderation.http.console import shown
from moderation.http.console.gate import person
from moderation.http.console.meanings import DONE, KEYS, LABELS
from moderation.http.console.printing import printed
from moderation.http.console.wanted import SORTS, TABS, Wanted
from moderation.http.context import deps
from moderation.http.guard import for_people
from moderation.services import desk, first_steps, review
from moderation.services.review import Moderator, Wish

blueprint = Blueprint("queue", __name__)
SHOWN: Final = 40
AT_ONCE: Final = 100
COUNTED: Final = ("held", "flagged")
BOUNDS: Final = (
    ("spam", "Spam at least"),
    ("spam_to", "Spam at most"),
    ("toxicity", "Toxicity at least"),
    ("toxicity_to", "Toxicity at most"),
)
"""The fields for shares, and what they are called."""


@blueprint.get("/")
@for_people
def show() -> ResponseReturnValue:
    """Show the queue, and beside it the comment that is named, else the first."""
    wanted = Wanted.of(request.args)
    return queue_page(wanted, named=_named(request.args.get("comment")), cursor=request.args.get("cursor"))


@blueprint.post("/find")
@for_people
def find() -> ResponseReturnValue:
    """Lead to what is looked for. It is sent, and not asked for, since an address belongs into no address or log."""
    wanted = Wanted.of(request.form)
    with suppress(Unfit):
        known = desk.written_by(deps(), person().sites(), SecretEmail.parse(wanted.author))
        wanted = replace(wanted, author="", by=",".join(map(str, known)) or "nobody")
    return redirect(f"/console/?{wanted.query()}", 303)


@blueprint.post("/decisions")
@for_people
def decide_many() -> ResponseReturnValue:
    """Decide what was selected, or all that matches; each is decided by itself, on the version that was seen."""
    wanted, action = Wanted.of(request.form), _action(request.form)
    if not request.form.get("all"):
        return _decided(wanted, action, [_seen(item) for item in request.form.getlist("seen")[:AT_ONCE]])
    allowed = set(wanted.sites(person())) & set(person().sites(Role.SENIOR))
    if not allowed:
        raise NotFound("Deciding all that matches is for seniors and owners.")
    filters = wanted.filters() | {"shown": _moment(request.form.get("shown", ""))}
    if not request.form.get("sure"):
        count, since = desk.count(deps(), sorted(allowed), filters), request.form["shown"]
        return printed("sure.html", **_frame(wanted), action=action, label=LABELS[action], count=count, shown=since)
    return _decided(wanted, action, _matching(filters, sorted(allowed)))


def queue_page(
    wanted: Wanted,
    *,
    named: UUID | None = None,
    cursor: str | None = None,
    notice: dict[str, Any] | None = None,
    status: int = 200,
) -> Response:
    """Print the queue with a card beside it, and a notice of what was done above."""
    facts = _frame(wanted)
    sites = {site.id: site.name for site in facts["sites"]}
    found = desk.queue(deps(), wanted.sites(person()), wanted.filters(), cursor=cursor, limit=SHOWN)
    lines = [shown.line(row, sites) for row in found.rows]
    first = UUID(lines[0]["id"]) if lines else None
    chosen = named or first
    beside = shown.card(desk.site_of(deps(), person(), chosen), chosen) if chosen else None
    return printed(
        "queue.html",
        status=status,
        **facts,
        lines=lines,
        next=found.next,
        card=beside,
        named=named is not None,
        following=_after(lines, chosen),
        cursor=cursor,
        notice=notice,
        beginning=[] if lines else _beginning(facts["sites"]),
    )


def _beginning(sites: Iterable[Site]) -> list[Site]:
    """Name the sites of somebody's own that are not running yet."""
    own = person().sites(Role.OWNER)
    return [site for site in sites if site.id in own and not first_steps.of(deps(), site).done]


def _after(lines: Sequence[dict[str, Any]], chosen: UUID | None) -> str:
    """Name the comment that comes after this one, for browsers without our script."""
    ids = [item["id"] for item in lines]
    at = ids.index(str(chosen)) if str(chosen) in ids else len(ids)
    return ids[at + 1] if at + 1 < len(ids) else ""


def _frame(wanted: Wanted) -> dict[str, Any]:
    """Give what stands around every page of the queue."""
    counted = {tab: desk.count(deps(), wanted.sites(person()), Wanted(tab=tab).filters()) for tab in COUNTED}
    return {
        "wanted": wanted,
        "tabs": TABS,
        "bounds": BOUNDS,
        "sorts": SORTS,
        "counts": counted,
        "most": desk.MOST_COUNTED,
        "sites": desk.sites(deps(), person()),
        "person": person(),
        "senior": bool(person().sites(Role.SENIOR)),
        "owner": bool(person().sites(Role.OWNER)),
        "keys": KEYS,
        "labels": LABELS,
        "now": deps().now(),
    }


def _decided(wanted: Wanted, action: Action, seen: Sequence[tuple[UUID, int]]) -> ResponseReturnValue:
    """Decide each, site by site, and say how many were and how many were somebody else's by then."""
    made = [result for result in _each(action, seen) if isinstance(result, Decision)]
    missed = len(seen) - len(made)
    notice = {
        "sentence": f"{DONE[action.status]}: {len(made)}." if seen else "Nothing was selected.",
        "missed": f"{missed} had changed meanwhile and were left alone." if missed else "",
        "undo": [str(decision.id) for decision in made],
    }
    return queue_page(wanted, notice=notice)


def _each(action: Action, seen: Sequence[tuple[UUID, int]]) -> Iterable[Decision | Exception]:
    at: defaultdict[UUID, list[Wish]] = defaultdict(list)
    for comment_id, version in seen:
        at[desk.site_of(deps(), person(), comment_id)].append(Wish(comment_id, version, action))
    for site_id, wishes in at.items():
        yield from review.decide_many(deps(), Moderator(site_id, person().id, Actor.PERSON), wishes)


def _matching(filters: Mapping[str, Any], site_ids: Sequence[UUID]) -> list[tuple[UUID, int]]:
    """Name everything that matches and was there when the page was shown, up to as many as are counted."""
    found: list[tuple[UUID, int]] = []
    cursor = None
    while len(found) < desk.MOST_COUNTED:
        part = desk.queue(deps(), site_ids, filters, cursor=cursor, limit=AT_ONCE)
        found += [(row["id"], row["version"]) for row in part.rows]
        cursor = part.next
        if cursor is None:
            break
    return found


def _action(form: Any) -> Action:
    chosen = form.get("action", "")
    if chosen not in LABELS:
        raise Malformed("Choose what is to become of it.")
    return Action(chosen)


def _moment(typed: str) -> datetime:
    """Read when a page was shown; what came or changed later is not decided by it."""
    try:
        return datetime.fromisoformat(typed).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Malformed("This page cannot be read any more; open the queue again.") from None


def _seen(item: str) -> tuple[UUID, int]:
    named, _, version = item.partition(":")
    try:
        return UUID(named), int(version)
    except ValueError:
        raise Malformed("This selection cannot be read.") from None


def _named(typed: str | None) -> UUID | None:
    try:
        return UUID(typed) if typed else None
    except ValueError:
        raise NotFound("There is no such comment.") from None
