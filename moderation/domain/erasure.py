"""Erasures: of whom nothing is to be kept at a site any more, known by a keyed fingerprint and nothing else."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Erasure:
    """Somebody's wish that what they wrote at one site be gone; it is kept as long as backups are, to be done again."""

    id: UUID
    site_id: UUID
    fingerprint: bytes = field(repr=False)
    asked_at: datetime
    """What arrived later is not meant: whoever comes back is somebody new."""
    keep_bans: bool = False
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """How much is kept about somebody at one site."""

    comments: int = 0
    public: int = 0
    """How many of the comments anybody may read."""
    decisions: int = 0
    reveals: int = 0
    notes: int = 0
    bans: int = 0
    mailboxes: int = 0
    mails: int = 0

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing."""
        return self == Kept()
