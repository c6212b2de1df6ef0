"""Learning: what moderators decided becomes the next version of their site's model, if that does better."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from moderation.domain.comment import Comment, Status
from moderation.domain.errors import Conflict
from moderation.domain.hindsight import look_back
from moderation.domain.lesson import FIRST, LESSONS, TEACHES, Learnt, Lesson, ModelState, ModelVersion
from moderation.services.addresses import submission_of
from moderation.services.ports import Deps, Learner, Uow
from moderation.services.site_models import model_of

LEASE: Final = timedelta(minutes=1)
"""For so long nobody else learns for a site, however it ends."""
BATCH: Final = 64
READ: Final = 200
log = structlog.get_logger()


def learn(deps: Deps) -> int:
    """Make another version for one site of which that is worth it; return how many sites were looked at.

    Whoever else does the same takes another site. What fails, or dies, is tried again after a minute.
    """
    with deps.uow(None) as uow:
        site_id = next((site for site in uow.learned.due() if uow.learned.claim(site, LEASE)), None)
        uow.commit()
    if site_id is None or deps.learner is None:
        return 0
    try:
        version = _studied(deps, deps.learner, site_id)
    except Exception as error:  # noqa: BLE001 (whatever it is, other sites must go on)
        log.warning("learning-failed", site=str(site_id), error=type(error).__name__)
        return 1
    if version:
        log.info("learnt", site=str(site_id), number=version.number, state=version.state, lessons=version.lessons)
    return 1


def versions(deps: Deps, site_id: UUID) -> tuple[UUID | None, list[ModelVersion]]:
    """Give the version in use, and every version, newest first."""
    with deps.reading(site_id) as uow:
        site = uow.sites.get(site_id)
        return (site.model if site else None), uow.learned.of(site_id)


def roll_back(deps: Deps, site_id: UUID) -> ModelVersion | None:
    """Go back to the version before the one in use, or to the scorers alone; give what is in use then.

    The version that is left is not used again. Raises Conflict where none is in use.
    """
    with deps.uow(site_id) as uow:
        site, usable = uow.sites.get(site_id), uow.learned.usable(site_id)
        present = next((one for one in usable if site and one.id == site.model), None)
        if present is None:
            raise Conflict("This site uses nothing that was learnt.")
        earlier = next((one for one in usable if one.number < present.number), None)
        uow.learned.end(present.id, ModelState.WITHDRAWN)
        uow.learned.use(site_id, earlier.id if earlier else None)
        uow.commit()
    return earlier


def _studied(deps: Deps, learner: Learner, site_id: UUID) -> ModelVersion | None:
    """Read, learn with no transaction open, and keep what came of it."""
    newest, comments = _decided(deps, site_id)
    lessons = _scored(deps, comments)
    if newest is None or len(lessons) < FIRST:
        return None
    used, known = _in_use(deps, site_id)
    model = model_of(deps, used) if used else None
    learnt = learner.learn(lessons, model, [lesson.comment_id not in known for lesson in lessons])
    return _kept(deps, site_id, newest, lessons, {item.id: item.revision for item, _ in comments}, learnt)


def _decided(deps: Deps, site_id: UUID) -> tuple[UUID | None, list[tuple[Comment, Status]]]:
    """Give the comments that people decided last, each with their last word, oldest first."""
    with deps.reading(site_id) as uow:
        newest, ids = uow.learned.decided(site_id, 2 * LESSONS)
        chosen = [pair for begin in range(0, len(ids), READ) for pair in _taught(uow, ids[begin : begin + READ])]
    return newest, sorted(chosen[:LESSONS], key=lambda pair: pair[0].id)


def _taught(uow: Uow, ids: Sequence[UUID]) -> list[tuple[Comment, Status]]:
    """Leave out what is deleted, what is the site's own, and what people said nothing about."""
    decisions = uow.log.of_each(ids)
    by_id = {comment.id: comment for comment in uow.learned.read(ids)}
    words = [(by_id[one], look_back(decisions[one], approved_before=0).word) for one in ids if one in by_id]
    return [
        (comment, word)
        for comment, word in words
        if word in TEACHES and word is not None and not comment.staff and comment.status is not Status.DELETED
    ]


def _scored(deps: Deps, comments: Sequence[tuple[Comment, Status]]) -> list[Lesson]:
    """Ask today's scorers about each, without any model of the site's."""
    lessons = []
    for begin in range(0, len(comments), BATCH):
        some = comments[begin : begin + BATCH]
        submissions = [submission_of(deps, comment) for comment, _ in some]
        said = {kind: scorer.look_at(submissions) for kind, scorer in deps.scorers.items()}
        for place, (comment, word) in enumerate(some):
            values = {kind: signal.value for kind, signals in said.items() if (signal := signals[place])}
            lessons.append(Lesson(comment.id, submissions[place], word, values))
    return lessons


def _in_use(deps: Deps, site_id: UUID) -> tuple[UUID | None, frozenset[UUID]]:
    with deps.reading(site_id) as uow:
        site = uow.sites.get(site_id)
        used = site.model if site else None
        return used, frozenset(uow.learned.taught(used) if used else ())


def _kept(
    deps: Deps, site_id: UUID, newest: UUID, lessons: Sequence[Lesson], revisions: dict[UUID, int], learnt: Learnt
) -> ModelVersion | None:
    """Keep a version; nothing of it where a text that taught it is gone, or another, meanwhile."""
    with deps.uow(site_id) as uow:
        locked = uow.comments.lock([lesson.comment_id for lesson in lessons])
        site = uow.sites.hold(site_id)  # Whoever switches learning off meanwhile comes before this, or after all of it.
        same = [one for one in locked if one.status is not Status.DELETED and one.revision == revisions[one.id]]
        if site is None or not site.learn or len(same) < len(lessons):
            return None
        number = max((one.number for one in uow.learned.of(site_id)), default=0) + 1
        state = ModelState.ADOPTED if learnt.model else ModelState.REFUSED
        version = ModelVersion(deps.new_id(), site_id, number, state, len(lessons), learnt.figures, deps.now())
        uow.learned.add(version, learnt, lessons, newest)
        uow.commit()
    return version
