"""Invitations: links by which people give themselves a password. A mail is a row, sent by workers."""

import secrets
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from moderation.domain.audit import Act, Doer, Who
from moderation.domain.delivery import State
from moderation.domain.errors import Conflict, Fault, Invalid, NotFound
from moderation.domain.invitation import LASTS, Invitation, Occasion, forgotten_letter, reset_letter, welcome_letter
from moderation.domain.notice import Letter, Posted, again
from moderation.domain.person import Person, parse_password
from moderation.domain.privacy import SecretEmail, customer_key
from moderation.domain.text import Unfit
from moderation.services.addresses import of_person, print_of_person
from moderation.services.noting import note
from moderation.services.ports import Bell, Deps, Limit, Uow

LEASE: Final = timedelta(minutes=6)
"""Longer than a mail server may take to answer."""
PURPOSE: Final = "invitation"
MOST_INVITED: Final = 30
"""In an hour so many are invited by one, since addresses may be anybody's."""
MOST_ASKED: Final = 3
"""In an hour so many links are asked for at one address."""
MOST_FROM: Final = 20
"""In an hour so many are asked for from one network."""
SOME: Final = 200
log = structlog.get_logger()


def invite(deps: Deps, person: Person, *, by: UUID | None = None) -> str | None:
    """Let somebody choose a password: by mail where that reaches them, else by the link that this gives, this once.

    Links that they got before are good no more. Raises Conflict for whoever is disabled, and TooMany.
    """
    if not person.active:
        raise Conflict("They are disabled; let them in again first.", code="disabled")
    if by:
        deps.limits.admit([Limit("invitations", MOST_INVITED, timedelta(hours=1), str(by))])
    by_mail = deps.may_post and person.email is not None
    made = _new(deps, person, Occasion.WELCOME)
    with deps.uow(None) as uow:
        uow.invitations.revoke(person.id)
        uow.invitations.add(made, by_mail=by_mail)
        note(deps, uow, Act.PERSON_INVITED, person.sites(), subject=person.id)
        uow.commit()
    if not by_mail:
        return _link(deps, made)
    deps.ring(Bell.MAIL)
    return None


def ask(deps: Deps, email: str, address: str | None) -> None:
    """Take down that somebody wants a new password; raises Invalid for what is no address, and TooMany.

    Whose it is, if anybody's, is looked up by a worker, so that neither answer nor time tells who is known here.
    """
    if not deps.may_post:
        raise Conflict("This installation sends no mail; ask an owner of your site for a link.", code="no-mail")
    try:
        fingerprint = print_of_person(deps, SecretEmail.parse(email))
    except Unfit as error:
        raise Invalid([Fault("/email", error.code, error.detail)]) from None
    limits = [Limit("password-address", MOST_ASKED, timedelta(hours=1), fingerprint.hex())]
    if address:
        network = deps.seals.digest("password-network", customer_key(address)).hex()
        limits.append(Limit("password-network", MOST_FROM, timedelta(hours=1), network))
    deps.limits.admit(limits)
    until = deps.now() + LASTS[Occasion.RESET]
    asked = Invitation(deps.new_id(), None, Occasion.RESET, secrets.token_hex(8), until, asked=fingerprint)
    with deps.uow(None) as uow:
        uow.invitations.add(asked, by_mail=True)
        uow.commit()
    deps.ring(Bell.MAIL)


def meant(deps: Deps, token: str) -> tuple[Invitation, Person]:
    """Tell for whom a link is; raises NotFound for one that was used, is too old, or is none of ours."""
    try:
        invitation_id = UUID(deps.seals.read_cursor(token, PURPOSE))
    except ValueError:
        raise _dead() from None
    with deps.reading(None) as uow:
        invitation = uow.invitations.get(invitation_id)
        person = uow.people.get(invitation.person_id) if invitation and invitation.person_id else None
    if invitation is None or person is None or not invitation.lets_in(person, deps.now()):
        raise _dead()
    return invitation, person


def accept(deps: Deps, token: str, password: str) -> Person:
    """Give somebody the password that they chose, once, which ends their sessions; raises NotFound and Invalid.

    An authenticator stays: whoever reads somebody's mail is not yet that person.
    """
    invitation, person = meant(deps, token)
    try:
        hashed = deps.hashed(parse_password(password, person.name))
    except Unfit as error:
        raise Invalid([Fault("/password", error.code, error.detail)]) from None
    with deps.uow(None) as uow:
        if not uow.invitations.spend(invitation):
            raise _dead()
        uow.invitations.revoke(person.id)
        uow.people.keep_password(person.id, hashed, secrets.token_hex(16))
        themselves = Who(Doer.PERSON, person.id)
        note(deps, uow, Act.PASSWORD_CHANGED, person.sites(), by=themselves, subject=person.id)
        uow.commit()
    return person


def open_for(deps: Deps, person: Person) -> tuple[Invitation, State | None, str | None] | None:
    """Give the link that is good for somebody, if one is, with what became of its mail."""
    with deps.reading(None) as uow:
        found = uow.invitations.of(person.id)
    return next((item for item in found if item[0].lets_in(person, deps.now())), None)


def send(deps: Deps) -> int:
    """Send one mail that is due; return whether there was one. Nothing is open while we talk."""
    if not deps.may_post:
        return 0
    token = deps.new_id()
    with deps.uow(None) as uow:
        invitation = uow.invitations.claim(token, LEASE)
        if invitation and invitation.person_id is None:
            _look_up(deps, uow, invitation)
        letter = _letter(deps, uow, invitation) if invitation and invitation.person_id else None
        uow.commit()
    if invitation is None or invitation.person_id is None:
        return int(invitation is not None)
    posted = deps.post(letter) if letter else Posted("needless", final=True)
    if posted.failure and letter:
        log.warning("mail-failed", mail=str(invitation.id), reason=posted.failure)
    pause = again(invitation.attempts, posted) if posted.failure else None
    with deps.uow(None) as uow:
        uow.invitations.settle(invitation, token, posted, pause)
        uow.commit()
    return 1


def purge(deps: Deps) -> int:
    """Forget some of the links that are good no more; say how many there were."""
    with deps.uow(None) as uow:
        gone = uow.invitations.purge(deps.now(), SOME)
        uow.commit()
    return gone


def _look_up(deps: Deps, uow: Uow, asked: Invitation) -> None:
    """Turn a question into a link for whoever reads mail there, if anybody does."""
    for person in uow.people.by_address(asked.asked or b""):
        if person.active:
            uow.invitations.add(_new(deps, person, Occasion.RESET), by_mail=True)
    uow.invitations.spend(asked)


def _letter(deps: Deps, uow: Uow, invitation: Invitation) -> Letter | None:
    """Write a mail as things are now; None where the link is good no more, or there is no address."""
    person = uow.people.get(invitation.person_id) if invitation.person_id else None
    address = of_person(deps, person) if person else None
    if person is None or address is None:
        return None
    to, desk, voice = address.reveal(), deps.public_url, deps.voice(_language(uow, person))
    if invitation.occasion is Occasion.FORGOTTEN:
        return forgotten_letter(invitation, to, person.name, desk=desk, voice=voice)
    if not invitation.lets_in(person, deps.now()):
        return None
    write = welcome_letter if invitation.occasion is Occasion.WELCOME else reset_letter
    return write(invitation, to, person.name, link=_link(deps, invitation), desk=desk, voice=voice)


def _language(uow: Uow, person: Person) -> str | None:
    """Name the language in which somebody reads: their own, which whoever invited them may have chosen, or a site's."""
    sites = () if person.language else uow.sites.some(person.sites())
    return person.language or next((site.language for site in sites if site.language), None)


def _new(deps: Deps, person: Person, occasion: Occasion) -> Invitation:
    return Invitation(deps.new_id(), person.id, occasion, person.stamp, deps.now() + LASTS[occasion])


def _link(deps: Deps, invitation: Invitation) -> str:
    token = deps.seals.sign_cursor(str(invitation.id), PURPOSE)
    return f"{deps.public_url}/console/password/{token}"


def _dead() -> NotFound:
    return NotFound("This link was used already, is too old, or is none of ours. Ask for another one.")
