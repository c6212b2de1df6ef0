"""Tokens that others sign and we verify: JSON Web Tokens (RFC 7519) in the compact form of RFC 7515, by HS256 alone.

What the header says is never believed: it has to say HS256, and changes nothing. So a token
without a signature, by another algorithm, or with extensions that must be understood (`crit`)
is none, whatever key or address of a key it brings along.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

from moderation.domain.member import TOKEN_MAX

ALGORITHM: Final = "HS256"
_PARTS: Final = 3
_MAC_BYTES: Final = 32


def claims_of(token: str, secrets: Sequence[str]) -> Mapping[str, Any] | None:
    """Give the claims of a token that one of these secrets signed; None for everything else, without saying why."""
    parts = token.split(".") if len(token) <= TOKEN_MAX and token.isascii() else []
    if len(parts) != _PARTS or not _is_ours(_document(parts[0])):
        return None
    signed, mac = ".".join(parts[:2]).encode(), _octets(parts[2])
    if len(mac) != _MAC_BYTES or not any(_signs(secret, signed, mac) for secret in secrets):
        return None
    return _document(parts[1])


def _signs(secret: str, signed: bytes, mac: bytes) -> bool:
    return hmac.compare_digest(hmac.digest(secret.encode(), signed, hashlib.sha256), mac)


def _is_ours(header: Mapping[str, Any] | None) -> bool:
    if header is None or header.get("alg") != ALGORITHM or "crit" in header:
        return False
    kind = header.get("typ", "JWT")
    return isinstance(kind, str) and kind.upper() == "JWT"


def _document(part: str) -> Mapping[str, Any] | None:
    """Read one part of a token: an object in UTF-8 that names nothing twice."""
    try:
        found = _DECODER.decode(_octets(part).decode())
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _octets(part: str) -> bytes:
    """Read base64url exactly as it is written: unpadded, with no bits to spare; whatever else is empty."""
    try:
        octets = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
    return octets if base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii") == part else b""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)
