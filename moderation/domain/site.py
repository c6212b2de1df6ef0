"""Sites: the tenants of an installation, and what each of them has chosen."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from ipaddress import IPv6Address
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

import regex

from moderation.domain.sentence import Sentence
from moderation.domain.text import Unfit, clean_line
from moderation.domain.thread import canonical_url

REQUIRABLE: Final = ("name", "email", "text")
SPOKEN: Final = ("en", "de", "fr", "es")
"""The languages in which authors are written to."""
NAME_MAX: Final = 100
ORIGIN_ADVICE: Final = (
    "Write an origin as https://example.com, without a path; "
    "a name that is not ASCII in its punycode form, such as https://xn--bcher-kva.example."
)
_LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_ORIGIN: Final = regex.compile(
    rf"https?://(?:(?=[^:]{{1,253}}(?::|$)){_LABEL}(?:\.{_LABEL})*|\[(?P<v6>[0-9a-f:.]+)\])(?::(?P<port>[1-9][0-9]{{0,4}}))?"
)
_PORT_MAX: Final = 65_535
_PORT_OF: Final = {"http": ":80", "https": ":443"}


class Proof(StrEnum):
    """When a browser has to work before a comment is read by nobody but machines."""

    OFF = "off"
    RISKY = "risky"
    """While a network or a site is busier than usual."""
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Site:
    """One publication. `key` names it in browsers; origins are those pages its forms may stand on."""

    id: UUID
    key: str
    name: str
    origins: tuple[str, ...]
    required: tuple[str, ...]
    close_after_days: int | None
    """Pages close this many days after their first comment; None leaves them open."""
    policy: str
    """The policy as TOML, as its owner wrote it."""
    created_at: datetime
    share_campaigns: bool = False
    """Whether comments are compared with those of other sites whose owners chose the same."""
    scorer_url: str | None = None
    """Where the site's own scorer is asked about every text; None for a site that has none."""
    scorer_secret: bytes | None = field(default=None, repr=False)
    """What is sent there is signed with this; sealed, and only the vault opens it."""
    learn: bool = True
    """Whether the decisions of its moderators change what the scorers say here."""
    model: UUID | None = None
    """The version in use of what they taught."""
    confirm: bool = False
    """Whether authors are asked by mail to confirm their address, and only confirmed ones have a record."""
    tell_authors: bool = False
    """Whether authors may be told by mail of replies and of what was decided."""
    language: str | None = None
    """The language of mails to authors, None for that of their comment; it also stands in for people who chose none."""
    member_secret: bytes | None = field(default=None, repr=False)
    """Signs the tokens of members whom the site signed in; sealed, as the one before it is."""
    old_member_secret: bytes | None = field(default=None, repr=False)
    old_member_until: datetime | None = None
    """Until when the secret before counts too."""
    members_only: bool = False
    """Whether nobody else may comment."""
    proof: Proof = Proof.OFF

    def has_page(self, url: str) -> bool:
        """Say whether a page's address, in its one spelling, is on one of these origins; http and https are one."""
        return urlsplit(url).netloc in {urlsplit(canonical_url(origin)).netloc for origin in self.origins}


def parse_origin(written: str) -> str:
    """Give an origin as browsers write it; raise `Unfit` for what is none."""
    origin = as_browsers_write(written)
    if not is_origin(origin):
        raise Unfit("origin-invalid", ORIGIN_ADVICE)
    return origin


def parse_name(typed: str) -> str:
    """Give a site's name on one line, without anything invisible; raise `Unfit` for what cannot be one."""
    try:
        name = clean_line(typed, limit=NAME_MAX)
    except Unfit:
        name = ""
    if not name:
        raise Unfit("name-invalid", Sentence("Give the site a name of at most %(limit)s characters.", limit=NAME_MAX))
    return name


def as_browsers_write(origin: str) -> str:
    """Give an origin in small letters and without a port that goes without saying; what is none stays none."""
    small = origin.lower() if origin.isascii() else origin
    scheme = small.partition("://")[0]
    return small.removesuffix(_PORT_OF[scheme]) if scheme in _PORT_OF else small


def is_origin(written: str) -> bool:
    """Say whether this is an origin as browsers write it and nothing else, since it stands in headers as it is."""
    found = _ORIGIN.fullmatch(written)
    if found is None or int(found["port"] or 0) > _PORT_MAX:
        return False
    try:
        return found["v6"] is None or str(IPv6Address(found["v6"])) == found["v6"]
    except ValueError:
        return False
