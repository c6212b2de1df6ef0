"""Erasing: what somebody wrote at a site goes, with all that is kept about them, and is to be gone after a restore."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from moderation.domain.audit import Act
from moderation.domain.comment import Comment, Status
from moderation.domain.decision import Actor, Ruling
from moderation.domain.erasure import Erasure, Kept
from moderation.services.decisions import settle_locked
from moderation.services.noting import note
from moderation.services.ports import Bell, Deps, Uow

PIECE: Final = 100
SOME: Final = 200


def count(deps: Deps, site_id: UUID, fingerprint: bytes) -> Kept:
    """Say how much is kept about an author at a site."""
    with deps.reading(site_id) as uow:
        return uow.traces.count(site_id, fingerprint, deps.now())


def ask(deps: Deps, site_id: UUID, prints: Iterable[bytes], *, keep_bans: bool = False) -> list[Erasure]:
    """Promise that nothing is kept of authors at a site; workers see to it, or whoever calls `erase` next.

    Asked twice it is done once; what somebody writes afterwards is not meant.
    """
    now = deps.now()
    wanted = [Erasure(deps.new_id(), site_id, each, now, keep_bans) for each in prints]
    with deps.uow(site_id) as uow:
        kept = [uow.erasures.keep(erasure) for erasure in wanted]
        for erasure in kept:
            note(deps, uow, Act.AUTHOR_ERASED, [site_id], subject=erasure.id, keep_bans=keep_bans)
        uow.commit()
    deps.ring(Bell.HOUSEKEEPING)
    return kept


def again(deps: Deps, kept: Sequence[Erasure]) -> list[Erasure]:
    """Let what was erased before a restore be erased once more; of a site that is not here, nothing is there."""
    with deps.uow(None) as uow:
        here = {site.id for site in uow.sites.some({erasure.site_id for erasure in kept})}
        anew = [uow.erasures.keep(_widest(uow, erasure)) for erasure in kept if erasure.site_id in here]
        uow.commit()
    deps.ring(Bell.HOUSEKEEPING)
    return anew


def listed(deps: Deps, site_id: UUID | None = None) -> list[Erasure]:
    """Give all erasures that a backup may have to be told of, of one site or of all, the oldest first."""
    with deps.reading(site_id) as uow:
        return uow.erasures.listed(site_id)


def carry_on(deps: Deps, most: int = PIECE) -> int:
    """Do a piece of what was asked for longest; return whether there was anything."""
    with deps.reading(None) as uow:
        erasure = uow.erasures.due()
    if erasure is None:
        return 0
    erase(deps, erasure, most)
    return 1


def erase(deps: Deps, erasure: Erasure, most: int = PIECE) -> int:
    """Erase some of somebody's comments, or all that is left when there are none; return how many there were.

    Each piece is a transaction, and what is gone is not found again: whoever dies half-way leaves the rest to be done
    by the next who comes, and two at once do no more than one.
    """
    with deps.reading(erasure.site_id) as uow:
        is_last = not _found(uow, erasure, most)
    if is_last:
        _thin(deps)
    with deps.uow(erasure.site_id) as uow:
        found = _found(uow, erasure, most)
        locked = [one for one in uow.comments.lock([one.id for one in found]) if one.fingerprint == erasure.fingerprint]
        if locked:
            _empty(deps, uow, erasure, locked)
        elif not found:
            _finish(deps, uow, erasure)
        uow.commit()
    deps.ring(Bell.DELIVER)
    return len(found)


def purge(deps: Deps) -> int:
    """Forget some of the erasures that no backup is old enough for any more; say how many there were."""
    with deps.uow(None) as uow:
        gone = uow.erasures.purge(deps.lasting.erasures, SOME)
        uow.commit()
    return gone


def _thin(deps: Deps) -> None:
    """Let the index by which words are found lose those that were taken out, in pieces that keep nobody waiting."""
    more, begin = True, True
    while more:
        with deps.uow(None) as uow:
            more = uow.wordings.thin(begin=begin)
            uow.commit()
        begin = False


def _found(uow: Uow, erasure: Erasure, most: int) -> list[Comment]:
    return uow.comments.of_author(erasure.site_id, erasure.fingerprint, erasure.asked_at, after=None, limit=most)


def _empty(deps: Deps, uow: Uow, erasure: Erasure, locked: Sequence[Comment]) -> None:
    """Delete what is not deleted yet, as everybody does, so that publishers hear of it; then leave nothing of it."""
    rulings = [Ruling(one.id, one.version, Status.DELETED, Actor.ERASURE) for one in locked]
    settle_locked(deps, uow, locked, rulings)  # What is deleted already stays as it is.
    ids = [one.id for one in locked]
    if not erasure.keep_bans:
        uow.bans.forget(erasure.site_id, erasure.fingerprint, ids)
    uow.comments.erase(ids)


def _finish(deps: Deps, uow: Uow, erasure: Erasure) -> None:
    """Forget what is known by the fingerprint alone; whoever came back meanwhile keeps their mailbox."""
    site_id, whose = erasure.site_id, erasure.fingerprint
    uow.notes.forget(site_id, whose, erasure.asked_at)
    if not erasure.keep_bans:
        uow.bans.forget(site_id, whose, [])
    if not uow.mailboxes.comments(site_id, whose, 1):
        uow.mailboxes.forget(site_id, whose)
    uow.erasures.finish(erasure, deps.now())


def _widest(uow: Uow, erasure: Erasure) -> Erasure:
    """Mean what was asked for last, which everything before is a part of."""
    known = uow.erasures.of(erasure.site_id, erasure.fingerprint)
    if known is None:
        return replace(erasure, finished_at=None)
    later = max(known, erasure, key=lambda each: each.asked_at)
    return replace(later, finished_at=None)
