"""Bans: seniors and owners say whose comments their site rejects unread, or lets a person read first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from moderation.domain.audit import Act
from moderation.domain.ban import TYPED, Ban, Effect, Mark, parse_domain, parse_name, parse_reason
from moderation.domain.comment import Comment
from moderation.domain.errors import Conflict, Fault, Invalid, NotFound
from moderation.domain.person import Person, Role
from moderation.domain.sentence import Sentence
from moderation.domain.text import Unfit
from moderation.services.barred import fingerprint_of
from moderation.services.noting import note
from moderation.services.paging import Page, paged, place
from moderation.services.ports import Deps, Row, Uow

MOST_PATTERNS: Final = 500
"""Every comment is held against each pattern of its site; fingerprints and networks are found by index."""
DAYS: Final = range(1, 3651)
MISSING: Final = {
    Mark.ADDRESS: Fault("/mark", "no-address", "This comment came without an address."),
    Mark.NETWORK: Fault("/mark", "no-network", "Of this comment no network is known."),
}
PARSE: Final[Mapping[Mark, Callable[[str], str]]] = {Mark.NAME: parse_name, Mark.DOMAIN: parse_domain}


@dataclass(frozen=True, slots=True)
class BanWish:
    """What is to become of whom, for how long, and why."""

    effect: Effect
    mark: Mark
    reason: str
    typed: str = ""
    """The pattern of names, or the domain."""
    days: int | None = None
    """For so long; None is without an end."""


def ban(deps: Deps, person: Person, site_id: UUID, comment_id: UUID, wish: BanWish) -> Ban:
    """Ban whoever wrote a comment, or whoever is like them; raises NotFound for all but seniors and owners.

    Raises Invalid with every fault, and Conflict where the same is banned already. What was decided stays decided.
    """
    _admit(person, site_id)
    with deps.uow(site_id) as uow:
        uow.sites.hold(site_id)
        comment = uow.comments.get(site_id, comment_id)
        if comment is None:
            raise NotFound("There is no such comment.")
        made = _made(deps, person, comment, wish)
        _refuse_more(deps, uow, made)
        uow.bans.add(made)
        until = made.until.isoformat() if made.until else None
        note(deps, uow, Act.BANNED, [site_id], subject=made.id, effect=made.effect, mark=made.mark, until=until)
        uow.commit()
    return made


def lift(deps: Deps, person: Person, site_id: UUID, ban_id: UUID) -> Ban:
    """End a ban from now on; it stays on record with who ended it. Raises Conflict where somebody did before."""
    _admit(person, site_id)
    with deps.uow(site_id) as uow:
        found = uow.bans.get(site_id, ban_id)
        if found is None:
            raise NotFound("There is no such ban.")
        if not uow.bans.lift(found, by=person.id, when=deps.now()):
            raise Conflict("Somebody lifted this ban before.")
        lifted = uow.bans.get(site_id, ban_id)
        note(deps, uow, Act.BAN_LIFTED, [site_id], subject=ban_id, effect=found.effect, mark=found.mark)
        uow.commit()
    return lifted or found


def site_of(deps: Deps, person: Person, ban_id: UUID) -> UUID:
    """Name the site of a ban that this person may lift; raises NotFound for every other."""
    for site_id in person.sites(Role.SENIOR):
        with deps.reading(site_id) as uow:
            if uow.bans.get(site_id, ban_id):
                return site_id
    raise NotFound("There is no such ban.")


def listed(deps: Deps, site_ids: Sequence[UUID], *, cursor: str | None, limit: int) -> Page:
    """Give a page of the bans of several sites, newest first; those that are over, too."""
    purpose = f"bans:{sorted(map(str, site_ids))}"
    after, rows = place(deps, cursor, purpose), list[Row]()
    for site_id in site_ids:
        with deps.reading(site_id) as uow:
            rows += [{"id": each.id, "ban": each} for each in uow.bans.of(site_id, after=after, limit=limit + 1)]
    rows.sort(key=lambda row: row["id"], reverse=True)
    return paged(deps, rows[: limit + 1], purpose, limit)


def names(deps: Deps, bans: Sequence[Ban]) -> Mapping[UUID, str]:
    """Tell the names of who made and lifted bans."""
    with deps.reading(None) as uow:
        return uow.people.names({each for ban in bans for each in (ban.actor_id, ban.lifted_by) if each})


def _admit(person: Person, site_id: UUID) -> None:
    if site_id not in person.sites(Role.SENIOR):
        raise NotFound("Bans are for seniors and owners.")


def _made(deps: Deps, person: Person, comment: Comment, wish: BanWish) -> Ban:
    faults: list[Fault] = []
    value, reason = _value(comment, wish, faults), _parsed("/reason", parse_reason, wish.reason, faults)
    if wish.days is not None and wish.days not in DAYS:
        faults.append(Fault("/days", "out-of-range", "Choose 1 to 3650 days, or no end."))
    if faults:
        raise Invalid(faults)
    now = deps.now()
    return Ban(
        id=deps.new_id(),
        site_id=comment.site_id,
        effect=wish.effect,
        mark=wish.mark,
        value=value,
        reason=reason,
        actor_id=person.id,
        created_at=now,
        comment_id=comment.id,
        until=None if wish.days is None else now + timedelta(days=wish.days),
    )


def _value(comment: Comment, wish: BanWish, faults: list[Fault]) -> str:
    if wish.mark in PARSE:
        return _parsed("/typed", PARSE[wish.mark], wish.typed, faults)
    value = fingerprint_of(comment) if wish.mark is Mark.ADDRESS else comment.network
    if value is None:
        faults.append(MISSING[wish.mark])
    return value or ""


def _parsed(pointer: str, parse: Callable[[str], str], typed: str, faults: list[Fault]) -> str:
    try:
        return parse(typed)
    except Unfit as error:
        faults.append(Fault(pointer, error.code, error.detail))
        return ""


def _refuse_more(deps: Deps, uow: Uow, made: Ban) -> None:
    """Refuse what is banned alike already, and more patterns than can be held against every comment."""
    now = deps.now()
    live = uow.bans.about({made.site_id}, {made.value}, now)
    if any((each.mark, each.value, each.effect) == (made.mark, made.value, made.effect) for each in live):
        raise Conflict("That is in force here already; lift it first to give it another end.")
    if made.mark in TYPED and uow.bans.patterns(made.site_id, now) >= MOST_PATTERNS:
        raise Conflict(
            Sentence("There are %(most)s bans by names and domains here; lift some first.", most=MOST_PATTERNS)
        )
