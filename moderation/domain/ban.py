"""Bans: whose comments a site rejects unread, or lets a person read first, until when, and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

import regex

from moderation.domain.privacy import is_registrable
from moderation.domain.text import Unfit, clean_line
from moderation.domain.wildcard import covers, is_wild, letters_of

UNDO: Final = timedelta(days=1)
"""Who lifts a ban within so long takes it back; later it was a ban, and is over."""
REASON_MAX: Final = 500
VALUE_MAX: Final = 254
_LETTERS_NEEDED: Final = 3
_DOMAIN: Final = regex.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}")


class Effect(StrEnum):
    """What becomes of the comments of whom a ban meets."""

    BAN = "ban"
    PREMODERATE = "premoderate"


class Mark(StrEnum):
    """By what an author is known again."""

    ADDRESS = "address"
    NETWORK = "network"
    NAME = "name"
    DOMAIN = "domain"


TYPED: Final = frozenset({Mark.NAME, Mark.DOMAIN})
"""Marks that somebody writes; the others are those of a comment."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What a comment's author can be known by; of what is not there, nothing is."""

    address: str | None = None
    """The keyed fingerprint of the address, in hexadecimal digits."""
    network: str | None = None
    name: str = ""
    """Folded, as it is held against patterns."""
    domain: str | None = None
    """The domain of the address; it is looked at and never kept."""


@dataclass(frozen=True, slots=True)
class Ban:
    """One ban of a site."""

    id: UUID
    site_id: UUID
    effect: Effect
    mark: Mark
    value: str
    reason: str
    actor_id: UUID
    created_at: datetime
    comment_id: UUID | None = None
    """The comment at which it was made."""
    until: datetime | None = None
    lifted_at: datetime | None = None
    lifted_by: UUID | None = None

    def holds(self, now: datetime) -> bool:
        """Say whether it is in force."""
        return self.lifted_at is None and (self.until is None or now < self.until)

    @property
    def undone(self) -> bool:
        """Say whether it was taken back soon after it was made."""
        return self.lifted_at is not None and self.lifted_at - self.created_at < UNDO

    def meets(self, traits: Traits) -> bool:
        """Say whether it is a ban of whoever has these traits."""
        match self.mark:
            case Mark.ADDRESS:
                return traits.address == self.value
            case Mark.NETWORK:
                return traits.network == self.value
            case Mark.NAME:
                return covers(self.value, traits.name)
            case Mark.DOMAIN:
                return traits.domain is not None and is_under(traits.domain, self.value)


def is_under(domain: str, other: str) -> bool:
    """Say whether a domain is another, or below it; `notspam.example` is not below `spam.example`."""
    return domain == other or domain.endswith(f".{other}")


def parse_name(typed: str) -> str:
    """Give a pattern that whole names are held against; raise `Unfit` for one that says too little."""
    pattern = clean_line(typed, limit=VALUE_MAX)
    letters = letters_of(pattern)
    if not letters:
        raise Unfit("name-pattern", "Write a name; * stands for any characters.")
    if is_wild(pattern) and letters.isascii() and len(letters) < _LETTERS_NEEDED:
        raise Unfit("name-pattern", "Write at least three letters beside the *, or half of everybody is meant.")
    return pattern


def parse_domain(typed: str) -> str:
    """Give a domain under which nobody's address is welcome; raise `Unfit` for what is none, or is everybody's."""
    domain = clean_line(typed, limit=VALUE_MAX).lower().lstrip("@").strip(".")
    if not domain.isascii():
        raise Unfit("domain-invalid", "Write the domain in its punycode form, such as xn--bcher-kva.example.")
    if not _DOMAIN.fullmatch(domain) or not is_registrable(domain):
        raise Unfit("domain-invalid", "Write a whole domain such as example.com, without what is before the @.")
    return domain


def parse_reason(typed: str) -> str:
    """Give the reason for a ban; raise `Unfit` where none is given."""
    reason = clean_line(typed, limit=REASON_MAX)
    if not reason:
        raise Unfit("required", "Say why; whoever lifts this later will want to know.")
    return reason
