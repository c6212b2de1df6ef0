"""Who is signed in at the site that a reply is for, as the token beside it says."""

from typing import Final

from moderation.domain.errors import Unauthenticated
from moderation.domain.member import Member
from moderation.domain.site import Site
from moderation.http.context import caller, deps, web
from moderation.http.guard import credential
from moderation.services import members

MEMBER: Final = "Member"
"""The scheme of the header: `Authorization: Member …`. No token is ever in an address."""


def signed_in(site: Site) -> Member | None:
    """Give the member whose token came along, None for whoever sent none.

    Raises Unauthenticated for a token that does not count, and where a site takes comments
    of its members alone; a site's own server, which has a key, speaks for whom it likes.
    """
    token = credential(MEMBER)
    if token is not None:
        return _recognised(site, token)
    if site.members_only and caller().key is None:
        raise Unauthenticated("Only members of this site may comment; sign in there.", code="members-only")
    return None


def _recognised(site: Site, token: str) -> Member:
    """Say whom a token names; by what the site has chosen this moment, if not by what is remembered of it."""
    try:
        return members.recognise(deps(), site, token)
    except Unauthenticated as error:
        if error.code != "member-token-invalid":
            raise
        web().forget(site.key)
        return members.recognise(deps(), web().site(site.key), token)
