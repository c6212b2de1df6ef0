"""A site's own scorer: at what address it may be, and what a secret looks like with which it is asked."""

import base64
import binascii
import secrets
from typing import Final
from urllib.parse import SplitResult, urlsplit

import regex

from moderation.domain.text import Unfit

URL_MAX: Final = 2000
SECRET_MARK: Final = "whsec_"  # noqa: S105 (it marks a secret, as Standard Webhooks has it)
SECRET_MAX: Final = 100
SECRET_SIZES: Final = range(24, 65)
_SECRET_BYTES: Final = 32
_PLAIN: Final = regex.compile(r"[!-~]+")
_HOST: Final = regex.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*|[0-9a-f:.]*:[0-9a-f:.]*")
_ADVICE: Final = (
    "Write the whole address, such as https://scorer.example/score, in ASCII and without a password or a fragment."
)
_SIGNING_ADVICE: Final = (
    "Write a secret as Standard Webhooks does, of 24 to 64 random bytes in base64, or leave it to us."
)


def parse_url(typed: str) -> str:
    """Give the address of a scorer; raise `Unfit` for what is none. Whether it may be reached is asked later."""
    url = sound_url(typed)
    if url is None:
        raise Unfit("scorer-url-invalid", _ADVICE)
    return url


def sound_url(typed: str) -> str | None:
    """Give a web address as it is kept; None for what is none, or hides something."""
    url = typed.strip()
    parts = _split(url) if len(url) <= URL_MAX and _PLAIN.fullmatch(url) else None
    return None if parts is None else parts._replace(path=parts.path or "/").geturl()


def _split(url: str) -> SplitResult | None:
    """Take an address apart; None for what is no web address, or hides something."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    sound = parts.scheme in {"http", "https"} and "@" not in parts.netloc and "#" not in url and "\\" not in url
    return parts if sound and port != 0 and _HOST.fullmatch(parts.hostname or "") else None


def parse_secret(typed: str) -> str:
    """Give a secret as it is written; raise `Unfit` for what is none or too short to be one."""
    written = typed.strip()
    try:
        octets = base64.b64decode(written.removeprefix(SECRET_MARK), validate=True)
    except (binascii.Error, ValueError):
        octets = b""
    if not written.startswith(SECRET_MARK) or len(octets) not in SECRET_SIZES:
        raise Unfit("scorer-secret-invalid", _SIGNING_ADVICE)
    return written


def new_secret() -> str:
    """Make a secret that nobody has yet."""
    return SECRET_MARK + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
