"""Review: what moderators see, and the decisions they make on the version that they saw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from moderation.domain.appeal import Appeal
from moderation.domain.audit import Doer, Who
from moderation.domain.comment import REFUSED, Comment, Status
from moderation.domain.decision import Action, Actor, Decision, Ruling
from moderation.domain.errors import Conflict, ModerationError, NotFound, Stale
from moderation.domain.privacy import SecretEmail
from moderation.domain.signal import Signal
from moderation.services.addresses import address_of
from moderation.services.checks import bells, checks
from moderation.services.citing import named
from moderation.services.decisions import settle
from moderation.services.hearings import allowed_alone, appeal_of, refuse_own
from moderation.services.paging import Page, looked_through, paged_through, place
from moderation.services.ports import REPEAT, Bell, Deps, Limit, Uow

UNDOABLE: Final = timedelta(days=1)
"""What was deleted can be brought back for so long."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a moderator wants done with one comment, and the version they saw of it."""

    comment_id: UUID
    seen: int
    action: Action
    reason: str | None = None
    note: str = ""
    rule: str | None = None
    """The code of the house rule that is cited; where a comment is rejected, one is chosen if none is named."""
    public_note: str = ""
    """For the author."""


@dataclass(frozen=True, slots=True)
class Moderator:
    """Who decides: a key of a site, or a person."""

    site_id: UUID
    id: UUID
    by: Actor = Actor.KEY
    alone: bool = False
    """Whether nobody else at the site could decide an appeal against their own decisions."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything about one comment that helps to decide it."""

    comment: Comment
    email: SecretEmail | None
    signals: Sequence[Signal]
    history: Sequence[Decision]
    record: Mapping[str, int]
    flags: int
    appeal: Appeal | None = None


def queue(deps: Deps, site_id: UUID, wanted: Mapping[str, Any], *, cursor: str | None, limit: int) -> Page:
    """Give a page of a site's comments in the states and with the words that were asked for, newest first.

    One that is short although more follows is where enough was looked at for once.
    """
    purpose = f"queue:{site_id}:{sorted((key, str(value)) for key, value in wanted.items())}"
    after = place(deps, cursor, purpose)
    with deps.views(site_id) as views:
        rows, ended = looked_through(views, site_id, wanted, after, limit + 1)
    return paged_through(deps, rows, ended, purpose, limit)


def dossier(deps: Deps, site_id: UUID, comment_id: UUID) -> Dossier:
    """Give one comment with all that was seen, said and done about it; the address only as its mask."""
    with deps.reading(site_id) as uow:
        comment = _get(uow, site_id, comment_id)
        signals = uow.signals.of([comment])[comment.id]
        history, flags = uow.log.of(comment.id), uow.flags.count(comment.id)
        appeal = appeal_of(uow, comment.id)
    with deps.views(site_id) as views:
        record = views.record(comment)
    return Dossier(comment, address_of(deps, comment), signals, history, record, flags, appeal)


def decide(deps: Deps, moderator: Moderator, wish: Wish) -> Decision:
    """Do what a moderator wants, if the comment is still what they saw; raises Stale if it is not.

    Raises Invalid for a house rule that is none here, and where nothing is refused that a rule or note would explain;
    OwnDecision where that would decide an appeal against their own decision and somebody else could.
    """
    return allowed_alone(
        deps, moderator.site_id, moderator.id, lambda alone: _decide(deps, replace(moderator, alone=alone), wish)
    )


def _decide(deps: Deps, moderator: Moderator, wish: Wish) -> Decision:
    with deps.uow(moderator.site_id) as uow:
        comment = _get(uow, moderator.site_id, wish.comment_id)
        decision = _decided(deps, uow, comment, _ruling(uow, moderator, wish))
        uow.commit()
    deps.ring(Bell.DELIVER)
    return decision


def decide_many(deps: Deps, moderator: Moderator, wishes: Sequence[Wish]) -> list[Decision | ModerationError]:
    """Decide each by itself, in order; one that is refused says why and holds nobody else up."""
    return [_tried(deps, moderator, wish) for wish in wishes]


def undo(deps: Deps, moderator: Moderator, decision_id: UUID) -> Decision:
    """Bring back the state before a decision, by another decision; raises Conflict if a newer one stands.

    An appeal that ended with that decision waits again.
    """
    return allowed_alone(
        deps, moderator.site_id, moderator.id, lambda alone: _undo(deps, replace(moderator, alone=alone), decision_id)
    )


def _undo(deps: Deps, moderator: Moderator, decision_id: UUID) -> Decision:
    with deps.uow(moderator.site_id) as uow:
        decision = uow.log.get(moderator.site_id, decision_id)
        if decision is None:
            raise NotFound("There is no such decision.")
        if decision.by is Actor.AUTHOR and decision.status is not Status.DELETED:
            raise Conflict(
                "An author's new text or appeal cannot be undone; decide the comment instead.", code="not-undoable"
            )
        (comment,) = uow.comments.lock([decision.comment_id])
        if comment.version != decision.version:
            raise Conflict("A newer decision stands; undo that one first.", code="newer-decision")
        if comment.status is Status.DELETED and _is_gone(comment, deps.now()):
            raise Conflict("The text was deleted more than a day ago and is gone.", code="gone")
        ruling = _undoing(uow, moderator, decision, comment)
        undone = _decided(deps, uow, comment, ruling)
        if comment.staff and ruling.status is Status.DELETED:
            uow.once.forget(comment.id, REPEAT)
        planned = checks(deps, uow.sites.get(comment.site_id)) if ruling.status is Status.PENDING else ()
        uow.jobs.plan([comment], planned)
        uow.commit()
    deps.ring(Bell.DELIVER, *bells(planned))
    return undone


def _is_gone(comment: Comment, now: datetime) -> bool:
    """Say whether what was deleted is past bringing back, also where nobody has emptied it yet."""
    return not comment.text or (comment.deleted_at is not None and now - comment.deleted_at >= UNDOABLE)


def reveal(deps: Deps, moderator: Moderator, comment_id: UUID, reason: str) -> SecretEmail:
    """Give an author's address to whoever may see it; the look is written down before it happens.

    A person may look twenty times an hour; raises TooMany.
    """
    who = Who(Doer(moderator.by), moderator.id)
    if who.kind is Doer.PERSON:
        deps.limits.admit([Limit("reveals", 20, timedelta(hours=1), str(moderator.id))])
    with deps.uow(moderator.site_id) as uow:
        comment = _get(uow, moderator.site_id, comment_id)
        address = address_of(deps, comment)
        if address is None:
            raise NotFound("There is no address.")
        uow.audit.add(comment, reveal_id=deps.new_id(), by=who, reason=reason, now=deps.now())
        uow.commit()
    return address


def _get(uow: Uow, site_id: UUID, comment_id: UUID) -> Comment:
    comment = uow.comments.get(site_id, comment_id)
    if comment is None:
        raise NotFound("There is no such comment.")
    return comment


def _ruling(uow: Uow, moderator: Moderator, wish: Wish) -> Ruling:
    reasons = (wish.reason,) if wish.reason else ()
    cites, public_note = named(uow, moderator.site_id, wish.action, wish.rule, wish.public_note)
    return Ruling(
        comment_id=wish.comment_id,
        seen=wish.seen,
        status=wish.action.status,
        by=moderator.by,
        reasons=reasons,
        actor_id=moderator.id,
        note=wish.note,
        cites=cites,
        public_note=public_note,
        alone=moderator.alone,
    )


def _undoing(uow: Uow, moderator: Moderator, decision: Decision, comment: Comment) -> Ruling:
    """Go back to what was, with what its author was told then.

    Before a staff reply was published there was none, and nobody scores it.
    """
    unsaid = comment.staff and decision.previous is Status.PENDING
    log = uow.log.of(decision.comment_id) if decision.previous in REFUSED else ()
    before = next((each for each in log if each.version == decision.version - 1), None)
    return Ruling(
        comment_id=decision.comment_id,
        seen=decision.version,
        status=Status.DELETED if unsaid else decision.previous,
        by=moderator.by,
        reasons=decision.previous_reasons,
        actor_id=moderator.id,
        undoes=decision.id,
        cites=before.cites if before else None,
        public_note=before.public_note if before else "",
        alone=moderator.alone,
    )


def _decided(deps: Deps, uow: Uow, comment: Comment, ruling: Ruling) -> Decision:
    settled = settle(deps, uow, [ruling])
    if settled:
        return settled[0]
    if comment.version == ruling.seen and comment.status is Status.DELETED:
        raise Conflict("This comment is deleted; undo that first.", code="deleted")
    if comment.version == ruling.seen:
        refuse_own(uow, ruling)
    raise Stale("Somebody else decided meanwhile; look at the comment again.")


def _tried(deps: Deps, moderator: Moderator, wish: Wish) -> Decision | ModerationError:
    try:
        return decide(deps, moderator, wish)
    except ModerationError as refusal:
        return refusal
