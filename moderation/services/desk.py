"""The desk: one queue over every site that somebody works at, and what lies around a comment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from moderation.domain.canned import CannedNote
from moderation.domain.comment import Comment
from moderation.domain.decision import Decision
from moderation.domain.errors import NotFound
from moderation.domain.house_rule import HouseRule
from moderation.domain.observation import Past, observe, weigh
from moderation.domain.person import Person
from moderation.domain.policy import Policy, Reason
from moderation.domain.privacy import SecretEmail
from moderation.domain.signal import Finding, Signal
from moderation.domain.site import Site
from moderation.domain.thread import Thread
from moderation.services.citing import worded
from moderation.services.paging import Page, by_worth, looked_through, paged, paged_through, place, worth_place
from moderation.services.policies import policy_of
from moderation.services.ports import Deps, Row

MOST_COUNTED: Final = 1000
"""Beyond that nobody needs the number, and counting would be slow."""
NOBODY: Final = b""
"""No author's fingerprint."""


@dataclass(frozen=True, slots=True)
class Around:
    """What lies around a comment: its page, the comment it answers, the policy's reasons, who decided before."""

    site: Site
    thread: Thread | None
    parent: Comment | None
    reasons: Sequence[Reason]
    listed: Sequence[Finding]
    """What the site's own word list, or the public one, found in the text."""
    names: Mapping[UUID, str]
    rules: Sequence[HouseRule]
    """The site's house rules that may be cited."""
    canned: Sequence[CannedNote]
    worded: Mapping[UUID, HouseRule]
    """By decision, the rule that it cites, as it was worded then."""


def queue(
    deps: Deps, site_ids: Sequence[UUID], wanted: Mapping[str, Any], *, cursor: str | None = None, limit: int = 50
) -> Page:
    """Give a page of one queue over several sites; each site's part is read from its own index, in its own name."""
    asked = sorted((key, str(value)) for key, value in wanted.items())
    purpose = f"desk:{sorted(map(str, site_ids))}:{asked}"
    if wanted.get("sort") == "worth":
        return _by_worth(deps, site_ids, wanted, worth_place(deps, cursor, purpose), purpose, limit)
    newest = wanted.get("sort") != "oldest"
    rows, ends = _gathered(deps, site_ids, wanted, place(deps, cursor, purpose), None, limit + 1)
    rows.sort(key=itemgetter("place"), reverse=newest)
    ended = (max if newest else min)(ends) if ends else None
    if ended:  # What lies beyond was not looked at everywhere.
        rows = [row for row in rows if (row["place"] >= ended if newest else row["place"] <= ended)]
    return paged_through(deps, rows[: limit + 1], ended, purpose, limit)


def _by_worth(
    deps: Deps,
    site_ids: Sequence[UUID],
    wanted: Mapping[str, Any],
    after: tuple[float, UUID] | None,
    purpose: str,
    limit: int,
) -> Page:
    """Give a page of what waits, what is most worth a person's time first."""
    below, last = after or (None, None)
    rows, _ = _gathered(deps, site_ids, wanted, last, below, limit + 1)
    rows.sort(key=itemgetter("worth", "place"), reverse=True)
    return paged(deps, rows[: limit + 1], purpose, limit, by_worth)


def _gathered(
    deps: Deps, site_ids: Sequence[UUID], wanted: Mapping[str, Any], after: UUID | None, below: float | None, most: int
) -> tuple[list[Row], list[UUID]]:
    """Read each site's part, each row with its place; folded, those that say nearly the same are one row.

    Beside them stands where looking ended before all of a site was looked at.
    """
    rows, ends, sort = list[Row](), list[UUID](), str(wanted.get("sort") or "newest")
    for site_id in site_ids:
        here = _at(deps, site_id, wanted)
        with deps.views(site_id) as views:
            if below is None and sort != "worth":
                found, ended = looked_through(views, site_id, here, after, most)
                ends += [ended] if ended else []
            else:
                found = views.queue(site_id, here, after=after, below=below, limit=most)
            rows += [{**row, "place": row["id"], "alike": 1, "stances": 0} for row in found]
            if wanted.get("folded"):
                rows += views.waves(site_id, sort, after=after, below=below, limit=most)
    return rows, ends


def count(deps: Deps, site_ids: Sequence[UUID], wanted: Mapping[str, Any]) -> int:
    """Count what would be in such a queue, up to `MOST_COUNTED`."""
    total = 0
    for site_id in site_ids:
        with deps.views(site_id) as views:
            total += views.waiting(site_id, _at(deps, site_id, wanted), MOST_COUNTED)
    return min(total, MOST_COUNTED)


def site_of(deps: Deps, person: Person, comment_id: UUID) -> UUID:
    """Name the site of a comment that this person may see; raises NotFound for every other."""
    for site_id in person.sites():
        with deps.reading(site_id) as uow:
            if uow.comments.get(site_id, comment_id):
                return site_id
    raise NotFound("There is no such comment.")


def decided(deps: Deps, person: Person, decision_id: UUID) -> Decision:
    """Give a decision on a site of this person's; raises NotFound for every other."""
    for site_id in person.sites():
        with deps.reading(site_id) as uow:
            decision = uow.log.get(site_id, decision_id)
        if decision:
            return decision
    raise NotFound("There is no such decision.")


def sites(deps: Deps, person: Person) -> list[Site]:
    """List the sites that somebody works at."""
    with deps.reading(None) as uow:
        return uow.sites.some(person.sites())


def around(deps: Deps, comment: Comment, signals: Sequence[Signal], history: Sequence[Decision]) -> Around:
    """Look around a comment; its reasons are those of the policy as it is now, each with its number."""
    with deps.reading(comment.site_id) as uow:
        site = uow.sites.get(comment.site_id)
        if site is None:
            raise LookupError("A comment's site is gone.")
        thread = uow.threads.get(comment.site_id, comment.thread_id)
        parent = uow.comments.get(comment.site_id, comment.parent_id) if comment.parent_id else None
        past = Past(approved_before=uow.comments.vouched([comment]).get(comment.id, 0))
        policy = policy_of(uow, site)
        rules = [rule for rule in uow.house_rules.of(site.id) if rule.active]
        canned, words = uow.canned_notes.of(site.id), worded(uow, history)
    verdict = weigh(comment, policy, signals, past, deps.obscene)
    listed, names = _listed(deps, comment, policy), _names(deps, history)
    return Around(site, thread, parent, verdict.reasons, listed, names, rules, canned, words)


def who_decided(deps: Deps, history: Sequence[Decision]) -> tuple[Decision, str] | None:
    """Tell the latest decision on a comment, and by whom it was."""
    if not history:
        return None
    latest = history[-1]
    name = _names(deps, [latest]).get(latest.actor_id) if latest.actor_id else None
    return latest, name or str(latest.by)


def written_by(deps: Deps, site_ids: Sequence[UUID], address: SecretEmail) -> list[UUID]:
    """Name a comment of whoever has this address at each site, so that the address itself need not go further."""
    found = []
    for site_id in site_ids:
        with deps.views(site_id) as views:
            known = {"fingerprint": deps.seals.fingerprint(site_id, address)}
            found += [row["id"] for row in views.queue(site_id, known, after=None, limit=1)]
    return found


def _at(deps: Deps, site_id: UUID, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Say for one site who the author is, and which waves are meant by one that others were merged with.

    The author is whoever wrote a comment that is named, or everybody of a name.
    """
    if wanted.get("wave") is not None:
        with deps.reading(site_id) as uow:
            family = uow.waves.family(site_id, wanted["wave"])
        wanted = {**wanted, "waves": family.ids if family else []}
    if wanted.get("by") is None:
        return {**wanted, "name": wanted.get("author")}
    with deps.reading(site_id) as uow:
        comment = next((each for each in uow.comments.read(wanted["by"]) if each.site_id == site_id), None)
    if comment and comment.fingerprint is None and comment.name:
        return {**wanted, "name": comment.name}
    return {**wanted, "fingerprint": (comment and comment.fingerprint) or NOBODY}


def _listed(deps: Deps, comment: Comment, policy: Policy) -> list[Finding]:
    facts = observe(comment, policy, Past(), deps.obscene)
    return [finding for signal in facts for finding in signal.findings]


def _names(deps: Deps, history: Sequence[Decision]) -> Mapping[UUID, str]:
    """Tell the names of the people among those who decided; keys are none."""
    with deps.reading(None) as uow:
        return uow.people.names({decision.actor_id for decision in history if decision.actor_id})
