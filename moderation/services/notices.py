"""Notices: who is told by mail that something waits; a mail is a row, planned here and sent by workers."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from moderation.domain.errors import Conflict, Fault, Invalid, NotFound, Unreadable
from moderation.domain.notice import (
    KEPT,
    PAUSE,
    How,
    Kind,
    Letter,
    Mail,
    Notice,
    Posted,
    again,
    confirming_letter,
    ended_letter,
    waiting_letter,
)
from moderation.domain.person import Person
from moderation.domain.privacy import SecretEmail
from moderation.domain.text import Unfit
from moderation.services.ports import Bell, Deps, Limit, Uow

LEASE: Final = timedelta(minutes=6)
"""Longer than a mail server may take to answer."""
SOME: Final = 200
MOST_ASKED: Final = 5
"""In an hour somebody lets so many addresses be asked, since those may be anybody's."""
PURPOSE: Final = "mail"
CONFIRM, STOP = "confirm", "stop"
log = structlog.get_logger()


def wishes(deps: Deps, person: Person) -> Mapping[UUID, tuple[Notice, SecretEmail | None]]:
    """Give what somebody wants to hear, by the site, each with the address as a mask."""
    with deps.reading(None) as uow:
        found = uow.notices.of(person.id)
    return {notice.site_id: (notice, _address(deps, notice)) for notice in found}


def wish(deps: Deps, person: Person, site_id: UUID, *, how: How, email: str, vouched: bool = False) -> Notice:
    """Tell somebody of a site from now on, where they were told before if no address is given.

    An address that nobody vouches for is asked first. Raises NotFound for a site that is none of theirs, Conflict
    where no mail can be sent, and Invalid.
    """
    if site_id not in person.sites():
        raise NotFound("There is no such site.")
    if not deps.may_post:
        raise Conflict("This installation sends no mail; its operator has to name a mail server first.", code="no-mail")
    with deps.uow(None) as uow:
        uow.notices.lock(person.id)
        before = next((item for item in uow.notices.of(person.id) if item.site_id == site_id), None)
        notice = before if before and not email.strip() else _changed(deps, uow, person, site_id, before, email)
        notice = replace(notice, confirmed=notice.confirmed or vouched)
        notice = _rhythm(notice, how, uow.deliveries.clock())
        uow.notices.keep(notice)
        if not notice.confirmed:
            deps.limits.admit([Limit("mail", MOST_ASKED, timedelta(hours=1), str(person.id))])
            uow.notices.plan([Mail(deps.new_id(), site_id, notice.id, Kind.CONFIRM)])
        uow.commit()
    deps.ring(Bell.MAIL)
    return notice


def unwish(deps: Deps, person: Person, site_id: UUID) -> None:
    """Tell somebody nothing of a site any more; their address is forgotten with it."""
    with deps.uow(None) as uow:
        for notice in uow.notices.of(person.id):
            if notice.site_id == site_id:
                uow.notices.drop(notice)
        uow.commit()


def meant(deps: Deps, token: str) -> tuple[str, Notice]:
    """Tell what a link from a mail would do, and to which wish; raises NotFound once it was used, and for any other."""
    try:
        what, named, stamp = deps.seals.read_cursor(token, PURPOSE).split(":")
        notice_id = UUID(named)
    except ValueError:
        raise NotFound("This link was used already, or is none of ours.") from None
    with deps.reading(None) as uow:
        notice = uow.notices.get(notice_id)
    if notice is None or notice.stamp != stamp or (what == CONFIRM and notice.confirmed):
        raise NotFound("This link was used already, or is none of ours.")
    return what, notice


def addressed(deps: Deps, token: str) -> tuple[str, Person | None]:
    """Tell what a link from a mail would do, and for whom the mail was; raises NotFound as `meant` does."""
    what, notice = meant(deps, token)
    with deps.reading(None) as uow:
        return what, uow.people.get(notice.person_id)


def follow(deps: Deps, token: str) -> str:
    """Do what a link from a mail is for, once; say what that was."""
    what, notice = meant(deps, token)
    with deps.uow(None) as uow:
        if not (uow.notices.confirm(notice) if what == CONFIRM else uow.notices.drop(notice)):
            raise NotFound("This link was used already, or is none of ours.")
        uow.commit()
    return what


def plan(deps: Deps) -> int:
    """Plan a mail for everybody who wants one now; return how many there are."""
    if not deps.may_post:
        return 0
    with deps.uow(None) as uow:
        due = uow.notices.due(SOME)
        planned = [mail for site_id in {each.site_id for each in due} for mail in _planned(deps, uow, site_id, due)]
        uow.notices.plan(planned)
        uow.commit()
    if planned:
        deps.ring(Bell.MAIL)
    return len(planned)


def send(deps: Deps) -> int:
    """Send one mail that is due; return whether there was one. Nothing is open while we talk.

    Where the operator took the mail server away, what is due waits until there is one again.
    """
    if not deps.may_post:
        return 0
    token = deps.new_id()
    with deps.uow(None) as uow:
        mail = uow.notices.claim(token, LEASE)
        notice = uow.notices.get(mail.notice_id) if mail else None
        letter = _letter(deps, uow, mail, notice) if mail and notice else None
        uow.commit()
    if mail is None:
        return 0
    posted = deps.post(letter) if letter else Posted("needless", final=True)
    if posted.failure and letter:
        log.warning("mail-failed", mail=str(mail.id), reason=posted.failure)
    with deps.uow(None) as uow:
        uow.notices.settle(mail, token, posted, again(mail.attempts, posted) if posted.failure else None)
        uow.commit()
    return 1


def purge(deps: Deps) -> int:
    """Forget some of the mails that ended a month ago; say how many there were."""
    with deps.uow(None) as uow:
        gone = uow.notices.purge(KEPT, SOME)
        uow.commit()
    return gone


def _planned(deps: Deps, uow: Uow, site_id: UUID, due: Iterable[Notice]) -> Iterable[Mail]:
    """Plan for those who want to hear of one site, and note up to where was looked."""
    backlog, here = uow.notices.backlog(site_id), [notice for notice in due if notice.site_id == site_id]
    now = uow.deliveries.clock()
    for notice in here:
        last, held = uow.notices.held_since(site_id, notice.told)
        wanted = bool(backlog.waiting) and (held or notice.how is How.DIGEST)
        pause = PAUSE[notice.how] if wanted or notice.how is How.DIGEST else timedelta()
        if uow.notices.look(notice, last, now + pause) and wanted:
            yield Mail(deps.new_id(), site_id, notice.id, Kind.WAITING)


def _letter(deps: Deps, uow: Uow, mail: Mail, notice: Notice) -> Letter | None:
    """Write a mail as things are now; None where there is nothing to say, or nobody to say it to."""
    person, site, address = uow.people.get(notice.person_id), uow.sites.get(notice.site_id), _address(deps, notice)
    if person is None or site is None or address is None or not person.active or site.id not in person.sites():
        return None
    if notice.confirmed is (mail.kind is Kind.CONFIRM):  # It was confirmed meanwhile, or is somebody else's again.
        return None
    to, backlog = address.reveal(), uow.notices.backlog(site.id)
    voice = deps.voice(person.language or site.language)
    if mail.kind is Kind.CONFIRM:
        return confirming_letter(mail, to, person.name, site.name, link=_link(deps, CONFIRM, notice), voice=voice)
    stop = _link(deps, STOP, notice)
    if mail.kind is Kind.ENDED:
        return ended_letter(mail, to, site.name, desk=f"{deps.public_url}/console/webhooks", stop=stop, voice=voice)
    desk = f"{deps.public_url}/console/?site={site.id}"
    if not backlog.waiting:
        return None
    return waiting_letter(mail, to, site.name, backlog, notice.how, desk=desk, stop=stop, voice=voice)


def _link(deps: Deps, what: str, notice: Notice) -> str:
    token = deps.seals.sign_cursor(f"{what}:{notice.id}:{notice.stamp}", PURPOSE)
    return f"{deps.public_url}/console/mail/{token}"


def _rhythm(notice: Notice, how: How, now: datetime) -> Notice:
    """Give a wish that is to be fulfilled so; who wants to hear sooner need not wait as long as they would have."""
    soonest = notice.next_at if how is notice.how else min(notice.next_at, now + PAUSE[how])
    return replace(notice, how=how, next_at=soonest)


def _changed(deps: Deps, uow: Uow, person: Person, site_id: UUID, before: Notice | None, email: str) -> Notice:
    """Give a wish with this address: the one before where it is the same, else one that is not confirmed."""
    address = _parsed(email)
    if before and _address(deps, before) == address:
        return before
    notice_id, now = before.id if before else deps.new_id(), uow.deliveries.clock()
    sealed = deps.vault.seal(address.reveal(), site_id=site_id, comment_id=notice_id)
    told, _ = uow.notices.held_since(site_id, before.told if before else 0)
    return Notice(
        id=notice_id,
        person_id=person.id,
        site_id=site_id,
        how=How.DIGEST,
        email=sealed,
        confirmed=False,
        stamp=secrets.token_hex(8),
        told=told,
        next_at=now,
        created_at=now,
    )


def _address(deps: Deps, notice: Notice) -> SecretEmail | None:
    try:
        return SecretEmail(deps.vault.open(notice.email, site_id=notice.site_id, comment_id=notice.id))
    except Unreadable:
        log.warning("address-unreadable", notice=str(notice.id))
        return None


def _parsed(email: str) -> SecretEmail:
    try:
        return SecretEmail.parse(email)
    except Unfit as error:
        raise Invalid([Fault("/email", error.code, error.detail)]) from None
