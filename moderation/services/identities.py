"""Identities: under which fingerprints somebody is known at a site, by an address or by the site's own id for them."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from moderation.domain.comment import Comment
from moderation.domain.errors import Fault, Invalid
from moderation.domain.privacy import SecretEmail
from moderation.domain.text import Unfit
from moderation.services.addresses import address_of
from moderation.services.ports import Deps

PIECE: Final = 500


def prints_of(deps: Deps, site_id: UUID, *, email: str | None = None, member: str | None = None) -> list[bytes]:
    """Give the fingerprints of whoever is said by an address, or by the site's id for them; raises Invalid."""
    if (email is None) == (member is None):
        raise Invalid([Fault("", "one-of", "Say whom: by an e-mail address, or by your own id for a member.")])
    if member is not None:
        return [print_of_member(deps, site_id, member)]
    try:
        return prints_at(deps, site_id, SecretEmail.parse(email or ""))
    except Unfit as error:
        raise Invalid([Fault("/email", error.code, error.detail)]) from None


def print_of_member(deps: Deps, site_id: UUID, member: str) -> bytes:
    """Give what a member is found by: the site's id for them alone, which no address gives."""
    return deps.seals.digest("member", site_id.bytes, member)


def prints_at(deps: Deps, site_id: UUID, address: SecretEmail) -> list[bytes]:
    """Give the fingerprints under which whoever reads mail at an address is known at a site.

    These are that of the address, and those of members who came with it: for them every address that members of the
    site came with is opened, since nothing else tells.
    """
    own = deps.seals.fingerprint(site_id, address)
    members = {comment.fingerprint: None for comment in _of_members(deps, site_id) if _came_with(deps, comment, own)}
    return [own, *(each for each in members if each)]


def _came_with(deps: Deps, comment: Comment, own: bytes) -> bool:
    address = address_of(deps, comment)
    return address is not None and deps.seals.fingerprint(comment.site_id, address) == own


def _of_members(deps: Deps, site_id: UUID) -> Iterator[Comment]:
    after: UUID | None = None
    while True:
        with deps.reading(site_id) as uow:
            piece = uow.comments.of_members(site_id, after=after, limit=PIECE)
        yield from piece
        if len(piece) < PIECE:
            return
        after = piece[-1].id
