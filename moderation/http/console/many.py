"""Deciding many at once: what was selected, whole waves, or all that matches, after looking at some of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from moderation.domain.decision import Action, Actor, Decision
from moderation.domain.errors import Malformed, NotFound, OwnDecision, Stale
from moderation.domain.person import Role
from moderation.http.console.asked import asked_in
from moderation.http.console.gate import person
from moderation.http.console.meanings import DONE, LABELS
from moderation.http.console.printing import printed
from moderation.http.console.queue import frame, lines_for, queue_page
from moderation.http.console.speech import gettext, ngettext
from moderation.http.console.typed import action_in, moment_in, number_in
from moderation.http.console.wanted import Wanted
from moderation.http.context import deps
from moderation.http.guard import for_people
from moderation.services import desk, review, waves, workplace
from moderation.services.ports import Row
from moderation.services.review import Moderator, Wish
from moderation.services.waves import Progress

blueprint = Blueprint("many", __name__)
AT_ONCE: Final = 100


@blueprint.post("/decisions")
@for_people
def decide_many() -> ResponseReturnValue:
    """Decide what was selected, or all that matches; each is decided by itself, on the version that was seen."""
    wanted, action = asked_in(request.form), action_in(request.form)
    if not request.form.get("all"):
        rolled, seen = ([_seen(item) for item in request.form.getlist(name)[:AT_ONCE]] for name in ("rolled", "seen"))
        return _decided(wanted, action, seen, rolled)
    return _all_decided(wanted, action, _senior_sites(wanted))


@blueprint.post("/sample")
@for_people
def sample() -> ResponseReturnValue:
    """Show some of all that matches, drawn by chance; only then may all of it be approved at once."""
    return _sampled(asked_in(request.form), _senior_sites(asked_in(request.form)))


def _senior_sites(wanted: Wanted) -> list[UUID]:
    """Name the sites that are meant and of which somebody may decide all that matches."""
    allowed = set(wanted.sites(person())) & set(person().sites(Role.SENIOR))
    if not allowed:
        raise NotFound("Deciding all that matches is for seniors and owners.")
    return sorted(allowed)


def _all_decided(wanted: Wanted, action: Action, site_ids: Sequence[UUID]) -> ResponseReturnValue:
    """Decide all that matches, once the person is sure; before they approve it they see some of it, drawn by chance."""
    shown_at = moment_in(request.form.get("shown", ""), deps().now())
    if action is Action.APPROVE:
        looked_at = workplace.looked_at(deps(), person(), site_ids, wanted.filters())
        if looked_at is None:
            return _sampled(wanted, site_ids)
        shown_at = min(looked_at, shown_at)
    filters = wanted.filters() | {"shown": shown_at}
    if not request.form.get("sure"):
        count, around = desk.count(deps(), site_ids, filters), frame(wanted, desk.sites(deps(), person()))
        since = shown_at.isoformat()
        return printed("sure.html", **around, action=action, label=LABELS[action], count=count, shown=since)
    return _decided(wanted, action, [(row["id"], row["version"]) for row in _matching(filters, site_ids)])


def _sampled(wanted: Wanted, site_ids: Sequence[UUID]) -> ResponseReturnValue:
    """Draw a sample of all that matches, and remember that it was shown."""
    moment = workplace.looked(deps(), person(), site_ids, wanted.filters())
    matching = _matching(wanted.filters() | {"shown": moment}, site_ids)
    lines, sites = lines_for([{**row, "alike": 1} for row in workplace.draw(matching)])
    around = frame(wanted, sites)
    return printed("sample.html", **around, lines=lines, count=len(matching), shown=moment.isoformat())


def _decided(
    wanted: Wanted, action: Action, seen: Sequence[tuple[UUID, int]], rolled: Sequence[tuple[UUID, int]] = ()
) -> ResponseReturnValue:
    """Decide each, site by site, and say how many were and how many were somebody else's by then."""
    results = [*_each(action, seen)]
    made = [result for result in results if isinstance(result, Decision)]
    own = sum(isinstance(result, OwnDecision) for result in results)
    rolls = [result for result in _rolled(action, rolled) if isinstance(result, Progress)]
    missed = len(seen) + len(rolled) - len(made) - len(rolls) - own
    done = len(made) + sum(progress.done for progress in rolls)
    said = gettext("%(word)s: %(number)s.", word=DONE[action.status], number=done)
    if any(progress.more for progress in rolls):
        said = f"{said} {gettext('Others alike follow within a minute.')}"
    left = ngettext(
        "%(num)s had changed meanwhile and was left alone.",
        "%(num)s had changed meanwhile and were left alone.",
        missed,
    )
    others = ngettext(
        "%(num)s is an appeal against a decision of yours, for somebody else.",
        "%(num)s are appeals against decisions of yours, for somebody else.",
        own,
    )
    notice = {
        "sentence": said if seen or rolled else gettext("Nothing was selected."),
        "missed": " ".join(sentence for sentence, number in ((left, missed), (others, own)) if number),
        "undo": [str(decision.id) for decision in made] + [str(progress.stance.id) for progress in rolls],
    }
    return queue_page(wanted, notice=notice)


def _rolled(action: Action, rolled: Sequence[tuple[UUID, int]]) -> Iterable[Progress | Stale]:
    """Decide whole waves, of each no more than a piece while the person waits."""
    for wave_id, number in rolled:
        site_id = waves.site_of(deps(), person(), wave_id)
        wish = waves.Wish(wave_id, number, moment_in(request.form.get("shown", ""), deps().now()), action)
        try:
            yield waves.decide(deps(), site_id, wish, person(), at_once=1)
        except Stale as late:
            yield late


def _each(action: Action, seen: Sequence[tuple[UUID, int]]) -> Iterable[Decision | Exception]:
    at: defaultdict[UUID, list[Wish]] = defaultdict(list)
    for comment_id, version in seen:
        at[desk.site_of(deps(), person(), comment_id)].append(Wish(comment_id, version, action))
    for site_id, wishes in at.items():
        yield from review.decide_many(deps(), Moderator(site_id, person().id, Actor.PERSON), wishes)


def _matching(filters: Mapping[str, Any], site_ids: Sequence[UUID]) -> list[Row]:
    """Give everything that matches and was there when the page was shown, up to as many as are counted."""
    found: list[Row] = []
    cursor = None
    while len(found) < desk.MOST_COUNTED:
        part = desk.queue(deps(), site_ids, filters, cursor=cursor, limit=AT_ONCE)
        found += part.rows
        cursor = part.next
        if cursor is None:
            break
    return found


def _seen(item: str) -> tuple[UUID, int]:
    named, _, version = item.partition(":")
    try:
        return UUID(named), number_in(version)
    except ValueError:
        raise Malformed("This selection cannot be read.") from None
