"""Passkeys: keys in somebody's phone, browser or token that prove to one web address, and to no other, who they are."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from typing import Final, Self
from urllib.parse import urlsplit
from uuid import UUID

from moderation.domain.site import as_browsers_write, is_origin
from moderation.domain.text import Unfit, clean_line

LASTING: Final = timedelta(minutes=5)
"""For so long a challenge can be answered."""
NAME_MAX: Final = 60
MOST: Final = 10
"""So many somebody may have; each is one more thing to lose."""
NOT_PROVED: Final = "This passkey was not recognised. Please try again, or sign in another way."


class Purpose(StrEnum):
    """What somebody answers a challenge for; an answer for one is none for another."""

    ADD = "add"
    SIGN_IN = "sign-in"
    SECOND = "second"
    """After the password."""
    AGAIN = "again"
    """Before what opens doors, by whoever is signed in."""


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """The web address that passkeys are for."""

    host: str
    origin: str

    @classmethod
    def at(cls, public_url: str) -> Self | None:
        """Give what an installation is to browsers; None where they make no passkeys.

        They do for a name by https, and for localhost; never for a bare number, and never in the clear.
        """
        origin = as_browsers_write(public_url)
        if not is_origin(origin):
            return None
        host = urlsplit(origin).hostname or ""
        secure = origin.startswith("https://") and not _is_number(host)
        return cls(host, origin) if secure or host == "localhost" else None


@dataclass(frozen=True, slots=True)
class Challenge:
    """Random octets that one browser was given, to be answered once and soon."""

    octets: bytes
    purpose: Purpose
    given_at: datetime
    person_id: UUID | None = None
    """Who may answer; None for whoever has not said who they are."""

    def stands(self, purpose: Purpose, person_id: UUID | None, now: datetime) -> bool:
        """Say whether it may still be answered for this, by this person."""
        fresh = timedelta(0) <= now - self.given_at < LASTING
        return fresh and self.purpose is purpose and self.person_id == person_id


@dataclass(frozen=True, slots=True)
class Credential:
    """What a browser made: the public half of a new key."""

    id: bytes
    public_key: bytes
    count: int
    transports: tuple[str, ...] = ()
    """How the browser reached it: "internal", "usb" and the like."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A challenge as it was answered with a known key, its signature verified."""

    credential: bytes
    count: int
    handle: bytes | None = None
    """Whose key it is, as the key itself says."""


@dataclass(frozen=True, slots=True)
class Passkey:
    """One passkey of somebody's."""

    id: UUID
    person_id: UUID
    credential: bytes = field(repr=False)
    public_key: bytes = field(repr=False)
    count: int
    """How often it was used, as it says itself; those that are kept in sync say 0 for ever."""
    transports: tuple[str, ...]
    name: str
    created_at: datetime
    used_at: datetime | None = None

    def is_ahead(self, count: int) -> bool:
        """Say whether it counted on; one that counts back, or stands, may be a copy."""
        return count > self.count or (count == 0 == self.count)


def parse_passkey_name(typed: str) -> str:
    """Give what somebody calls a passkey; raise `Unfit` for nothing."""
    name = clean_line(typed, limit=NAME_MAX)
    if not name:
        raise Unfit("required", "Give it a name, so that you know it among others.")
    return name


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
