"""Portraits: an author as moderators of a site know them, reached by one of their comments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from moderation.domain.author import Seen
from moderation.domain.ban import Ban
from moderation.domain.comment import Comment
from moderation.domain.errors import NotFound
from moderation.domain.note import Note
from moderation.domain.privacy import SecretEmail
from moderation.domain.site import Site
from moderation.services.addresses import address_of
from moderation.services.barred import bars
from moderation.services.doers import called
from moderation.services.paging import Page, paged, place
from moderation.services.ports import Deps


@dataclass(frozen=True, slots=True)
class Beside:
    """What lies beside a comment about its author: bans that hold for them, and notes on both."""

    bans: Sequence[Ban]
    notes: Sequence[Note]


@dataclass(frozen=True, slots=True)
class Portrait:
    """An author, as far as the address tells them from others."""

    comment: Comment
    site: Site
    email: SecretEmail | None
    seen: Seen | None
    record: Mapping[str, int]
    beside: Beside


def beside(deps: Deps, comment: Comment) -> Beside:
    """Give the bans that hold for a comment's author now, and the notes on both."""
    with deps.reading(comment.site_id) as uow:
        return Beside(bars(deps, uow, [comment]).get(comment.id, ()), uow.notes.on(comment))


def writers(deps: Deps, beside: Beside) -> Mapping[UUID, str]:
    """Tell the names of the people and keys that banned and noted."""
    found: list[Ban | Note] = [*beside.bans, *beside.notes]
    return called(deps, {each.site_id for each in found}, {each.actor_id for each in found}) if found else {}


def portrait(deps: Deps, site_id: UUID, comment_id: UUID) -> Portrait:
    """Look at whoever wrote a comment of this site; raises NotFound where there is none."""
    with deps.reading(site_id) as uow:
        comment, site = uow.comments.get(site_id, comment_id), uow.sites.get(site_id)
        if comment is None or site is None:
            raise NotFound("There is no such comment.")
        seen = uow.portraits.of(comment)
    with deps.views(site_id) as views:
        record = views.record(comment)
    return Portrait(comment, site, address_of(deps, comment), seen, record, beside(deps, comment))


def comments(deps: Deps, comment: Comment, *, cursor: str | None, limit: int) -> Page:
    """Give a page of what a comment's author wrote at its site, newest first; of nobody known, nothing."""
    if comment.fingerprint is None:
        return Page([], None)
    purpose = f"author:{comment.id}"
    after = place(deps, cursor, purpose)
    with deps.views(comment.site_id) as views:
        known = {"fingerprint": comment.fingerprint}
        rows = views.queue(comment.site_id, known, after=after, limit=limit + 1)
    return paged(deps, rows, purpose, limit)
