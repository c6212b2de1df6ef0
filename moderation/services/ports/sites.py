"""Stores of sites, their keys, threads, lists and feeds, and of the widget that all of them share."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from moderation.domain.edition import Edition
from moderation.domain.feed import Feed
from moderation.domain.listing import Listing
from moderation.domain.scope import ApiKey
from moderation.domain.site import Site
from moderation.domain.thread import Thread


class Sites(Protocol):
    """The tenants."""

    def by_key(self, key: str) -> Site | None: ...
    def get(self, site_id: UUID) -> Site | None: ...
    def hold(self, site_id: UUID) -> Site | None: ...
    def some(self, site_ids: Collection[UUID]) -> list[Site]: ...
    def all(self) -> list[Site]: ...
    def add(self, site: Site) -> None: ...
    def save(self, site: Site) -> None: ...
    def policies(self, site_id: UUID, digests: Collection[str]) -> Mapping[str, str]:
        """Give a site's policies, those of former days too, by their hashes."""
        ...


class Keys(Protocol):
    """Secret keys, found by the hash of the secret."""

    def by_digest(self, digest: bytes) -> ApiKey | None: ...
    def add(self, key: ApiKey, digest: bytes) -> None: ...
    def of(self, site_id: UUID) -> list[ApiKey]: ...
    def revoke(self, site_id: UUID, key_id: UUID, when: datetime) -> bool: ...
    def used(self, key_id: UUID, when: datetime) -> None: ...


class Threads(Protocol):
    """Pages with comments."""

    def open(self, thread: Thread) -> Thread:
        """Give the thread of this site and key; the first caller's is kept, merged ones lead on."""
        ...

    def get(self, site_id: UUID, thread_id: UUID) -> Thread | None: ...
    def find(self, site_id: UUID, key: str) -> Thread | None: ...
    def save(self, thread: Thread) -> None: ...
    def changed(self, deltas: Mapping[UUID, int]) -> None:
        """Count a public change in each thread, and what it did to the number of approved comments."""
        ...

    def pin(self, site_id: UUID, thread_id: UUID, pins: Sequence[str]) -> None:
        """Keep which comments of a thread stand before all others, which is a public change."""
        ...

    def lock(self, site_id: UUID, thread_id: UUID) -> Thread | None:
        """Give a thread that nobody else changes until the transaction ends."""
        ...

    def public(self, threads: Collection[UUID]) -> dict[UUID, int]:
        """Count what can be read in each of these threads."""
        ...

    def hold(self, *threads: UUID) -> None:
        """Keep everybody else from changing these threads and what is in them until the transaction ends."""
        ...

    def absorb(self, into: UUID, other: UUID) -> int:
        """Move every comment of `other`, which is held as `into` is, into it; return how many there were."""
        ...


class Feeds(Protocol):
    """Feeds of people, one for each of their sites."""

    def of(self, person_id: UUID) -> list[Feed]: ...
    def find(self, digest: bytes) -> Feed | None:
        """Find the feed with this hash, if its person still works at its site."""
        ...

    def keep(self, feed: Feed) -> None:
        """Keep a feed, in the place of the one that the same person had for the same site."""
        ...

    def drop(self, person_id: UUID, site_id: UUID) -> bool: ...


class Editions(Protocol):
    """Editions of the widget; none is ever changed or forgotten."""

    def get(self, name: str) -> Edition | None: ...
    def add(self, edition: Edition, kept_at: datetime) -> None:
        """Keep an edition; of two processes that start at once, both have kept it."""
        ...


class Listings(Protocol):
    """Sites' own lists, as they were saved."""

    def latest(self, site_id: UUID, most: int = 1) -> list[Listing]:
        """Give the last that were saved, the one in force first."""
        ...

    def in_force(self, site_ids: Collection[UUID]) -> Mapping[UUID, Listing]: ...
    def add(self, listing: Listing, *, keep: int) -> None:
        """Keep a version and no more than so many of a site."""
        ...
