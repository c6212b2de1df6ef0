"""Notes: what moderators of a site write down for each other, about a comment or about its author."""

from enum import StrEnum
from typing import Final
from uuid import UUID

from moderation.domain.audit import Act
from moderation.domain.comment import Comment
from moderation.domain.errors import Conflict, Fault, Invalid, NotFound
from moderation.domain.note import Note, parse_note
from moderation.domain.person import Person, Role
from moderation.domain.sentence import Sentence
from moderation.domain.text import Unfit
from moderation.services import noting
from moderation.services.doers import doer
from moderation.services.paging import Page, paged, place
from moderation.services.ports import Deps, Uow

UNKNOWN: Final = Sentence("Without an address, no author is known; write it on the comment.")


class About(StrEnum):
    """What a note is about."""

    COMMENT = "comment"
    AUTHOR = "author"


def write(deps: Deps, person: Person, site_id: UUID, comment_id: UUID, typed: str, *, about_author: bool) -> Note:
    """Write a note on a comment, or on whoever wrote it; raises Invalid where there is nothing to keep.

    Raises Conflict where the text is gone: notes go with it, and one that came later would stay for ever.
    """
    return put(deps, site_id, comment_id, typed, about=About.AUTHOR if about_author else About.COMMENT, by=person.id)


def put(deps: Deps, site_id: UUID, comment_id: UUID, typed: str, *, about: About, by: UUID | None = None) -> Note:
    """Do what `write` does, for whoever the request is made for unless said otherwise."""
    try:
        text = parse_note(typed)
    except Unfit as error:
        raise Invalid([Fault("/text", error.code, error.detail)], error.detail) from None
    with deps.uow(site_id) as uow:
        comment = _with_text(uow, site_id, comment_id)
        author = comment.fingerprint if about is About.AUTHOR else None
        if about is About.AUTHOR and author is None:
            raise Invalid([Fault("/about", "no-address", UNKNOWN)], UNKNOWN)
        note = Note(deps.new_id(), site_id, comment_id, text, by or doer(deps), deps.now(), author)
        uow.notes.add(note)
        noting.note(deps, uow, Act.NOTED, [site_id], subject=comment_id, about=about)
        uow.commit()
    return note


def listed(
    deps: Deps, site_id: UUID, comment_id: UUID, *, about: About | None = None, cursor: str | None, limit: int
) -> Page:
    """Give a page of the notes on a comment and on its author, or on one of the two, newest first."""
    purpose = f"notes:{comment_id}:{about}"
    after = place(deps, cursor, purpose)
    with deps.reading(site_id) as uow:
        comment = _comment(uow, site_id, comment_id)
        found = uow.notes.on(comment, after=after, limit=limit + 1, **_wanted(about))
    return paged(deps, [{"id": note.id, "note": note} for note in found], purpose, limit)


def _wanted(about: About | None) -> dict[str, bool]:
    return {"comments": about is not About.AUTHOR, "authors": about is not About.COMMENT}


def remove(deps: Deps, person: Person, site_id: UUID, note_id: UUID) -> Note:
    """Take a note away for good: one's own, or anybody's as a senior; raises NotFound for every other."""
    return take(deps, site_id, note_id, of=None if site_id in person.sites(Role.SENIOR) else person.id)


def take(deps: Deps, site_id: UUID, note_id: UUID, *, of: UUID | None = None) -> Note:
    """Take a note away for good, if it is of whom it has to be; raises NotFound for every other."""
    with deps.uow(site_id) as uow:
        note = uow.notes.get(site_id, note_id)
        if note is None or of not in {None, note.actor_id}:
            raise NotFound("There is no such note.")
        uow.notes.remove(site_id, note_id)
        noting.note(deps, uow, Act.NOTE_REMOVED, [site_id], subject=note.comment_id)
        uow.commit()
    return note


def site_of(deps: Deps, person: Person, note_id: UUID) -> UUID:
    """Name the site of a note that this person may see; raises NotFound for every other."""
    for site_id in person.sites():
        with deps.reading(site_id) as uow:
            if uow.notes.get(site_id, note_id):
                return site_id
    raise NotFound("There is no such note.")


def place_of(deps: Deps, thing_id: UUID) -> UUID:
    """Say at which site the comment or the note is that an operator names."""
    with deps.reading(None) as uow:
        for site in uow.sites.all():
            if uow.comments.get(site.id, thing_id) or uow.notes.get(site.id, thing_id):
                return site.id
    raise NotFound("There is no such comment, and no such note.")


def _with_text(uow: Uow, site_id: UUID, comment_id: UUID) -> Comment:
    """Give a comment that is not emptied, and cannot be before the note is kept."""
    _comment(uow, site_id, comment_id)
    (comment,) = uow.comments.lock([comment_id])
    if not comment.text:
        raise Conflict("The text is gone, and notes go with it.", code="gone")
    return comment


def _comment(uow: Uow, site_id: UUID, comment_id: UUID) -> Comment:
    comment = uow.comments.get(site_id, comment_id)
    if comment is None:
        raise NotFound("There is no such comment.")
    return comment
