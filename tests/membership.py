"""Signs people in as a publisher's server does."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

SECRET = "mem_a-secret-for-tests-long-enough-to-be-one"
HS256 = {"alg": "HS256", "typ": "JWT"}


def part(value: Any) -> str:
    """Write one part of a token: an object as JSON, bytes as they are."""
    octets = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def signed(
    claims: Any, secret: str = SECRET, *, header: Any = HS256, digest: Any = hashlib.sha256, mac: bytes | None = None
) -> str:
    """Sign claims, as they should be or in some other way."""
    said = f"{part(header)}.{part(claims)}"
    return f"{said}.{part(hmac.digest(secret.encode(), said.encode(), digest) if mac is None else mac)}"


def claims_at(site_key: str, now: datetime, **others: Any) -> dict[str, Any]:
    """Claims as they should be, unless said otherwise; None leaves one out."""
    ends = now + timedelta(minutes=5)
    sound = {"aud": site_key, "sub": "42", "name": "Ann", "iat": int(now.timestamp()), "exp": int(ends.timestamp())}
    return {name: value for name, value in {**sound, **others}.items() if value is not None}


def header_of(token: str) -> Mapping[str, str]:
    """Give the header in which a token travels."""
    return {"Authorization": f"Member {token}"}
