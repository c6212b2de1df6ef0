"""Flags: readers say that something is wrong; enough of them bring a comment before a person."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from moderation.domain.comment import Comment, Status
from moderation.domain.decision import HUMAN, Actor, Ruling
from moderation.domain.errors import NotFound
from moderation.domain.event import Event, EventType
from moderation.domain.privacy import network_key
from moderation.services.decisions import settle
from moderation.services.ports import Bell, Deps, Limit, Uow

ENOUGH: Final = 3


def flag(deps: Deps, site_id: UUID, comment_id: UUID, *, reason: str, address: str) -> None:
    """Count a reader's flag on a public comment; the third network holds it for a person.

    Unless a person approved it after the first flag: readers do not overrule moderators.
    A network counts once for a comment, and is told the same whether it counted or not.
    """
    deps.limits.admit([_limit(deps, address)])
    with deps.uow(site_id) as uow:
        comment = _public(uow, comment_id)
        place = deps.seals.digest("flag", str(comment.site_id), network_key(address))
        if uow.flags.add(comment, network_print=place, reason=reason, now=deps.now()):
            uow.events.add([_flagged(deps, uow, comment, reason)])
            if uow.flags.count(comment.id) >= ENOUGH and not _vindicated(uow, comment):
                settle(deps, uow, [Ruling(comment.id, comment.version, Status.HELD, Actor.READER, ("flagged",))])
        uow.commit()
    deps.ring(Bell.DELIVER)


def _limit(deps: Deps, address: str) -> Limit:
    return Limit("flags", 20, timedelta(minutes=10), deps.seals.digest("network", "flags", network_key(address)).hex())


def _public(uow: Uow, comment_id: UUID) -> Comment:
    comment = next(iter(uow.comments.lock([comment_id])), None)
    if comment is None or comment.status is not Status.APPROVED:
        raise NotFound("There is no such comment.")
    return comment


def _vindicated(uow: Uow, comment: Comment) -> bool:
    first = uow.flags.first_at(comment.id)
    return any(
        decision.by in HUMAN
        and decision.status is Status.APPROVED
        and first is not None
        and decision.created_at > first
        for decision in uow.log.of(comment.id)
    )


def _flagged(deps: Deps, uow: Uow, comment: Comment, reason: str) -> Event:
    return Event(
        id=deps.new_id(),
        site_id=comment.site_id,
        comment_id=comment.id,
        type=EventType.FLAGGED,
        sequence=uow.comments.next_sequence(comment.id),
        revision=comment.revision,
        status=comment.status,
        previous=comment.status,
        reasons=(reason,),
        by=Actor.READER,
        created_at=deps.now(),
    )
