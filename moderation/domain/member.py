"""Members: people whom a site signed in by itself, and what the token says that it gives them."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import isfinite
from typing import Any, Final

from moderation.domain.errors import Unauthenticated
from moderation.domain.privacy import SecretEmail
from moderation.domain.sentence import Sentence
from moderation.domain.text import Unfit, clean_name, is_storable

TOKEN_MAX: Final = 4096
"""Characters of a token; what is longer is not even looked at."""
LASTING: Final = timedelta(minutes=10)
"""A token is good for so long at most, from when it was issued."""
SKEW: Final = timedelta(seconds=60)
"""By so much the clocks of two servers may differ."""
OVERLAP: Final = timedelta(hours=24)
"""For so long after a new secret was made the one before it counts too."""
ID_MAX: Final = 200
_SECRET_MARK: Final = "mem_"  # noqa: S105 (it marks a secret)
_SECRET_BYTES: Final = 32
_REFUSAL: Final = "member-token-invalid"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody whom a site knows; nothing of them shows where this is printed."""

    sub: str = field(repr=False)
    """The site's own id for them, which never changes."""
    name: str = field(repr=False)
    email: SecretEmail | None = field(default=None, repr=False)
    token_id: str | None = field(default=None, repr=False)
    """Names a token that is good for one comment; None for one that is good until it ends."""
    is_over: bool = False
    """Whether the token has ended: nothing new is taken in for it, and what was answered before is answered again."""

    def current(self) -> "Member":
        """Give the member, unless their token has ended: raises Unauthenticated then."""
        if self.is_over:
            raise Unauthenticated("This sign-in is over; get a new token.", code="member-token-expired")
        return self


def new_member_secret() -> str:
    """Make a secret that nobody has yet; its characters as they are written sign."""
    return _SECRET_MARK + secrets.token_urlsafe(_SECRET_BYTES)


def member_of(claims: Mapping[str, Any], site_key: str, now: datetime) -> Member:
    """Read who somebody is from claims (RFC 7519) that the site signed; raises Unauthenticated and says why not.

    A token that has ended still says who it was made for.
    """
    _for_this_site(claims, site_key)
    is_over = _is_over(claims, now.timestamp())
    name = _fit("name", lambda: clean_name(_text(claims, "name")))
    email = _fit("email", lambda: SecretEmail.parse(_text(claims, "email"))) if claims.get("email") else None
    token_id = _id(claims, "jti") if claims.get("jti") is not None else None
    if not name:
        raise _refusal("name")
    return Member(_id(claims, "sub"), name, email, token_id, is_over)


def _for_this_site(claims: Mapping[str, Any], site_key: str) -> None:
    meant = claims.get("aud")
    if site_key not in (meant if isinstance(meant, list) else [meant]):
        raise _refusal("aud")
    if claims.get("iss", site_key) != site_key:
        raise _refusal("iss")


def _is_over(claims: Mapping[str, Any], now: float) -> bool:
    """Say whether a token has ended; refuse what has not begun, or lasts too long; clocks may differ by a minute."""
    skew = SKEW.total_seconds()
    issued, ends, begins = _moment(claims, "iat"), _moment(claims, "exp"), _moment(claims, "nbf", claims.get("iat"))
    if not 0 < ends - issued <= LASTING.total_seconds():
        raise _refusal("exp")
    if issued > now + skew:
        raise _refusal("iat")
    if begins > now + skew:
        raise _refusal("nbf")
    return now >= ends + skew


def _moment(claims: Mapping[str, Any], claim: str, otherwise: Any = None) -> float:
    """Give a moment in seconds; nothing else is one, as true and infinity are not."""
    said = claims.get(claim, otherwise)
    if isinstance(said, bool) or not isinstance(said, int | float):
        raise _refusal(claim)
    try:
        moment = float(said)
    except OverflowError:
        raise _refusal(claim) from None
    if not isfinite(moment):
        raise _refusal(claim)
    return moment


def _id(claims: Mapping[str, Any], claim: str) -> str:
    """Give an id exactly as it is written."""
    said = _text(claims, claim)
    if not said.strip() or len(said) > ID_MAX or not is_storable(said):
        raise _refusal(claim)
    return said


def _text(claims: Mapping[str, Any], claim: str) -> str:
    said = claims.get(claim)
    if not isinstance(said, str):
        raise _refusal(claim)
    return said


def _fit(claim: str, read: Any) -> Any:
    try:
        return read()
    except Unfit:
        raise _refusal(claim) from None


def _refusal(claim: str) -> Unauthenticated:
    return Unauthenticated(
        Sentence("The claim `%(claim)s` of this token is missing or cannot be accepted.", claim=claim), code=_REFUSAL
    )
