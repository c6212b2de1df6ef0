"""Canned notes: texts that a site keeps for its moderators, to be put into what they write to an author."""

from collections.abc import Callable
from uuid import UUID

from moderation.domain.audit import Act
from moderation.domain.canned import MOST_CANNED, CannedNote, parse_text, parse_title
from moderation.domain.errors import Conflict, Fault, Invalid, NotFound
from moderation.domain.text import Unfit
from moderation.services.noting import note
from moderation.services.ports import Deps, Uow


def listed(deps: Deps, site_id: UUID) -> list[CannedNote]:
    """Give a site's canned notes, by what they are called."""
    with deps.reading(site_id) as uow:
        return uow.canned_notes.of(site_id)


def keep(deps: Deps, site_id: UUID, title: str, text: str, *, note_id: UUID | None = None) -> CannedNote:
    """Keep a text, in the place of one that is named or beside the others.

    Raises Invalid with every fault, NotFound for one of another site, and Conflict where there are too many.
    """
    faults: list[Fault] = []
    called, words = _fit("/title", parse_title, title, faults), _fit("/text", parse_text, text, faults)
    if faults:
        raise Invalid(faults)
    with deps.uow(site_id) as uow:
        uow.sites.hold(site_id)
        kept = uow.canned_notes.of(site_id)
        if note_id is not None and note_id not in {each.id for each in kept}:
            raise NotFound("There is no such canned note.")
        if note_id is None and len(kept) >= MOST_CANNED:
            raise Conflict(f"There are {MOST_CANNED} of them here; remove one first.", code="too-many-canned-notes")
        made = CannedNote(note_id or deps.new_id(), site_id, called, words, deps.now())
        uow.canned_notes.keep(made)
        note(deps, uow, Act.CANNED_NOTE_SAVED, [site_id], subject=made.id, title=made.title)
        uow.commit()
    return made


def remove(deps: Deps, site_id: UUID, note_id: UUID) -> None:
    """Take a canned note away; what was written with it stays. Raises NotFound for one of another site."""
    with deps.uow(site_id) as uow:
        found = _get(uow, site_id, note_id)
        uow.canned_notes.remove(site_id, note_id)
        note(deps, uow, Act.CANNED_NOTE_REMOVED, [site_id], subject=note_id, title=found.title)
        uow.commit()


def _get(uow: Uow, site_id: UUID, note_id: UUID) -> CannedNote:
    found = next((each for each in uow.canned_notes.of(site_id) if each.id == note_id), None)
    if found is None:
        raise NotFound("There is no such canned note.")
    return found


def _fit(pointer: str, parse: Callable[[str], str], typed: str, faults: list[Fault]) -> str:
    try:
        return parse(typed)
    except Unfit as error:
        faults.append(Fault(pointer, error.code, error.detail))
        return ""
