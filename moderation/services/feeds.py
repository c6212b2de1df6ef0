"""Feeds: somebody follows what waits at a site by an address that can be taken back."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from moderation.domain.audit import Act
from moderation.domain.comment import Status
from moderation.domain.errors import NotFound
from moderation.domain.feed import Feed
from moderation.domain.person import Person
from moderation.domain.site import Site
from moderation.services.noting import note
from moderation.services.ports import Deps, Row

MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits at a site for a person, the latest first."""

    feed_id: UUID
    site: Site
    rows: Sequence[Row]


def made(deps: Deps, person: Person) -> Mapping[UUID, datetime]:
    """Say for which sites somebody has a feed, and since when."""
    with deps.reading(None) as uow:
        return {feed.site_id: feed.created_at for feed in uow.feeds.of(person.id)}


def make(deps: Deps, person: Person, site_id: UUID) -> str:
    """Give somebody a new feed of a site, and the secret for its address this once; an earlier one ends at once."""
    _of(person, site_id)
    secret = secrets.token_urlsafe(32)
    with deps.uow(None) as uow:
        uow.feeds.keep(Feed(deps.new_id(), person.id, site_id, _digest(secret), deps.now()))
        note(deps, uow, Act.FEED_MADE, [site_id], subject=person.id)
        uow.commit()
    return secret


def revoke(deps: Deps, person: Person, site_id: UUID) -> None:
    """End somebody's feed of a site; ending it twice is the same as once."""
    _of(person, site_id)
    with deps.uow(None) as uow:
        if uow.feeds.drop(person.id, site_id):
            note(deps, uow, Act.FEED_ENDED, [site_id], subject=person.id)
        uow.commit()


def read(deps: Deps, secret: str) -> Waiting:
    """Give what waits; raises NotFound for an address that is none, or of somebody who works there no more."""
    with deps.reading(None) as uow:
        feed = uow.feeds.find(_digest(secret))
        site = uow.sites.get(feed.site_id) if feed else None
    if feed is None or site is None:
        raise NotFound("There is nothing here.")
    with deps.views(site.id) as views:
        rows = views.queue(site.id, {"status": Status.HELD, "sort": "newest"}, after=None, limit=MOST)
    return Waiting(feed.id, site, rows)


def _of(person: Person, site_id: UUID) -> None:
    """Raise NotFound for a site that is none of this person's."""
    if site_id not in person.sites():
        raise NotFound("There is no such site.")


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="replace")).digest()
