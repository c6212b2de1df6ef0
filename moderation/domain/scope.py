"""Scopes: what a secret key may be used for."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from moderation.domain.person import Role


class Scope(StrEnum):
    """One thing that a key may do at its site."""

    SUBMIT = "submit"
    READ = "read"
    MODERATE = "moderate"
    REVEAL = "email:reveal"
    ADMIN = "admin"
    PRIVACY = "privacy"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A server's secret as we know it: its name and scopes, never the secret itself."""

    id: UUID
    site_id: UUID
    name: str
    hint: str
    """The first characters of the secret, so that people can tell keys apart."""
    scopes: frozenset[Scope]
    created_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    def may_give(self, scope: Scope) -> bool:
        """Say whether this key may make another with this scope: what shows addresses is not for `admin` to give."""
        return scope not in {Scope.REVEAL, Scope.PRIVACY} or scope in self.scopes

    def may_appoint(self, role: Role) -> bool:
        """Say whether this key may let somebody be this: whoever is more than a moderator may read addresses."""
        return role is Role.MODERATOR or Scope.REVEAL in self.scopes
