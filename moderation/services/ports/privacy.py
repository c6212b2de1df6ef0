"""Stores of what is kept about the people who comment, and of whom nothing is to be kept."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from moderation.domain.ban import Ban
from moderation.domain.erasure import Erasure, Kept
from moderation.domain.mailbox import Follow
from moderation.domain.note import Note
from moderation.services.ports.values import Row


class Erasures(Protocol):
    """Wishes to be erased: each is work until it is finished, and then a reminder for whoever restores a backup."""

    def keep(self, erasure: Erasure) -> Erasure:
        """Keep a wish in the place of an earlier one of the same author, and give it as it is kept; it is due anew."""
        ...

    def of(self, site_id: UUID, fingerprint: bytes) -> Erasure | None: ...
    def listed(self, site_id: UUID | None) -> list[Erasure]:
        """Give all that are kept, of one site or of all, the oldest first."""
        ...

    def due(self) -> Erasure | None:
        """Give the one that waits for longest to be finished."""
        ...

    def finish(self, erasure: Erasure, now: datetime) -> None:
        """Note that nothing is left of what it means, unless it was asked for anew meanwhile."""
        ...

    def purge(self, age: timedelta, most: int) -> int:
        """Forget some of those that were finished before that."""
        ...


class Traces(Protocol):
    """What is kept about an author beside the comments, found by the fingerprint or by these."""

    def count(self, site_id: UUID, fingerprint: bytes, until: datetime) -> Kept: ...
    def reveals(self, comment_ids: Collection[UUID]) -> list[Row]:
        """Give the looks at the addresses of these comments."""
        ...

    def notes(self, site_id: UUID, fingerprint: bytes, comment_ids: Collection[UUID]) -> list[Note]: ...
    def bans(self, site_id: UUID, fingerprint: bytes, comment_ids: Collection[UUID]) -> list[Ban]: ...
    def follows(self, site_id: UUID, fingerprint: bytes) -> list[Follow]: ...
    def mails(self, site_id: UUID, fingerprint: bytes) -> list[Row]:
        """Give the mails to an author that are on their way, or were within a month."""
        ...

    def hearers(self, comment_ids: Collection[UUID]) -> list[Row]:
        """Say which endpoints were told of these comments, and of how many events."""
        ...
