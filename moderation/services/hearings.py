"""Hearings: what several use cases want of an appeal: to end it, to read it, and to know who else could decide it."""

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

import structlog

from moderation.domain.appeal import ANSWERED, Appeal
from moderation.domain.comment import Comment
from moderation.domain.decision import Decision, Ruling
from moderation.domain.delivery import GRACE
from moderation.domain.errors import OwnDecision, Unreadable
from moderation.domain.mailbox import AuthorMail, Cause
from moderation.services.ports import Deps, Uow

log = structlog.get_logger()


def hear(deps: Deps, uow: Uow, appeals: Mapping[UUID, Appeal], decided: Iterable[tuple[Comment, Decision]]) -> None:
    """End appeals with the decisions that answer them, let those wait again whose end is undone, and tell authors.

    All in the caller's transaction, which holds the comments.
    """
    for comment, decision in decided:
        before = appeals.get(comment.id)
        after = before and before.after(decision)
        if after and after != before:
            uow.appeals.keep([after])
            _tell(deps, uow, comment, after)


def seal_words(deps: Deps, site_id: UUID, appeal_id: UUID, words: str) -> bytes:
    """Seal what an author says in an appeal; with another it does not open."""
    return deps.vault.seal(words, site_id=site_id, comment_id=appeal_id)


def words_of(deps: Deps, appeal: Appeal) -> str | None:
    """Give what an author says; None where the key for it is lost."""
    try:
        return deps.vault.open(appeal.text, site_id=appeal.site_id, comment_id=appeal.id)
    except Unreadable:
        log.warning("appeal-unreadable", comment=str(appeal.comment_id))
        return None


def appeal_of(uow: Uow, comment_id: UUID) -> Appeal | None:
    """Give the appeal of a comment, if it has one."""
    return uow.appeals.of([comment_id]).get(comment_id)


def refuse_own(uow: Uow, ruling: Ruling) -> None:
    """Raise OwnDecision where a ruling was left out because it would decide an appeal against the own decision."""
    appeal = appeal_of(uow, ruling.comment_id)
    if appeal and appeal.bars(ruling):
        raise OwnDecision("The decision that is appealed is your own; somebody else here decides the appeal.")


def nobody_else(deps: Deps, site_id: UUID, actor_id: UUID) -> bool:
    """Say whether nobody but this person, or key, could decide an appeal: nobody active has a role at the site."""
    with deps.reading(None) as uow:
        return not any(person.active and person.id != actor_id for person in uow.people.at([site_id]))


def allowed_alone(deps: Deps, site_id: UUID, actor_id: UUID, act: Callable[[bool], Decision]) -> Decision:
    """Decide, and where that would be an appeal against one's own decision, only if nobody else could.

    Nobody is looked for before there is such an appeal, which is rare. Raises OwnDecision.
    """
    try:
        return act(False)  # noqa: FBT003 (whether one is alone)
    except OwnDecision:
        if not nobody_else(deps, site_id, actor_id):
            raise
        return act(True)  # noqa: FBT003 (the same)


def _tell(deps: Deps, uow: Uow, comment: Comment, appeal: Appeal) -> None:
    """Plan a mail to an author who wants to hear of decisions; it leaves after the grace, if it is true still."""
    if not deps.may_post or comment.fingerprint is None or appeal.outcome not in ANSWERED:
        return
    follow = uow.mailboxes.followed(comment.id)
    if follow and follow.decision:
        ours = (comment.site_id, comment.fingerprint, Cause.APPEAL, comment.id, comment.id)
        uow.author_mails.plan([AuthorMail(deps.new_id(), *ours)], after=GRACE)
