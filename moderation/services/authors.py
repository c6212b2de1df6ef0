"""Authors: what whoever holds a receipt may see and do with their own comment."""

from datetime import datetime, timedelta
from secrets import token_bytes
from typing import Final
from uuid import UUID

from moderation.domain.comment import EDITABLE, Comment, Status
from moderation.domain.decision import Actor, Ruling
from moderation.domain.errors import Conflict, NotFound, Stale
from moderation.domain.record import SALT_BYTES
from moderation.services.checks import bells, checks
from moderation.services.decisions import settle
from moderation.services.limits import network_limit
from moderation.services.pins import unpin_reworded
from moderation.services.ports import REPEAT, Bell, Deps, Limit, Uow

EDITING: Final = timedelta(minutes=5)


def editable_until(comment: Comment) -> datetime:
    """Say until when the author may change the text."""
    return comment.received_at + EDITING


def show(deps: Deps, comment_id: UUID) -> Comment:
    """Give an author's own comment, in whatever state it is."""
    with deps.reading(None) as uow:
        return _own(uow, comment_id)


def edit(deps: Deps, comment_id: UUID, text: str, *, address: str | None = None) -> Comment:
    """Put a new text in place of the old one; it waits for its own verdict, and is not public meanwhile.

    Raises Conflict once the window is closed or the comment is decided for good, and TooMany
    for haste: every edit is judged, and told to the publisher.
    """
    site_id = show(deps, comment_id).site_id
    deps.limits.admit(_limits(deps, site_id, comment_id, address))
    with deps.uow(site_id) as uow:
        comment = _locked(uow, comment_id)
        if deps.now() >= editable_until(comment):
            raise Conflict(
                "The time for changing this comment is over; withdraw it instead.", code="edit-window-closed"
            )
        if comment.status not in EDITABLE:
            raise Conflict("This comment can no longer be changed.", code="not-editable")
        uow.comments.reword(
            comment.id,
            text=text,
            text_print=deps.seals.text_print(comment.site_id, text),
            sketch=deps.seals.sketch(text),
            link_print=deps.seals.link_print(comment.site_id, text),
            salt=token_bytes(SALT_BYTES),
            now=deps.now(),
        )
        unpin_reworded(uow, comment)
        _settled(deps, uow, Ruling(comment.id, comment.version, Status.PENDING, Actor.AUTHOR))
        planned = checks(deps, uow.sites.get(comment.site_id))
        uow.jobs.plan([comment], planned)
        edited = _own(uow, comment_id)
        uow.commit()
    deps.ring(*bells(planned), Bell.DELIVER)
    return edited


def withdraw(deps: Deps, comment_id: UUID) -> Comment:
    """Take a comment back, at any time; doing it twice is the same as once."""
    with deps.uow(show(deps, comment_id).site_id) as uow:
        comment = _locked(uow, comment_id)
        if comment.status is not Status.DELETED:
            _settled(deps, uow, Ruling(comment.id, comment.version, Status.DELETED, Actor.AUTHOR))
            uow.once.forget(comment.id, REPEAT)
        gone = _own(uow, comment_id)
        uow.commit()
    deps.ring(Bell.DELIVER)
    return gone


def _limits(deps: Deps, site_id: UUID, comment_id: UUID, address: str | None) -> list[Limit]:
    own = Limit("edits", 10, timedelta(minutes=10), str(comment_id))
    return [own, network_limit(deps, site_id, address)] if address else [own]


def _own(uow: Uow, comment_id: UUID) -> Comment:
    found = uow.comments.find(comment_id)
    if found is None:
        raise NotFound("There is no such comment.")
    return found


def _locked(uow: Uow, comment_id: UUID) -> Comment:
    found = uow.comments.lock([comment_id])
    if not found:
        raise NotFound("There is no such comment.")
    return found[0]


def _settled(deps: Deps, uow: Uow, ruling: Ruling) -> None:
    if not settle(deps, uow, [ruling]):
        raise Stale("This comment changed meanwhile; look at it again.")
