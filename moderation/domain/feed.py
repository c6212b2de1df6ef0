"""Feeds of people: what waits at one site, followed by an address that only its owner knows."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Feed:
    """The feed of one person for one site; of the secret in its address only a hash is kept."""

    id: UUID
    person_id: UUID
    site_id: UUID
    digest: bytes
    created_at: datetime
