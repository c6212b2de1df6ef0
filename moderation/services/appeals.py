"""Appeals: an author who holds the receipt asks, once, that somebody looks again at why their comment was refused."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from moderation.domain.appeal import Appeal, parse_appeal
from moderation.domain.comment import REFUSED, Comment
from moderation.domain.decision import Actor, Decision, Ruling
from moderation.domain.errors import Conflict, Fault, Invalid, NotFound, Stale
from moderation.domain.text import Unfit
from moderation.services.decisions import settle
from moderation.services.hearings import appeal_of, seal_words, words_of
from moderation.services.limits import network_limit
from moderation.services.ports import Bell, Deps, Limit, Uow

NO_APPEAL: Final = "This comment cannot be appealed: it was not turned down, or longer ago than one may appeal."
ONCE: Final = "You appealed already; there is one appeal for each comment."


@dataclass(frozen=True, slots=True)
class Hearing:
    """What an author may know of an appeal: the one that was made, or until when one can be."""

    appeal: Appeal | None = None
    until: datetime | None = None


def hearing(deps: Deps, comment: Comment) -> Hearing:
    """Say whether an author may appeal, or what came of it; of most comments there is nothing to say."""
    with deps.reading(comment.site_id) as uow:
        made = appeal_of(uow, comment.id)
        return Hearing(made, None if made else _until(deps, comment, uow.log.of(comment.id)))


def appeal(deps: Deps, comment_id: UUID, typed: str, *, address: str | None = None) -> Comment:
    """Ask for another look; the same words twice are the same as once, and others are refused with Conflict.

    It goes by the receipt alone, so that whoever is banned may appeal too. Raises Invalid, TooMany, and Conflict where
    the comment was not turned down or that was too long ago.
    """
    words, found = _words(typed), _find(deps, comment_id)
    deps.limits.admit(_limits(deps, found, address))
    with deps.uow(found.site_id) as uow:
        comment = next(iter(uow.comments.lock([comment_id])), None)
        if comment is None:
            raise NotFound("There is no such comment.")
        made = appeal_of(uow, comment_id)
        if made and words_of(deps, made) != words:
            raise Conflict(ONCE, code="already-appealed")
        if made is None:
            _appeal(deps, uow, comment, words)
        appealed = uow.comments.find(comment_id)
        uow.commit()
    deps.ring(Bell.DELIVER)
    return appealed or comment


def _appeal(deps: Deps, uow: Uow, comment: Comment, words: str) -> None:
    """Write down the appeal, and in the comment's log that there is one: who decides has to have seen it."""
    log = uow.log.of(comment.id)
    until = _until(deps, comment, log)
    if until is None or deps.now() >= until:
        raise Conflict(NO_APPEAL, code="not-appealable")
    ruling = Ruling(comment.id, comment.version, comment.status, Actor.AUTHOR, comment.reasons)
    if not settle(deps, uow, [ruling]):
        raise Stale("This comment changed meanwhile; look at it again.")
    named, against = deps.new_id(), _against(comment, log)
    uow.appeals.add(
        Appeal(
            id=named,
            site_id=comment.site_id,
            comment_id=comment.id,
            text=seal_words(deps, comment.site_id, named, words),
            created_at=deps.now(),
            against=against.id,
            against_by=_who(uow, against),
        )
    )


def _until(deps: Deps, comment: Comment, log: list[Decision]) -> datetime | None:
    """Say until when one may appeal against the latest decision; None where there is nothing to appeal against."""
    if comment.status not in REFUSED or comment.staff or not log or not deps.appealing:
        return None
    return log[-1].created_at + deps.appealing


def _against(comment: Comment, log: list[Decision]) -> Decision:
    """Find the decision by which the comment is turned down: an undo that brought it back is nobody's judgement."""
    judged = (made for made in reversed(log) if made.undoes is None and made.status is comment.status)
    return next(judged, log[-1])


def _who(uow: Uow, decision: Decision) -> UUID | None:
    """Name who made a decision; where policy followed somebody's on a whole wave, that is who."""
    stance = uow.waves.stance(decision.site_id, decision.stance) if decision.stance else None
    return stance.actor_id if stance and decision.actor_id is None else decision.actor_id


def _find(deps: Deps, comment_id: UUID) -> Comment:
    with deps.reading(None) as uow:
        found = uow.comments.find(comment_id)
    if found is None:
        raise NotFound("There is no such comment.")
    return found


def _words(typed: str) -> str:
    try:
        return parse_appeal(typed)
    except Unfit as error:
        raise Invalid([Fault("/text", error.code, error.detail)], error.detail) from None


def _limits(deps: Deps, comment: Comment, address: str | None) -> list[Limit]:
    own = Limit("appeals", 10, timedelta(minutes=10), str(comment.id))
    return [own, network_limit(deps, comment.site_id, address)] if address else [own]
