"""Factors: what shows who somebody is beside a password, taken away from whoever lost it."""

import secrets
from dataclasses import dataclass

from moderation.domain.audit import Act
from moderation.domain.errors import NotFound
from moderation.domain.invitation import LASTS, Invitation, Occasion
from moderation.domain.person import Person
from moderation.services.noting import note
from moderation.services.ports import Bell, Deps, Uow


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What somebody had, and has no more."""

    authenticator: bool
    passkeys: int
    recovery_codes: int
    by_mail: bool
    """Whether they are told by mail."""


def forget(deps: Deps, person: Person) -> Forgotten:
    """Take authenticator, passkeys and recovery codes away, and end every session: a password alone lets in again.

    Links for a password that were sent before are good no more. Doing it twice is harmless; whoever has an address
    is told by mail each time. Raises NotFound for somebody who is gone.
    """
    by_mail = deps.may_post and person.email is not None
    stamp = secrets.token_hex(16)
    with deps.uow(None) as uow:
        was = uow.people.get(person.id)
        if was is None:
            raise NotFound("There is nobody of that kind here.")
        forgotten = Forgotten(was.totp is not None, uow.passkeys.remove_all(was.id), len(was.recovery), by_mail)
        uow.people.forget_factors(was.id, stamp)
        if by_mail:
            until = deps.now() + LASTS[Occasion.FORGOTTEN]
            uow.invitations.add(Invitation(deps.new_id(), was.id, Occasion.FORGOTTEN, stamp, until), by_mail=True)
        _note(deps, uow, was, forgotten)
        uow.commit()
    if by_mail:
        deps.ring(Bell.MAIL)
    return forgotten


def _note(deps: Deps, uow: Uow, person: Person, had: Forgotten) -> None:
    told = {"authenticator": had.authenticator, "passkeys": had.passkeys, "codes": had.recovery_codes}
    note(deps, uow, Act.FACTORS_FORGOTTEN, person.sites(), by=None, subject=person.id, **told)
