"""House rules: a site's own, each edit of the words a version of its own, so that what was cited can still be read."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from moderation.domain.audit import Act
from moderation.domain.errors import Conflict, Fault, Invalid, NotFound, Stale
from moderation.domain.house_rule import (
    MOST_RULES,
    HouseRule,
    code_for,
    parse_code,
    parse_guidance,
    parse_reasons,
    parse_title,
    parse_words,
)
from moderation.domain.starters import STARTERS
from moderation.domain.text import Unfit
from moderation.services.noting import note
from moderation.services.ports import Deps, Uow

PARSE: Final[Mapping[str, Callable[[Any], Any]]] = {
    "code": parse_code,
    "title": parse_title,
    "text": parse_words,
    "guidance": parse_guidance,
    "reasons": parse_reasons,
    "active": bool,
}
CHANGEABLE: Final = frozenset(PARSE) - {"code"}
"""A code travels in events, so that it is never changed."""
WORDS: Final = ("title", "text", "guidance")
"""What makes another version when it changes."""


def listed(deps: Deps, site_id: UUID) -> list[HouseRule]:
    """Give a site's rules in their order, those that are not in force too."""
    with deps.reading(site_id) as uow:
        return uow.house_rules.of(site_id)


def get(deps: Deps, site_id: UUID, rule_id: UUID) -> HouseRule:
    """Give a rule of this site as it is now; raises NotFound for every other."""
    with deps.reading(site_id) as uow:
        return _get(uow, site_id, rule_id)


def versions(deps: Deps, site_id: UUID, rule_id: UUID) -> list[HouseRule]:
    """Give every version of a rule, the newest first."""
    with deps.reading(site_id) as uow:
        _get(uow, site_id, rule_id)
        return uow.house_rules.versions(rule_id)


def add(deps: Deps, site_id: UUID, **choices: Any) -> HouseRule:
    """Add a rule behind the others; without a code it gets one of its title.

    Raises Invalid with every fault, and Conflict for a code that is taken or where there are too many rules.
    """
    with deps.uow(site_id) as uow:
        uow.sites.hold(site_id)
        made = _added(deps, uow, site_id, choices)
        uow.commit()
    return made


def begin(deps: Deps, site_id: UUID, codes: Collection[str]) -> list[HouseRule]:
    """Take over some of the rules that are offered; what a site has under the same code stays as it is."""
    with deps.uow(site_id) as uow:
        uow.sites.hold(site_id)
        taken = {rule.code for rule in uow.house_rules.of(site_id)}
        wanted = [each for each in STARTERS if each.code in codes and each.code not in taken]
        made = [
            _added(
                deps,
                uow,
                site_id,
                {
                    "code": each.code,
                    "title": each.title,
                    "text": each.text,
                    "guidance": each.guidance,
                    "reasons": each.reasons,
                },
            )
            for each in wanted
        ]
        uow.commit()
    return made


def change(deps: Deps, site_id: UUID, rule_id: UUID, *, seen: int | None = None, **choices: Any) -> HouseRule:
    """Change what is named of a rule; other words make another version, and what was cited keeps the old one.

    `position` counts from one. Raises Invalid with every fault, and Stale where somebody wrote another version
    since `seen`.
    """
    fit = _fit({name: value for name, value in choices.items() if name in CHANGEABLE})
    with deps.uow(site_id) as uow:
        uow.sites.hold(site_id)
        found = _get(uow, site_id, rule_id)
        if seen not in {None, found.version}:
            raise Stale("Somebody else changed this rule meanwhile; look at it again.")
        changed = replace(found, **fit)
        if any(getattr(changed, name) != getattr(found, name) for name in WORDS):
            changed = replace(changed, version=found.version + 1, created_at=deps.now())
        uow.house_rules.save(changed)
        if "position" in choices:
            _place(uow, changed, choices["position"])
        _note_saved(deps, uow, changed)
        changed = _get(uow, site_id, rule_id)
        uow.commit()
    return changed


def remove(deps: Deps, site_id: UUID, rule_id: UUID) -> None:
    """Take a rule away; whoever was told it still reads it, and its code may be given to another."""
    with deps.uow(site_id) as uow:
        uow.sites.hold(site_id)
        found = _get(uow, site_id, rule_id)
        uow.house_rules.retire(found, deps.now())
        note(deps, uow, Act.RULE_REMOVED, [site_id], subject=rule_id, code=found.code)
        uow.commit()


def _added(deps: Deps, uow: Uow, site_id: UUID, choices: Mapping[str, Any]) -> HouseRule:
    rules = uow.house_rules.of(site_id)
    if len(rules) >= MOST_RULES:
        raise Conflict(f"There are {MOST_RULES} rules here; remove one first.", code="too-many-rules")
    taken = {rule.code for rule in rules}
    code = choices.get("code") or code_for(choices.get("title", ""), taken)
    fit = _fit({"title": "", "text": "", **choices, "code": code})
    if fit["code"] in taken:
        raise Conflict("There is a rule of that code already; choose another.", code="rule-code-taken")
    nothing: dict[str, Any] = {"guidance": "", "reasons": (), "active": True}
    last = max((rule.position for rule in rules), default=0)
    made = HouseRule(
        id=deps.new_id(), site_id=site_id, version=1, created_at=deps.now(), position=last + 1, **(nothing | fit)
    )
    uow.house_rules.add(made)
    _note_saved(deps, uow, made)
    return made


def _fit(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Give what was typed as it is kept; raises Invalid with every fault."""
    faults: list[Fault] = []
    fit: dict[str, Any] = {}
    for name, value in typed.items():
        try:
            fit[name] = PARSE[name](value)
        except Unfit as error:
            faults.append(Fault(f"/{name}", error.code, error.detail))
    if faults:
        raise Invalid(faults)
    return fit


def _place(uow: Uow, moved: HouseRule, position: int) -> None:
    """Put a rule in its place among the others, and count them anew."""
    others = [rule for rule in uow.house_rules.of(moved.site_id) if rule.id != moved.id]
    at = min(max(position, 1), len(others) + 1) - 1
    for number, rule in enumerate([*others[:at], moved, *others[at:]], 1):
        if rule.position != number:
            uow.house_rules.save(replace(rule, position=number))


def _note_saved(deps: Deps, uow: Uow, rule: HouseRule) -> None:
    told: dict[str, Any] = {"code": rule.code, "version": rule.version, "active": rule.active}
    note(deps, uow, Act.RULE_SAVED, [rule.site_id], subject=rule.id, **told)


def _get(uow: Uow, site_id: UUID, rule_id: UUID) -> HouseRule:
    found = next((rule for rule in uow.house_rules.of(site_id) if rule.id == rule_id), None)
    if found is None:
        raise NotFound("There is no such rule.")
    return found
