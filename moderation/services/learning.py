"""Learning: what moderators decided becomes the next version of their site's model, if that does better."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Final
from uuid import UUID

import structlog

from moderation.domain.audit import Act
from moderation.domain.comment import Comment, Status
from moderation.domain.errors import Conflict
from moderation.domain.hindsight import look_back
from moderation.domain.lesson import FIRST, LESSONS, TEACHES, Learnt, Lesson, ModelState, ModelVersion
from moderation.domain.site import Site
from moderation.services.addresses import submission_of
from moderation.services.noting import note
from moderation.services.ports import Deps, Learner, Uow
from moderation.services.site_models import model_of

REST: Final = timedelta(minutes=30)
"""For so long nobody else learns for a site; where it fails or dies, that is the pause before it is tried again."""
BATCH: Final = 64
CHARACTERS: Final = 50_000
"""A batch holds no more than this, if it holds more than one text: scorers take their time over long ones."""
READ: Final = 200
Decided = tuple[Comment, Status]
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Study:
    """What a site was learnt from: its newest decision, its comments' lessons, and the version in use meanwhile."""

    site_id: UUID
    newest: UUID
    lessons: Sequence[Lesson]
    revisions: Mapping[UUID, int]
    used: UUID | None


def learn(deps: Deps) -> int:
    """Make another version for one site of which that is worth it; return how many sites were looked at.

    Whoever else does the same takes another site. What fails, or dies, is tried again after half an hour.
    """
    if deps.learner is None:
        return 0
    with deps.uow(None) as uow:
        due = uow.learned.due(deps.learner.mark)
        site_id = next((site for site in due if uow.learned.claim(site, REST)), None)
        uow.commit()
    if site_id is None:
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
        note(deps, uow, Act.MODEL_WITHDRAWN, [site_id], subject=present.id, number=present.number)
        uow.commit()
    return earlier


def _studied(deps: Deps, learner: Learner, site_id: UUID) -> ModelVersion | None:
    """Read, learn with no transaction open, and keep what came of it.

    Where decisions are too few, for some were undone, the claim is kept, and they are not read again at once.
    """
    newest, comments = _decided(deps, site_id)
    lessons = [lesson for some in _batches(comments) for lesson in _scored(deps, some)]
    if newest is None or len(lessons) < FIRST:
        return None
    used, known = _in_use(deps, site_id)
    model = model_of(deps, used) if used else None
    learnt = learner.learn(lessons, model, [lesson.comment_id not in known for lesson in lessons])
    study = Study(site_id, newest, lessons, {comment.id: comment.revision for comment, _ in comments}, used)
    return _kept(deps, learner.mark, study, learnt)


def _decided(deps: Deps, site_id: UUID) -> tuple[UUID | None, list[Decided]]:
    """Give the comments that people decided last, each with their last word, oldest first."""
    with deps.reading(site_id) as uow:
        newest, ids = uow.learned.decided(site_id, 2 * LESSONS)
        pages = (_taught(uow, ids[begin : begin + READ]) for begin in range(0, len(ids), READ))
        chosen = list(islice((pair for page in pages for pair in page), LESSONS))
    return newest, sorted(chosen, key=lambda pair: pair[0].id)


def _taught(uow: Uow, ids: Sequence[UUID]) -> list[Decided]:
    """Leave out what is deleted, what is the site's own, and what people said nothing about."""
    decisions = uow.log.of_each(ids)
    by_id = {comment.id: comment for comment in uow.learned.read(ids)}
    words = [(by_id[one], look_back(decisions[one], approved_before=0).word) for one in ids if one in by_id]
    return [
        (comment, word)
        for comment, word in words
        if word in TEACHES and word is not None and not comment.staff and comment.status is not Status.DELETED
    ]


def _batches(comments: Sequence[Decided]) -> Iterator[list[Decided]]:
    """Part comments into batches of so many at most, with so many characters at most."""
    batch: list[Decided] = []
    length = 0
    for pair in comments:
        length += len(pair[0].text)
        if batch and (len(batch) == BATCH or length > CHARACTERS):
            yield batch
            batch, length = [], len(pair[0].text)
        batch.append(pair)
    if batch:
        yield batch


def _scored(deps: Deps, batch: Sequence[Decided]) -> list[Lesson]:
    """Ask today's scorers about each, without any model of the site's."""
    submissions = [submission_of(deps, comment) for comment, _ in batch]
    said = {kind: scorer.look_at(submissions) for kind, scorer in deps.scorers.items()}
    return [
        Lesson(
            comment.id,
            submissions[place],
            word,
            {kind: signal.value for kind, signals in said.items() if (signal := signals[place])},
        )
        for place, (comment, word) in enumerate(batch)
    ]


def _in_use(deps: Deps, site_id: UUID) -> tuple[UUID | None, frozenset[UUID]]:
    with deps.reading(site_id) as uow:
        site = uow.sites.get(site_id)
        used = site.model if site else None
        return used, frozenset(uow.learned.taught(used) if used else ())


def _kept(deps: Deps, mark: bytes, study: Study, learnt: Learnt) -> ModelVersion | None:
    """Keep a version; nothing of it where a text that taught it is gone, or another, or where people went back."""
    with deps.uow(study.site_id) as uow:
        locked = uow.comments.lock([lesson.comment_id for lesson in study.lessons])
        site = uow.sites.hold(study.site_id)  # Whoever switches learning off meanwhile comes before this, or after it.
        whole = {one.id: one.revision for one in locked if one.status is not Status.DELETED} == study.revisions
        version = None
        if site is not None and whole and _is_awaited(uow, site, study):
            uow.learned.outdate(site.id, mark)
            version = _next(deps, uow, study, learnt)
            uow.learned.add(version, learnt, study.lessons, study.newest)
        uow.learned.done(study.site_id, again=not whole)
        uow.commit()
    return version


def _is_awaited(uow: Uow, site: Site, study: Study) -> bool:
    """Say whether a site still learns, and nobody went back or was quicker meanwhile."""
    withdrawn = {one.id for one in uow.learned.of(site.id) if one.state is ModelState.WITHDRAWN}
    return site.learn and site.model in {study.used, None} and study.used not in withdrawn


def _next(deps: Deps, uow: Uow, study: Study, learnt: Learnt) -> ModelVersion:
    number = max((one.number for one in uow.learned.of(study.site_id)), default=0) + 1
    state = ModelState.ADOPTED if learnt.model else ModelState.REFUSED
    return ModelVersion(deps.new_id(), study.site_id, number, state, len(study.lessons), learnt.figures, deps.now())
