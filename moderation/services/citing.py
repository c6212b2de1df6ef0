"""Citing: which house rule a rejection names, and what its author reads of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from moderation.domain.canned import parse_public_note
from moderation.domain.comment import REFUSED, Comment, Status
from moderation.domain.decision import HUMAN, Action, Decision, Ruling
from moderation.domain.errors import Fault, Invalid
from moderation.domain.house_rule import Citation, HouseRule, chosen
from moderation.domain.text import Unfit
from moderation.services.ports import Deps, Uow

Wanted = tuple[Comment, Ruling]


@dataclass(frozen=True, slots=True)
class Told:
    """What an author reads of why their comment was refused: the rule as it was then, and a moderator's note."""

    rule: HouseRule | None
    note: str


def cited(uow: Uow, wanted: Sequence[Wanted]) -> list[Wanted]:
    """Give the same wishes, those that reject and name no house rule with the one that is chosen beforehand.

    Sites without house rules have none to cite. Asks the database only where something is rejected.
    """
    asked = {comment.site_id for comment, ruling in wanted if _is_open(ruling)}
    rules = uow.house_rules.in_force(asked) if asked else {}
    return [
        (comment, _citing(comment, ruling, rules.get(comment.site_id, ())) if _is_open(ruling) else ruling)
        for comment, ruling in wanted
    ]


def named(uow: Uow, site_id: UUID, action: Action, rule: str | None, public_note: str) -> tuple[Citation | None, str]:
    """Read the house rule that somebody names by its code, and what they write to the author.

    Raises Invalid for a rule that is not in force here, and for either where nothing is refused.
    """
    faults = [
        Fault(
            pointer, "nothing-refused", "Only where a comment is rejected or called spam is there anything to explain."
        )
        for pointer, typed in (("/rule", rule), ("/public_note", public_note))
        if typed and action.status not in REFUSED
    ]
    rules = uow.house_rules.in_force({site_id}).get(site_id, ()) if rule else ()
    found = next((each for each in rules if each.code == rule), None)
    if rule and found is None:
        faults.append(Fault("/rule", "rule-unknown", "There is no such house rule in force here; choose another."))
    try:
        note = parse_public_note(public_note)
    except Unfit as error:
        faults.append(Fault("/public_note", error.code, error.detail))
    if faults:
        raise Invalid(faults, faults[0].detail)
    return found.cited if found else None, note


def told(deps: Deps, comments: Collection[Comment]) -> dict[UUID, Told]:
    """Say of each refused comment what its author reads beside the reason; of most there is nothing to say."""
    refused = [comment for comment in comments if comment.status in REFUSED]
    found: dict[UUID, Told] = {}
    for site_id in {comment.site_id for comment in refused}:
        with deps.reading(site_id) as uow:
            found |= told_of(uow, [comment for comment in refused if comment.site_id == site_id])
    return found


def told_of(uow: Uow, refused: Sequence[Comment]) -> dict[UUID, Told]:
    """Do what `told` does for refused comments of one site, within a transaction."""
    latest = {item: log[-1] for item, log in uow.log.of_each([comment.id for comment in refused]).items() if log}
    rules = worded(uow, latest.values())
    return {
        item: Told(rules.get(decision.id), decision.public_note)
        for item, decision in latest.items()
        if decision.cites or decision.public_note
    }


def worded(uow: Uow, decisions: Collection[Decision]) -> Mapping[UUID, HouseRule]:
    """Give the house rule that each of these decisions names, as it was worded then."""
    cites = {decision.id: decision.cites for decision in decisions if decision.cites}
    if not cites:
        return {}
    rules = uow.house_rules.worded({(each.rule_id, each.version) for each in cites.values()})
    return {item: rule for item, each in cites.items() if (rule := rules.get((each.rule_id, each.version)))}


def _is_open(ruling: Ruling) -> bool:
    """Say whether a rule is still to be chosen; what is taken back has the one that was named then."""
    return ruling.status is Status.REJECTED and ruling.cites is None and ruling.undoes is None


def _citing(comment: Comment, ruling: Ruling, rules: Sequence[HouseRule]) -> Ruling:
    """Choose by the reasons of whoever rejects, and then by those for which the comment waited."""
    rule = chosen(rules, (*ruling.reasons, *comment.reasons), by_person=ruling.by in HUMAN)
    return replace(ruling, cites=rule.cited) if rule else ruling
