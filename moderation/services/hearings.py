"""Hearings: what two use cases want of an appeal, its author's words, and whether somebody else could decide it."""

from collections.abc import Callable
from uuid import UUID

import structlog

from moderation.domain.appeal import Appeal
from moderation.domain.decision import Decision
from moderation.domain.errors import OwnDecision, Unreadable
from moderation.services.ports import Deps, Uow

log = structlog.get_logger()


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
