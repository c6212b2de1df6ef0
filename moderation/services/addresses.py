"""Addresses: opened from the vault as values that show themselves only as their mask, for people and for scorers."""

from typing import Final
from uuid import UUID

import structlog

from moderation.domain.comment import Comment, Submission
from moderation.domain.errors import Unreadable
from moderation.domain.person import Person
from moderation.domain.privacy import SecretEmail
from moderation.services.ports import Deps, Uow

NO_SITE: Final = UUID(int=0)
"""In the place of a site for what belongs to the whole installation."""
log = structlog.get_logger()


def address_of(deps: Deps, comment: Comment) -> SecretEmail | None:
    """Give the address that a comment came with; None where there is none, or its key is lost."""
    return opened(deps, comment.email, site_id=comment.site_id, comment_id=comment.id)


def opened(deps: Deps, sealed: bytes | None, *, site_id: UUID, comment_id: UUID) -> SecretEmail | None:
    """Open one sealed address; one that does not open is logged by its comment, and breaks nothing else."""
    if sealed is None:
        return None
    try:
        return SecretEmail(deps.vault.open(sealed, site_id=site_id, comment_id=comment_id))
    except Unreadable:
        log.warning("address-unreadable", comment=str(comment_id))
        return None


def of_person(deps: Deps, person: Person) -> SecretEmail | None:
    """Give where somebody who works at the desk reads mail; None where nobody said."""
    return opened(deps, person.email, site_id=NO_SITE, comment_id=person.id)


def keep_of_person(deps: Deps, uow: Uow, person_id: UUID, address: SecretEmail | None) -> None:
    """Keep where somebody reads mail: sealed, and with what they are found by."""
    if address is None:
        uow.people.keep_address(person_id, None, None)
        return
    sealed = deps.vault.seal(address.reveal(), site_id=NO_SITE, comment_id=person_id)
    uow.people.keep_address(person_id, sealed, print_of_person(deps, address))


def print_of_person(deps: Deps, address: SecretEmail) -> bytes:
    """Give what somebody who works at the desk is found by, which tells nothing about the address."""
    return deps.seals.fingerprint(NO_SITE, address)


def submission_of(deps: Deps, comment: Comment) -> Submission:
    """Give a comment as a scorer sees it.

    What it is thought to be written in is left out: that is a scorer's own guess, and whoever scores the same text
    again has to find the same again.
    """
    return Submission(
        text=comment.text,
        name=comment.name,
        email=address_of(deps, comment),
        website=comment.website,
        circumstances=comment.circumstances,
    )
