"""What an endpoint keeps sealed: the secrets that sign for it, and the headers that go along."""

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from moderation.domain.endpoint import Endpoint
from moderation.services.ports import Deps


def seal(deps: Deps, site_id: UUID, endpoint_id: UUID, plain: str) -> bytes:
    """Seal something for one endpoint; elsewhere it does not open."""
    return deps.vault.seal(plain, site_id=site_id, comment_id=endpoint_id)


def seal_headers(deps: Deps, site_id: UUID, endpoint_id: UUID, headers: Mapping[str, str]) -> bytes | None:
    """Seal headers, whose values may be secrets of the receiver's."""
    return seal(deps, site_id, endpoint_id, json.dumps(dict(headers))) if headers else None


def secrets_of(deps: Deps, endpoint: Endpoint, now: datetime) -> tuple[str, ...]:
    """Give the secrets that sign at this moment: the newest, and the one before it while both count."""
    old = endpoint.old_secret if endpoint.old_until and now < endpoint.old_until else None
    return tuple(_opened(deps, endpoint, sealed) for sealed in (endpoint.secret, old) if sealed is not None)


def headers_of(deps: Deps, endpoint: Endpoint) -> dict[str, str]:
    """Give the headers that go along."""
    found: dict[str, str] = json.loads(_opened(deps, endpoint, endpoint.headers)) if endpoint.headers else {}
    return found


def _opened(deps: Deps, endpoint: Endpoint, sealed: bytes) -> str:
    return deps.vault.open(sealed, site_id=endpoint.site_id, comment_id=endpoint.id)
