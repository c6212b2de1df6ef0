"""Notes: what moderators of a site write down for each other, about a comment or about its author."""

from typing import Final
from uuid import UUID

from moderation.domain.comment import Comment
from moderation.domain.errors import Fault, Invalid, NotFound
from moderation.domain.note import Note, parse_note
from moderation.domain.person import Person, Role
from moderation.domain.sentence import Sentence
from moderation.domain.text import Unfit
from moderation.services.ports import Deps, Uow

UNKNOWN: Final = Sentence("Without an address, no author is known; write it on the comment.")


def write(deps: Deps, person: Person, site_id: UUID, comment_id: UUID, typed: str, *, about_author: bool) -> Note:
    """Write a note on a comment, or on whoever wrote it; raises Invalid where there is nothing to keep."""
    try:
        text = parse_note(typed)
    except Unfit as error:
        raise Invalid([Fault("/text", error.code, error.detail)], error.detail) from None
    with deps.uow(site_id) as uow:
        comment = _comment(uow, site_id, comment_id)
        about = comment.fingerprint if about_author else None
        if about_author and about is None:
            raise Invalid([Fault("/about", "no-address", UNKNOWN)], UNKNOWN)
        note = Note(deps.new_id(), site_id, comment_id, text, person.id, deps.now(), about)
        uow.notes.add(note)
        uow.commit()
    return note


def remove(deps: Deps, person: Person, site_id: UUID, note_id: UUID) -> Note:
    """Take a note away for good: one's own, or anybody's as a senior; raises NotFound for every other."""
    with deps.uow(site_id) as uow:
        note = uow.notes.get(site_id, note_id)
        if note is None or not (note.actor_id == person.id or site_id in person.sites(Role.SENIOR)):
            raise NotFound("There is no such note.")
        uow.notes.remove(site_id, note_id)
        uow.commit()
    return note


def site_of(deps: Deps, person: Person, note_id: UUID) -> UUID:
    """Name the site of a note that this person may see; raises NotFound for every other."""
    for site_id in person.sites():
        with deps.reading(site_id) as uow:
            if uow.notes.get(site_id, note_id):
                return site_id
    raise NotFound("There is no such note.")


def _comment(uow: Uow, site_id: UUID, comment_id: UUID) -> Comment:
    comment = uow.comments.get(site_id, comment_id)
    if comment is None:
        raise NotFound("There is no such comment.")
    return comment
