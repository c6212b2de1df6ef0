"""Who is signed in at the site that a reply is for, as the token beside it says, or in a form the token within."""

from typing import Final

from moderation.domain.errors import Unauthenticated
from moderation.domain.member import Member
from moderation.domain.site import Site
from moderation.http.context import caller, deps, web
from moderation.http.guard import credential
from moderation.services import members

MEMBER: Final = "Member"
"""The scheme of the header: `Authorization: Member …`. No token is ever in an address."""


def signed_in(site: Site, typed: str | None = None) -> Member | None:
    """Give the member whose token came along, in the header or in a form's field; None for whoever sent none.

    Their token may be over, which intake is to ask. Raises Unauthenticated for a token that does not count,
    and where a site takes comments of its members alone; a site's own server, which has a key, speaks for
    whom it likes.
    """
    token = credential(MEMBER) or typed
    if token:
        return _recognised(site, token)
    if site.members_only and caller().key is None:
        raise Unauthenticated("Only members of this site may comment; sign in there.", code="members-only")
    return None


def seated(site: Site, typed: str | None) -> Member | None:
    """Give the member for whom a form is shown; None for nobody's token, and for one that counts no more."""
    try:
        member = _recognised(site, typed) if typed else None
    except Unauthenticated:
        return None
    return None if member is None or member.is_over else member


def _recognised(site: Site, token: str) -> Member:
    """Say whom a token names; by what the site has chosen this moment, if not by what is remembered of it."""
    try:
        return members.recognise(deps(), site, token)
    except Unauthenticated as error:
        if error.code != "member-token-invalid":
            raise
        web().forget(site.key)
        return members.recognise(deps(), web().site(site.key), token)
