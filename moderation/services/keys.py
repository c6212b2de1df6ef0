"""Keys: what servers prove themselves with; shown once, kept as hashes."""

import hashlib
import secrets
from collections.abc import Collection
from contextlib import suppress
from datetime import timedelta
from typing import Final
from uuid import UUID

from moderation.domain.audit import Act
from moderation.domain.errors import Fault, Invalid, NotFound, TemporaryFailure
from moderation.domain.scope import ApiKey, Scope
from moderation.domain.text import Unfit, clean_line
from moderation.services.noting import note
from moderation.services.ports import Deps

PREFIX: Final = "sk_"
SHOWN: Final = 8
NAME_MAX: Final = 100
STALE: Final = timedelta(minutes=1)


def create(deps: Deps, site_id: UUID, *, name: str, scopes: Collection[Scope]) -> tuple[ApiKey, str]:
    """Make a key for a site; the secret beside it exists nowhere else from now on. Raises Invalid for a bad name."""
    secret = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey(deps.new_id(), site_id, _name(name), secret[:SHOWN], frozenset(scopes), deps.now())
    with deps.uow(site_id) as uow:
        uow.keys.add(key, _digest(secret))
        note(deps, uow, Act.KEY_ADDED, [site_id], subject=key.id, name=key.name, scopes=sorted(key.scopes))
        uow.commit()
    return key, secret


def recognise(deps: Deps, secret: str) -> ApiKey | None:
    """Give the live key that has this secret. What it was last used for is noted once a minute."""
    if not secret.startswith(PREFIX):
        return None
    with deps.reading(None) as uow:
        key = uow.keys.by_digest(_digest(secret))
    if key and (key.last_used_at is None or deps.now() - key.last_used_at > STALE):
        _note_use(deps, key)
    return key


def _note_use(deps: Deps, key: ApiKey) -> None:
    """Note that a key was used; whoever calls is not kept out where that cannot be written now."""
    with suppress(TemporaryFailure), deps.uow(key.site_id) as uow:
        uow.keys.used(key.id, deps.now())
        uow.commit()


def listed(deps: Deps, site_id: UUID) -> list[ApiKey]:
    """List a site's keys, revoked ones too."""
    with deps.reading(site_id) as uow:
        return uow.keys.of(site_id)


def revoke(deps: Deps, site_id: UUID, key_id: UUID) -> None:
    """End a key for good."""
    with deps.uow(site_id) as uow:
        if not uow.keys.revoke(site_id, key_id, deps.now()):
            raise NotFound("There is no such key.")
        note(deps, uow, Act.KEY_REVOKED, [site_id], subject=key_id)
        uow.commit()


def _name(typed: str) -> str:
    """Give a name on one line, without anything invisible."""
    try:
        name = clean_line(typed, limit=NAME_MAX)
    except Unfit as error:
        raise Invalid([Fault("/name", error.code, error.detail)]) from None
    if not name:
        raise Invalid([Fault("/name", "required", "Say what the key is for.")])
    return name


def _digest(secret: str) -> bytes:
    """A random secret of 256 bits needs no slow hash."""
    return hashlib.sha256(secret.encode()).digest()
