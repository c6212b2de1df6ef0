"""Passkeys: added by whoever is signed in, and answered with to sign in, after a password, or to prove oneself again.

A challenge is random, given to one browser for one purpose, and good once within five minutes. That it was used is
a row, so that neither an old cookie nor a second process lets an answer count twice.
"""

import secrets
from typing import Final
from uuid import UUID

from moderation.domain.audit import Act, Doer, Who
from moderation.domain.errors import Conflict, NotFound
from moderation.domain.passkey import (
    LASTING,
    MOST,
    NOT_PROVED,
    Answer,
    Challenge,
    Passkey,
    Purpose,
    RelyingParty,
    parse_passkey_name,
)
from moderation.domain.person import Person
from moderation.domain.sentence import Sentence
from moderation.domain.text import Unfit
from moderation.services.noting import note
from moderation.services.ports import Deps, Uow

OCTETS: Final = 32
TOO_LATE: Final = "That took too long, or was answered before. Please try again."
COUNTS_BACK: Final = (
    "This passkey counts backwards, as a copy of it would. It lets nobody in; sign in another way, and remove it."
)


def party(deps: Deps) -> RelyingParty | None:
    """Give the web address that passkeys are for here; None where browsers make none."""
    return RelyingParty.at(deps.public_url)


def of(deps: Deps, person: Person) -> list[Passkey]:
    """List somebody's passkeys, oldest first."""
    with deps.reading(None) as uow:
        return uow.passkeys.of(person.id)


def ask_for_new(deps: Deps, person: Person) -> tuple[Challenge, str]:
    """Give a challenge and what a browser needs to make a key; raises Conflict for whoever may not add one.

    Recovery codes come first: who loses every passkey is still let in by them.
    """
    known = of(deps, person)
    if not person.recovery:
        raise Conflict("Make recovery codes first; they let you in when a passkey is lost.")
    if len(known) >= MOST:
        raise Conflict(Sentence("You have %(most)s passkeys already; remove one that you do not use.", most=MOST))
    challenge = _challenge(deps, Purpose.ADD, person)
    return challenge, deps.authenticators().creation(_party(deps), person, challenge.octets, known)


def add(deps: Deps, person: Person, challenge: Challenge | None, sent: str, name: str) -> Passkey:
    """Keep the passkey that a browser made; raises `Unfit` for what answers no challenge of this person's."""
    called, octets = parse_passkey_name(name), _standing(deps, challenge, Purpose.ADD, person)
    made = deps.authenticators().made(_party(deps), octets, sent)
    kept = (made.id, made.public_key, made.count, made.transports)
    passkey = Passkey(deps.new_id(), person.id, *kept, called, deps.now())
    with deps.uow(None) as uow:
        _spend(deps, uow, octets)
        uow.passkeys.add(passkey)
        note(deps, uow, Act.PASSKEY_ADDED, person.sites(), by=_self(person), name=called)
        uow.commit()
    return passkey


def ask(deps: Deps, purpose: Purpose, person: Person | None = None) -> tuple[Challenge, str]:
    """Give a challenge and what a browser needs to answer it, with a key of this person's or of whoever it is."""
    known = of(deps, person) if person else []
    challenge = _challenge(deps, purpose, person)
    return challenge, deps.authenticators().request(_party(deps), challenge.octets, known)


def prove(deps: Deps, purpose: Purpose, challenge: Challenge | None, sent: str, person: Person | None = None) -> Person:
    """Say who answered; raises `Unfit` where that is nobody who may sign in, or not this person."""
    octets = _standing(deps, challenge, purpose, person)
    passkey = _claimed(deps, sent)
    answer = deps.authenticators().answered(_party(deps), octets, sent, passkey)
    with deps.uow(None) as uow:
        found = uow.people.get(passkey.person_id)
        if found is None or not _is_whose(found, answer, person):
            raise Unfit("passkey-unproved", NOT_PROVED)
        _spend(deps, uow, octets)
        ahead = passkey.is_ahead(answer.count) and uow.passkeys.use(passkey, answer.count, deps.now())
        if not ahead:
            note(deps, uow, Act.PASSKEY_REFUSED, found.sites(), by=Who(Doer.STRANGER), subject=found.id)
        uow.commit()
    if not ahead:
        raise Unfit("passkey-counts-back", COUNTS_BACK)
    return found


def owner_of(deps: Deps, sent: str) -> Person | None:
    """Name whose passkey an answer claims to be of, right or not; for the audit alone."""
    try:
        passkey = _claimed(deps, sent)
    except Unfit:
        return None
    with deps.reading(None) as uow:
        return uow.people.get(passkey.person_id)


def remove(deps: Deps, person: Person, passkey_id: UUID) -> None:
    """Forget one of somebody's passkeys, which lets in no more; raises NotFound where they have no such one."""
    with deps.uow(None) as uow:
        gone = uow.passkeys.remove(person.id, passkey_id)
        if gone is None:
            raise NotFound("There is no such passkey.")
        note(deps, uow, Act.PASSKEY_REMOVED, person.sites(), by=_self(person), name=gone)
        uow.commit()


def _challenge(deps: Deps, purpose: Purpose, person: Person | None) -> Challenge:
    return Challenge(secrets.token_bytes(OCTETS), purpose, deps.now(), person.id if person else None)


def _standing(deps: Deps, challenge: Challenge | None, purpose: Purpose, person: Person | None) -> bytes:
    """Give the octets of a challenge that may still be answered; raises `Unfit`."""
    if challenge is None or not challenge.stands(purpose, person.id if person else None, deps.now()):
        raise Unfit("passkey-late", TOO_LATE)
    return challenge.octets


def _claimed(deps: Deps, sent: str) -> Passkey:
    credential = deps.authenticators().credential_in(sent)
    with deps.reading(None) as uow:
        passkey = uow.passkeys.find(credential)
    if passkey is None:
        raise Unfit("passkey-unproved", NOT_PROVED)
    return passkey


def _is_whose(found: Person, answer: Answer, wanted: Person | None) -> bool:
    """Say whether a key's owner is whom it says itself, may sign in, and is who was asked.

    Only where nobody said who they are does a key have to say whose it is.
    """
    named = answer.handle == found.id.bytes if answer.handle else wanted is not None
    return named and found.active and (wanted is None or wanted.id == found.id)


def _spend(deps: Deps, uow: Uow, octets: bytes) -> None:
    """Use a challenge up; of all who answer the same one, one gets past here."""
    if not uow.passkeys.spend(deps.seals.digest("passkey", octets), deps.now() + LASTING):
        raise Unfit("passkey-late", TOO_LATE)


def _party(deps: Deps) -> RelyingParty:
    found = party(deps)
    if found is None:
        raise NotFound("Passkeys need https and a name, or http://localhost; this installation has neither.")
    return found


def _self(person: Person) -> Who:
    return Who(Doer.PERSON, person.id)
