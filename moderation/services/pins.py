"""Pins: comments that stand before all others on their page, put there by the site's moderators."""

from uuid import UUID

from moderation.domain.audit import Act
from moderation.domain.comment import Comment, Status
from moderation.domain.errors import Conflict, NotFound
from moderation.domain.sentence import Sentence
from moderation.domain.thread import MOST_PINNED, Thread
from moderation.services.noting import note
from moderation.services.ports import Deps, Uow


def pin(deps: Deps, site_id: UUID, comment_id: UUID, *, pinned: bool) -> Thread:
    """Let a public comment that answers nobody stand before all others, or at its place again; give its page.

    Doing it twice is the same as once. Raises Conflict for what cannot stand there, and where five do already.
    """
    with deps.uow(site_id) as uow:
        comment = _locked(uow, site_id, comment_id)
        thread = uow.threads.lock(site_id, comment.thread_id)
        if thread is None:
            raise LookupError("A comment's thread is gone.")
        if pinned is (str(comment_id) in thread.pins):
            return thread
        uow.threads.pin(site_id, thread.id, _added(uow, thread, comment) if pinned else _without(thread, comment_id))
        act = Act.COMMENT_PINNED if pinned else Act.COMMENT_UNPINNED
        note(deps, uow, act, [site_id], subject=comment_id)
        changed = uow.threads.get(site_id, thread.id)
        uow.commit()
    return changed or thread


def unpin_reworded(uow: Uow, comment: Comment) -> None:
    """Let a comment, which is locked, stand at its place again: what was pinned was another text."""
    thread = uow.threads.lock(comment.site_id, comment.thread_id)
    if thread and str(comment.id) in thread.pins:
        uow.threads.pin(comment.site_id, thread.id, _without(thread, comment.id))


def _added(uow: Uow, thread: Thread, comment: Comment) -> list[str]:
    """Put a comment before those that are pinned; who is not public any more makes room."""
    if comment.status is not Status.APPROVED or comment.parent_id is not None:
        raise Conflict("Only a public comment that answers nobody can be pinned.", code="not-pinnable")
    known = uow.comments.read([UUID(pinned) for pinned in thread.pins])
    public = {str(each.id) for each in known if each.status is Status.APPROVED}
    kept = [pinned for pinned in thread.pins if pinned in public]
    if len(kept) >= MOST_PINNED:
        raise Conflict(
            Sentence("%(most)s comments are pinned to this page; unpin one of them first.", most=MOST_PINNED),
            code="pins-full",
        )
    return [str(comment.id), *kept]


def _without(thread: Thread, comment_id: UUID) -> list[str]:
    return [pinned for pinned in thread.pins if pinned != str(comment_id)]


def _locked(uow: Uow, site_id: UUID, comment_id: UUID) -> Comment:
    found = next(iter(uow.comments.lock([comment_id])), None)
    if found is None or found.site_id != site_id:
        raise NotFound("There is no such comment.")
    return found
