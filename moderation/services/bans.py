"""Bans: seniors and owners say whose comments their site rejects unread, or lets a person read first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

from moderation.domain.audit import Act
from moderation.domain.ban import TYPED, Ban, Effect, Mark, parse_domain, parse_name, parse_reason
from moderation.domain.comment import Comment
from moderation.domain.errors import Conflict, Fault, Invalid, NotFound
from moderation.domain.person import Person, Role
from moderation.domain.privacy import SecretEmail
from moderation.domain.sentence import Sentence
from moderation.domain.text import Unfit
from moderation.services.barred import fingerprint_of
from moderation.services.doers import called, doer
from moderation.services.identities import print_of_member
from moderation.services.noting import note
from moderation.services.paging import Page, paged, place
from moderation.services.ports import Deps, Row, Uow

MOST_PATTERNS: Final = 500
"""Every comment is held against each pattern of its site; fingerprints and networks are found by index."""
DAYS: Final = range(1, 3651)
ONE_OF: Final = Fault("/mark", "one-of", "Say by one thing who is meant: a comment of theirs, an address or a member.")
NO_MEMBER: Final = Fault("/member", "required", "Say your own id for the member.")
NO_COMMENT: Final = Fault("/comment", "required", "Name a comment; of nothing else a network is known.")
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


@dataclass(frozen=True, slots=True)
class Whom:
    """By what somebody is named: a comment, an address, or the site's own id for a member."""

    comment_id: UUID | None = None
    email: str | None = field(default=None, repr=False)
    """It is hashed at once, and kept nowhere."""
    member: str | None = field(default=None, repr=False)


def ban(deps: Deps, person: Person, site_id: UUID, comment_id: UUID, wish: BanWish) -> Ban:
    """Ban whoever wrote a comment, or whoever is like them; raises NotFound for all but seniors and owners.

    Raises Invalid with every fault, and Conflict where the same is banned already. What was decided stays decided.
    """
    _admit(person, site_id)
    return put(deps, site_id, Whom(comment_id), wish, by=person.id)


def put(deps: Deps, site_id: UUID, whom: Whom, wish: BanWish, *, by: UUID | None = None) -> Ban:
    """Do what `ban` does, for whoever the request is made for unless said otherwise."""
    with deps.uow(site_id) as uow:
        uow.sites.hold(site_id)
        comment = uow.comments.get(site_id, whom.comment_id) if whom.comment_id else None
        if whom.comment_id and comment is None:
            raise NotFound("There is no such comment.")
        made = _made(deps, site_id, comment, whom, wish, by or doer(deps))
        _refuse_more(deps, uow, made)
        uow.bans.add(made)
        until = made.until.isoformat() if made.until else None
        note(deps, uow, Act.BANNED, [site_id], subject=made.id, effect=made.effect, mark=made.mark, until=until)
        uow.commit()
    return made


def lift(deps: Deps, person: Person, site_id: UUID, ban_id: UUID) -> Ban:
    """End a ban from now on; it stays on record with who ended it. Raises Conflict where somebody did before."""
    _admit(person, site_id)
    return end(deps, site_id, ban_id, by=person.id)


def end(deps: Deps, site_id: UUID, ban_id: UUID, *, by: UUID | None = None) -> Ban:
    """Do what `lift` does, for whoever the request is made for unless said otherwise."""
    with deps.uow(site_id) as uow:
        found = uow.bans.get(site_id, ban_id)
        if found is None:
            raise NotFound("There is no such ban.")
        if not uow.bans.lift(found, by=by or doer(deps), when=deps.now()):
            raise Conflict("Somebody lifted this ban before.", code="ban-lifted")
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
    who = {each for ban in bans for each in (ban.actor_id, ban.lifted_by) if each}
    return called(deps, {ban.site_id for ban in bans}, who)


def _admit(person: Person, site_id: UUID) -> None:
    if site_id not in person.sites(Role.SENIOR):
        raise NotFound("Bans are for seniors and owners.")


def _made(deps: Deps, site_id: UUID, comment: Comment | None, whom: Whom, wish: BanWish, by: UUID) -> Ban:
    faults: list[Fault] = []
    value = _value(deps, site_id, comment, whom, wish, faults)
    reason = _parsed("/reason", parse_reason, wish.reason, faults)
    if wish.days is not None and wish.days not in DAYS:
        faults.append(Fault("/days", "out-of-range", "Choose 1 to 3650 days, or no end."))
    if faults:
        raise Invalid(faults)
    now = deps.now()
    return Ban(
        id=deps.new_id(),
        site_id=site_id,
        effect=wish.effect,
        mark=wish.mark,
        value=value,
        reason=reason,
        actor_id=by,
        created_at=now,
        comment_id=comment.id if comment else None,
        until=None if wish.days is None else now + timedelta(days=wish.days),
    )


def _value(deps: Deps, site_id: UUID, comment: Comment | None, whom: Whom, wish: BanWish, faults: list[Fault]) -> str:
    """Give what is banned as it is kept, or note why it cannot be; nothing else than what is asked for is named."""
    outside = [each for each in (whom.email, whom.member) if each is not None]
    if wish.mark is not Mark.ADDRESS and outside:
        faults.append(ONE_OF)
    if wish.mark in PARSE:
        return _parsed("/pattern", PARSE[wish.mark], wish.typed, faults)
    if wish.mark is Mark.NETWORK:
        return _found(wish.mark, comment, NO_COMMENT, faults)
    if len(outside) + (comment is not None) != 1:
        faults.append(ONE_OF)
        return ""
    if whom.member is not None:
        return _member(deps, site_id, whom.member, faults)
    if whom.email is not None:
        return _parsed("/email", lambda typed: _print_at(deps, site_id, typed), whom.email, faults)
    return _found(wish.mark, comment, ONE_OF, faults)


def _found(mark: Mark, comment: Comment | None, unnamed: Fault, faults: list[Fault]) -> str:
    """Give what a comment's author is known by, or note that nothing is."""
    if comment is None:
        faults.append(unnamed)
        return ""
    value = fingerprint_of(comment) if mark is Mark.ADDRESS else comment.network
    if value is None:
        faults.append(MISSING[mark])
    return value or ""


def _member(deps: Deps, site_id: UUID, typed: str, faults: list[Fault]) -> str:
    """Give what a member is known by, or note that no member has such an id: no token holds a blank one."""
    if not typed.strip():
        faults.append(NO_MEMBER)
        return ""
    return print_of_member(deps, site_id, typed).hex()


def _print_at(deps: Deps, site_id: UUID, typed: str) -> str:
    return deps.seals.fingerprint(site_id, SecretEmail.parse(typed)).hex()


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
        raise Conflict("That is in force here already; lift it first to give it another end.", code="already-banned")
    if made.mark in TYPED and uow.bans.patterns(made.site_id, now) >= MOST_PATTERNS:
        raise Conflict(
            Sentence("There are %(most)s bans by names and domains here; lift some first.", most=MOST_PATTERNS),
            code="too-many-bans",
        )
