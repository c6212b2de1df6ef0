"""People: who may sign in at the desk, what they are on which sites, and the browsers they are signed in with."""

import hashlib
import secrets
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from moderation.domain.audit import Act, Doer, Who
from moderation.domain.errors import Fault, Invalid, NotFound, TemporaryFailure, TooMany
from moderation.domain.keyboard import parse_keyboard
from moderation.domain.person import Person, Reading, Role, Session, handle, parse_name, parse_password
from moderation.domain.privacy import customer_key
from moderation.domain.site import SPOKEN
from moderation.domain.text import Unfit
from moderation.services.noting import note
from moderation.services.ports import Deps, Limit

GENERATED: Final = 12
"""Octets of a password that we make."""
STALE: Final = timedelta(minutes=1)
BROWSERS: Final = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrom": "Chrome", "Safari/": "Safari"}


def create(
    deps: Deps, *, name: str, roles: Mapping[UUID, Role], password: str | None = None, language: str | None = None
) -> tuple[Person, str | None]:
    """Add somebody with these roles; the password beside them is ours where none was given, and told this once.

    They read the desk in this language, and mails; None, or one that is not spoken, leaves it open.
    """
    made = secrets.token_urlsafe(GENERATED) if password is None else None
    kept = deps.hashed(made or _fit(password or "", name))
    chosen, at = language if language in SPOKEN else None, tuple(roles.items())
    person = Person(deps.new_id(), _name(name), kept, secrets.token_hex(16), deps.now(), at, language=chosen)
    with deps.uow(None) as uow:
        uow.people.add(person)
        for site_id, role in roles.items():
            uow.people.set_role(person.id, site_id, role)
            note(deps, uow, Act.PERSON_ADDED, [site_id], subject=person.id, role=role)
        uow.commit()
    return person, made


def listed(deps: Deps) -> list[Person]:
    """List everybody who may sign in, or could once."""
    with deps.reading(None) as uow:
        return uow.people.all()


def by_name(deps: Deps, name: str) -> Person:
    """Find somebody by their name, however it is capitalised; raises NotFound."""
    person = find(deps, name)
    if person is None:
        raise NotFound("There is nobody of that name.")
    return person


def find(deps: Deps, name: str) -> Person | None:
    """Find somebody by their name, or nobody."""
    with deps.reading(None) as uow:
        return uow.people.by_handle(handle(name.replace("\0", "").strip()))


def by_stamp(deps: Deps, stamp: str) -> Person | None:
    """Find somebody by their present stamp."""
    with deps.reading(None) as uow:
        return uow.people.by_stamp(stamp)


def names(deps: Deps, person_ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Tell what people are called."""
    with deps.reading(None) as uow:
        return uow.people.names(person_ids)


def set_role(deps: Deps, person: Person, site_id: UUID, role: Role | None) -> Person:
    """Make somebody this on a site, or nobody there."""
    with deps.uow(None) as uow:
        uow.people.set_role(person.id, site_id, role)
        note(deps, uow, Act.ROLE_CHANGED, [site_id], subject=person.id, role=role)
        uow.commit()
    return by_name(deps, person.name)


def disable(deps: Deps, person: Person) -> Person:
    """Let somebody in no more; what they decided stays theirs."""
    gone = replace(person, active=False, stamp=secrets.token_hex(16))
    with deps.uow(None) as uow:
        uow.people.disable(gone.id, gone.stamp)
        note(deps, uow, Act.PERSON_DISABLED, person.sites(), subject=person.id)
        uow.commit()
    return gone


def set_password(deps: Deps, person: Person, password: str | None = None) -> tuple[Person, str | None]:
    """Give somebody a new password, which ends their sessions; one that we made is told this once."""
    made = secrets.token_urlsafe(GENERATED) if password is None else None
    changed = replace(
        person, password=deps.hashed(made or _fit(password or "", person.name)), stamp=secrets.token_hex(16)
    )
    with deps.uow(None) as uow:
        uow.people.keep_password(changed.id, changed.password, changed.stamp)
        note(deps, uow, Act.PASSWORD_CHANGED, person.sites(), subject=person.id)
        uow.commit()
    return changed, made


def choose_language(deps: Deps, person: Person, language: str | None) -> Person:
    """Keep the language that somebody wants to read at the desk; None, or one that is not spoken, leaves it open."""
    chosen = language if language in SPOKEN else None
    with deps.uow(None) as uow:
        uow.people.keep_language(person.id, chosen)
        uow.commit()
    return replace(person, language=chosen)


def choose_reading(deps: Deps, person: Person, reading: Reading) -> Person:
    """Keep how somebody wants to read at the desk."""
    with deps.uow(None) as uow:
        uow.people.keep_reading(person.id, reading)
        uow.commit()
    return replace(person, reading=reading)


def choose_keys(deps: Deps, person: Person, typed: Mapping[str, str]) -> Person:
    """Keep which keys somebody wants for what they do at the desk; raises Invalid."""
    keys = parse_keyboard(typed)
    with deps.uow(None) as uow:
        uow.people.keep_keys(person.id, keys)
        uow.commit()
    return replace(person, keys=keys)


def keep_factors(deps: Deps, was: Person, person: Person) -> Person:
    """Keep what changed of what shows who somebody is beside a password; what others change meanwhile stays theirs."""
    with deps.uow(None) as uow:
        if person.totp != was.totp:
            uow.people.keep_authenticator(person.id, person.totp)
        if person.recovery != was.recovery:
            uow.people.keep_recovery(person.id, person.recovery)
        if changed := [name for name in ("totp", "recovery") if getattr(person, name) != getattr(was, name)]:
            note(deps, uow, Act.SECOND_FACTOR_CHANGED, person.sites(), by=_self(person), changed=changed)
        uow.commit()
    return person


def spend_code(deps: Deps, person: Person, counter: int) -> bool:
    """Use up a code of an authenticator; of all who bring the same one at once, one hears True."""
    with deps.uow(None) as uow:
        spent = uow.people.spend_code(person.id, counter)
        uow.commit()
    return spent


def spend_recovery(deps: Deps, person: Person, code: str) -> bool:
    """Use up a code for recovery, as it is kept; of all who bring the same one at once, one hears True."""
    with deps.uow(None) as uow:
        spent = uow.people.spend_recovery(person.id, code)
        uow.commit()
    return spent


def sign_in(deps: Deps, person: Person, browser: str, *, way: str | None = None) -> str:
    """Begin a session; give the secret that its browser carries, of which only a hash is kept.

    The audit is told the way in where it was another than by password.
    """
    secret, now = secrets.token_urlsafe(32), deps.now()
    session = Session(deps.new_id(), person.id, _digest(secret), person.stamp, _family(browser), now, now)
    with deps.uow(None) as uow:
        uow.people.sign_in(session)
        note(deps, uow, Act.SIGNED_IN, person.sites(), by=_self(person), browser=session.browser, way=way)
        uow.commit()
    return secret


def recognise(deps: Deps, secret: str, person: Person) -> Session | None:
    """Give the session of this person that has this secret, if it still holds; its use is noted once a minute."""
    with deps.reading(None) as uow:
        session = uow.people.session(_digest(secret))
    if session is None or session.person_id != person.id or not session.holds(person, deps.now()):
        return None
    if deps.now() - session.seen_at > STALE:
        with suppress(TemporaryFailure), deps.uow(None) as uow:
            uow.people.seen(session.id, deps.now())
            uow.commit()
    return session


def sessions(deps: Deps, person: Person) -> list[Session]:
    """List the sessions that let somebody in, the latest first."""
    with deps.reading(None) as uow:
        found = uow.people.sessions(person.id)
    return [session for session in found if session.holds(person, deps.now())]


def sign_out(deps: Deps, person: Person, session_id: UUID) -> None:
    """End one of somebody's sessions; raises NotFound where they have no such one."""
    with deps.uow(None) as uow:
        if not uow.people.sign_out(person.id, session_id):
            raise NotFound("There is no such session.")
        note(deps, uow, Act.SIGNED_OUT, person.sites(), by=_self(person))
        uow.commit()


def failed(deps: Deps, name: str, person: Person | None, way: str, address: str | None) -> None:
    """Write down at somebody's sites that it was tried in vain to be them: some tries from each network, some in all.

    The counter is told neither name nor network, and the audit no network. A name that nobody has costs a row as
    well, which is soon forgotten: the time of an answer tells nobody who works here.
    """
    network, tried = customer_key(address) if address else "", handle(name.strip())
    told = [
        _limit(deps, "failure", 3, timedelta(minutes=15), tried, network),
        _limit(deps, "failure-name", 20, timedelta(hours=1), tried),
    ]
    with suppress(TooMany):
        deps.limits.admit(told)
        with deps.uow(None) as uow:
            uow.passkeys.spend(secrets.token_bytes(GENERATED), deps.now())
            if person:
                stranger = Who(Doer.STRANGER)
                note(deps, uow, Act.SIGN_IN_FAILED, person.sites(), by=stranger, subject=person.id, way=way)
            uow.commit()


def throttle(deps: Deps, name: str, address: str | None) -> None:
    """Count one try at a password; raises TooMany. The counter is told neither name nor network.

    A name is counted for each network, so that who tries in vain keeps nobody else out, and over all of them for
    those who come from many: two hundred an hour are none of twelve characters that are not common.
    """
    network = customer_key(address) if address else ""
    limits = [
        _limit(deps, "sign-in", 10, timedelta(minutes=15), handle(name.strip()), network),
        _limit(deps, "sign-in-name", 200, timedelta(hours=1), handle(name.strip())),
    ]
    if network:
        limits.append(_limit(deps, "sign-in-network", 50, timedelta(minutes=15), network))
    deps.limits.admit(limits)


def throttle_passkeys(deps: Deps, address: str | None) -> None:
    """Count one answer with a passkey by whoever it is; raises TooMany for a network that tries too often."""
    if address:
        network = customer_key(address)
        deps.limits.admit([_limit(deps, "sign-in-network", 50, timedelta(minutes=15), network)])


def throttle_codes(deps: Deps, person_id: str) -> None:
    """Count one try at a code by somebody whose password was right; raises TooMany, wherever they come from."""
    deps.limits.admit([_limit(deps, "sign-in-code", 10, timedelta(minutes=15), person_id)])


def _self(person: Person) -> Who:
    return Who(Doer.PERSON, person.id)


def _limit(deps: Deps, name: str, amount: int, window: timedelta, *counted: str) -> Limit:
    return Limit(name, amount, window, deps.seals.digest(name, *counted).hex())


def _name(typed: str) -> str:
    try:
        return parse_name(typed)
    except Unfit as error:
        raise Invalid([Fault("/name", error.code, error.detail)]) from None


def _fit(password: str, name: str) -> str:
    try:
        return parse_password(password, name)
    except Unfit as error:
        raise Invalid([Fault("/password", error.code, error.detail)]) from None


def _family(browser: str) -> str:
    return next((name for mark, name in BROWSERS.items() if mark in browser), "another browser")


def _digest(secret: str) -> bytes:
    """A random secret of 256 bits needs no slow hash."""
    return hashlib.sha256(secret.encode()).digest()
