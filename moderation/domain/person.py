"""People who moderate: what they may do, on which sites, and where they are signed in."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final
from uuid import UUID

from moderation.domain.sentence import Sentence
from moderation.domain.text import Unfit, clean_line

USUAL: Final = ("password", "passwort", "lychgate", "moderator", "qwertyuiop", "qwerty", "letmein", "welcome")
"""Words that make no password longer."""
DIFFERENT: Final = 5
"""So many characters have to differ, beside those words."""
NAME_MAX: Final = 100
PASSWORD_MIN: Final = 12
PASSWORD_MAX: Final = 128
"""Longer ones would only keep the hash busy."""
IDLE: Final = timedelta(hours=12)
LASTING: Final = timedelta(days=7)


class Role(StrEnum):
    """What somebody is on a site, from the least to the most."""

    MODERATOR = "moderator"
    SENIOR = "senior"
    OWNER = "owner"

    def covers(self, other: "Role") -> bool:
        """Say whether this role may do what the other may."""
        return _RANK[self] >= _RANK[other]


_RANK: Final = {role: rank for rank, role in enumerate(Role)}


SPACINGS: Final = (0, 3, 5, 8)
"""Of so many comments in a row one at most is severe; 0 leaves the order as it is."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How somebody reads at the desk: what is kept from their eyes until they look, and what a finger does."""

    veiled: bool = True
    """Slurs are blurred until the pointer or the focus is on them."""
    spacing: int = 3
    """Of so many in a row, one at most is severe."""
    swipes: bool = True
    """On a phone a card is decided by swiping it, too."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in; the password is a hash, the second factor and its codes are sealed."""

    id: UUID
    name: str
    password: str
    stamp: str
    """Changes when the password does, which ends every session."""
    created_at: datetime
    roles: tuple[tuple[UUID, Role], ...] = ()
    active: bool = True
    totp: str | None = None
    totp_counter: int | None = None
    """The last code that was used, so that it is good once."""
    recovery: tuple[str, ...] = ()
    passkeys: int = 0
    """How many they have."""
    email: bytes | None = field(default=None, repr=False)
    """Where links for a new password go; sealed, and only the vault opens it."""
    language: str | None = None
    """The one that the desk speaks to them; None leaves it to their browser."""
    reading: Reading = Reading()
    keys: Mapping[str, str] = field(default_factory=dict)
    """The keys that somebody chose for what they do at the desk, where they are not as usual."""

    @property
    def second_factor(self) -> bool:
        """Say whether a password alone does not let this person in."""
        return self.totp is not None or self.passkeys > 0

    def role_at(self, site_id: UUID) -> Role | None:
        """Say what this person is on a site; None where they are nobody."""
        return dict(self.roles).get(site_id)

    def sites(self, needed: Role = Role.MODERATOR) -> tuple[UUID, ...]:
        """Name the sites on which this person is at least that."""
        return tuple(site_id for site_id, role in self.roles if role.covers(needed))

    def is_within(self, site_ids: Collection[UUID]) -> bool:
        """Say whether this person works at no other sites: only then may their owners do as they like with them."""
        return set(self.sites()) <= set(site_ids)


@dataclass(frozen=True, slots=True)
class Session:
    """One browser in which somebody is signed in, known by the hash of what it carries."""

    id: UUID
    person_id: UUID
    digest: bytes
    stamp: str
    browser: str
    """The family of the browser, such as "Firefox", so that people know their own."""
    created_at: datetime
    seen_at: datetime

    def holds(self, person: Person, now: datetime) -> bool:
        """Say whether this session still lets its person in."""
        fresh = now - self.seen_at < IDLE and now - self.created_at < LASTING
        return fresh and person.active and self.stamp == person.stamp


def parse_name(typed: str) -> str:
    """Give what somebody is called, on one line; raise `Unfit` for what nobody is."""
    name = clean_line(typed, limit=NAME_MAX)
    if not name:
        raise Unfit("required", "Say what this person is called.")
    return name


def parse_password(typed: str, name: str) -> str:
    """Give a password as it is; raise `Unfit` for one that is too short, too long, or tried first."""
    if not PASSWORD_MIN <= len(typed) <= PASSWORD_MAX:
        raise Unfit(
            "password-length", Sentence("Use %(least)s to %(most)s characters.", least=PASSWORD_MIN, most=PASSWORD_MAX)
        )
    if is_guessable(typed, name):
        raise Unfit("password-guessable", "This is tried first; use some words of your own.")
    return typed


def is_guessable(password: str, name: str) -> bool:
    """Say whether a password is among the first that anybody tries: the name, the usual words, rows and repetitions.

    What is left without those needs some different characters, fewer than half of which are next to the one before.
    """
    rest = password.casefold()
    for word in (handle(name), *USUAL):
        rest = rest.replace(word, "")
    in_a_row = sum(abs(ord(one) - ord(two)) <= 1 for one, two in pairwise(rest))
    return len(set(rest)) < DIFFERENT or in_a_row * 2 >= len(rest)


def handle(name: str) -> str:
    """Give what a name is found by: two people are never told apart by capitals."""
    return name.casefold()
