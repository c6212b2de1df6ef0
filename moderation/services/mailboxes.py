"""Mailboxes: what a link from a mail does, who an author is by their token, and one's own comments."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from moderation.domain.comment import Comment
from moderation.domain.errors import Conflict, Fault, Invalid, NotFound
from moderation.domain.mailbox import AuthorMail, Cause, Mailbox
from moderation.domain.privacy import SecretEmail, network
from moderation.domain.site import Site
from moderation.domain.text import Unfit
from moderation.services.correspondence import CONFIRM, NO_LINK, STOP, VISIT, known, mailbox, read_link, token_of
from moderation.services.limits import network_limit
from moderation.services.ports import Bell, Deps, Limit, Uow

MOST_SHOWN: Final = 200
MOST_ASKED: Final = 10
"""In an hour so many links are asked for from one network, since the addresses may be anybody's."""


@dataclass(frozen=True, slots=True)
class Own:
    """An author who is known, with the token that says so, and their latest comments, newest first."""

    token: str
    comments: tuple[Comment, ...] = ()
    page: str | None = None
    """The page of the latest of them, if it is one of the site's."""


def invite(deps: Deps, site: Site, typed: str, *, address: str | None) -> None:
    """Send a link to one's own comments to an address; nobody can tell whether it is known here.

    Whether there is anything to send is seen when it would leave. Raises Invalid, TooMany, and Conflict without mail.
    """
    email = _parsed(typed)
    if not deps.may_post:
        raise Conflict("This installation sends no mail.", code="no-mail")
    if address:
        place = network_limit(deps, site.id, address).key
        deps.limits.admit([Limit("visit", MOST_ASKED, timedelta(hours=1), place)])
    fingerprint = deps.seals.fingerprint(site.id, email)
    with deps.uow(site.id) as uow:
        now = uow.deliveries.clock()
        uow.mailboxes.touch(mailbox(deps, site.id, fingerprint, now, network(address) if address else None))
        if uow.mailboxes.invite(site.id, fingerprint, secrets.token_hex(8)):
            uow.author_mails.plan([AuthorMail(deps.new_id(), site.id, fingerprint, Cause.VISIT)])
        uow.commit()
    deps.ring(Bell.MAIL)


def meant(deps: Deps, site: Site, signed: str) -> str:
    """Tell what a link from a mail would do; raises NotFound once it was used, and for any other."""
    with deps.reading(site.id) as uow:
        return _meant(deps, uow, site, signed)[0]


def follow(deps: Deps, site: Site, signed: str) -> tuple[str, Own | None]:
    """Do what a link from a mail is for; say what that was, and who is known by it.

    Confirming and visiting are done once, and make the author known. Stopping twice is the same as once.
    """
    with deps.uow(site.id) as uow:
        what, box, secret = _meant(deps, uow, site, signed)
        if what == STOP:
            uow.mailboxes.silence(box)
        elif not (uow.mailboxes.confirm(box) if what == CONFIRM else uow.mailboxes.visit(box.id, secret)):
            raise NotFound(NO_LINK)
        else:
            _tell_what_was_decided(deps, uow, box)
        found = _own(deps, uow, site, box) if what != STOP else None
        uow.commit()
    deps.ring(Bell.MAIL)
    return what, found


def own(deps: Deps, site: Site, token: str) -> Own:
    """Give the comments of an author by their token; raises NotFound for what is no token, or none any more."""
    with deps.reading(site.id) as uow:
        box = known(deps, uow, site.id, token)
        if box is None:
            raise NotFound(NO_LINK)
        return _own(deps, uow, site, box)


def _meant(deps: Deps, uow: Uow, site: Site, signed: str) -> tuple[str, Mailbox, str]:
    what, named, secret = read_link(deps, signed)
    box = uow.mailboxes.get(named)
    if box is None or box.site_id != site.id or not _is_good(uow, what, box, secret):
        raise NotFound(NO_LINK)
    return what, box, secret


def _is_good(uow: Uow, what: str, box: Mailbox, secret: str) -> bool:
    if what == VISIT:
        return uow.mailboxes.expected(box.id, secret)
    return box.stamp == secret and (what == STOP or box.confirmed_at is None)


def _tell_what_was_decided(deps: Deps, uow: Uow, box: Mailbox) -> None:
    """Plan the mails of what was decided before the address was confirmed, which could not leave then."""
    decided: list[UUID] = uow.mailboxes.decided_before(box)
    uow.author_mails.plan(
        [AuthorMail(deps.new_id(), box.site_id, box.fingerprint, Cause.DECISION, one, one) for one in decided]
    )


def _own(deps: Deps, uow: Uow, site: Site, box: Mailbox) -> Own:
    ids = uow.mailboxes.comments(site.id, box.fingerprint, MOST_SHOWN)
    comments = tuple(reversed(uow.comments.read(ids)))
    thread = uow.threads.get(site.id, comments[0].thread_id) if comments else None
    page = thread.url if thread and thread.url and site.has_page(thread.url) else None
    return Own(token_of(deps, box), comments, page)


def _parsed(typed: str) -> SecretEmail:
    try:
        return SecretEmail.parse(typed)
    except Unfit as error:
        raise Invalid([Fault("/email", error.code, error.detail)]) from None
