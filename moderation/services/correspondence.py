"""Correspondence: which events are worth a mail to an author, and how authors are known again by links and tokens."""

import secrets
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from moderation.domain.decision import Actor
from moderation.domain.delivery import GRACE
from moderation.domain.errors import NotFound
from moderation.domain.event import EventType
from moderation.domain.mailbox import AuthorMail, Cause, Mailbox, Notify
from moderation.domain.site import Site
from moderation.services.ports import Deps, Row, Uow

LINK, TOKEN = "author-mail", "author"
CONFIRM, VISIT, STOP = "confirm", "visit", "stop"
NO_LINK: Final = "This link was used already, is too old, or is none of ours."


def write_to_authors(deps: Deps, uow: Uow, event_ids: Collection[UUID]) -> int:
    """Plan the mails that these events are worth, in the caller's transaction; return how many there are.

    They leave after the grace in which a decision may be undone, and only if they are true still.
    """
    if not deps.may_post:
        return 0
    heard = uow.author_mails.heard(event_ids)
    now = uow.deliveries.clock() if heard else deps.now()
    planned = [mail for row in heard for mail in _worth(deps, uow, row, now)]
    uow.author_mails.plan(planned, after=GRACE)
    return len(planned)


def link(deps: Deps, site: Site, what: str, mailbox_id: UUID, secret: str) -> str:
    """Give a link that is good for one thing; it leads to a page, and only what is pressed there does it."""
    signed = deps.seals.sign_cursor(f"{what}:{mailbox_id}:{secret}", LINK)
    return f"{deps.public_url}/embed/{site.key}/mail/{signed}"


def read_link(deps: Deps, signed: str) -> tuple[str, UUID, str]:
    """Tell what a link is for, at which mailbox, and its secret; raises NotFound for what is none of ours."""
    try:
        what, named, secret = deps.seals.read_cursor(signed, LINK).split(":")
        return what, UUID(named), secret
    except ValueError:
        raise NotFound(NO_LINK) from None


def token_of(deps: Deps, mailbox: Mailbox) -> str:
    """Give what a browser keeps so that its author is known again, until the address is forgotten."""
    return deps.seals.sign_cursor(f"{mailbox.id}:{mailbox.stamp}", TOKEN)


def known(deps: Deps, uow: Uow, site_id: UUID, token: str | None) -> Mailbox | None:
    """Tell whose token this is; None for what is none, or none any more. Asks the database only about one of ours."""
    try:
        named, stamp = deps.seals.read_cursor(token or "", TOKEN).split(":")
    except ValueError:
        return None
    found = uow.mailboxes.get(UUID(named))
    sound = found and found.site_id == site_id and found.stamp == stamp and found.confirmed_at
    return found if sound else None


def mailbox(deps: Deps, site_id: UUID, fingerprint: bytes, now: datetime, network: str | None) -> Mailbox:
    """Give an address as it is kept when it is first used."""
    return Mailbox(deps.new_id(), site_id, fingerprint, secrets.token_hex(8), touched_at=now, network=network)


def _worth(deps: Deps, uow: Uow, row: Row, now: datetime) -> Iterator[AuthorMail]:
    """Give the mails that one event is worth."""
    if row["type"] is EventType.RECEIVED:
        if _is_open(row) and _asked(deps, uow, row, now):
            yield _mail(deps, row, Cause.CONFIRM, row["fingerprint"], row["id"])
    elif row["tell_authors"]:
        if row["decision"]:
            yield _mail(deps, row, Cause.DECISION, row["fingerprint"], row["id"])
        if row["type"] is EventType.APPROVED and row["replies"] and row["answered"] != row["fingerprint"]:
            daily = row["replies"] is Notify.DAILY
            yield _mail(deps, row, Cause.REPLY, row["answered"], row["parent_id"], daily=daily)


def _is_open(row: Row) -> bool:
    """Say whether a comment came under an address of which it matters whose it is, and nobody knows.

    For members their site speaks.
    """
    wanted = row["confirm"] or (row["tell_authors"] and row["followed"])
    person = row["by"] is Actor.AUTHOR and not row["member"] and not row["circumstances"]["honeypot"]
    return bool(wanted and person and row["fingerprint"] and not row["confirmed"])


def _asked(deps: Deps, uow: Uow, row: Row, now: datetime) -> bool:
    uow.mailboxes.touch(mailbox(deps, row["site_id"], row["fingerprint"], now, row["network"]))
    return uow.mailboxes.ask(row["site_id"], row["fingerprint"])


def _mail(
    deps: Deps, row: Row, cause: Cause, fingerprint: bytes, comment_id: UUID, *, daily: bool = False
) -> AuthorMail:
    return AuthorMail(deps.new_id(), row["site_id"], fingerprint, cause, comment_id, row["id"], daily)
