"""Sites and their secret keys."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, select, update
from sqlalchemy.exc import IntegrityError

from moderation.adapters.db.models import ApiKeyRow, PolicyRow, SiteRow
from moderation.adapters.db.stores.base import Store, table
from moderation.adapters.db.types import db_now
from moderation.domain.errors import Conflict
from moderation.domain.policy import digest_of
from moderation.domain.scope import ApiKey, Scope
from moderation.domain.site import Site

SITE = table(SiteRow)
POLICY = table(PolicyRow)
KEY = table(ApiKeyRow)


class SqlSites(Store):
    """The tenants."""

    def by_key(self, key: str) -> Site | None:
        """Find a site by the public key that browsers send."""
        return _site(self.connection.execute(select(SITE).where(SITE.c.key == key)).mappings().first())

    def get(self, site_id: UUID) -> Site | None:
        """Find a site by its id."""
        return _site(self.connection.execute(select(SITE).where(SITE.c.id == site_id)).mappings().first())

    def hold(self, site_id: UUID) -> Site | None:
        """Find a site by its id, and let nobody else change it until the transaction ends."""
        held = select(SITE).where(SITE.c.id == site_id).with_for_update(key_share=True)
        return _site(self.connection.execute(held).mappings().first())

    def all(self) -> list[Site]:
        """List every site, oldest first."""
        return self._several(select(SITE))

    def some(self, site_ids: Collection[UUID]) -> list[Site]:
        """Give these sites, oldest first."""
        return self._several(select(SITE).where(SITE.c.id.in_(site_ids))) if site_ids else []

    def _several(self, wanted: Select[Any]) -> list[Site]:
        rows = self.connection.execute(wanted.order_by(SITE.c.id)).mappings()
        return [site for row in rows if (site := _site(row))]

    def add(self, site: Site) -> None:
        """Keep a new site; raises Conflict where its name is taken."""
        with _named():
            self.connection.execute(
                SITE.insert().values(id=site.id, key=site.key, created_at=site.created_at, **_own(site))
            )
        self._keep_policy(site)

    def save(self, site: Site) -> None:
        """Keep what an owner changed; raises Conflict where the name is taken."""
        with _named():
            self.connection.execute(update(SITE).where(SITE.c.id == site.id).values(**_own(site)))
        self._keep_policy(site)

    def _keep_policy(self, site: Site) -> None:
        """Keep the policy under its hash: records name it long after it was changed."""
        told = {"site_id": site.id, "digest": digest_of(site.policy), "source": site.policy, "since": db_now()}
        self.connection.execute(self.upsert(POLICY).values(told).on_conflict_do_nothing())

    def policies(self, site_id: UUID, digests: Collection[str]) -> Mapping[str, str]:
        """Give a site's policies, those of former days too, by their hashes."""
        of_site = select(POLICY.c.digest, POLICY.c.source).where(POLICY.c.site_id == site_id)
        rows = self.connection.execute(of_site.where(POLICY.c.digest.in_(digests)))
        return {row.digest: row.source for row in rows}


@contextmanager
def _named() -> Iterator[None]:
    """Let the database say whether a name is taken: the other site is invisible to this one's transaction."""
    try:
        yield
    except IntegrityError:
        raise Conflict("There is a site of that name already; choose another.", code="name-taken") from None


def _own(site: Site) -> dict[str, object]:
    return {
        "name": site.name,
        "origins": list(site.origins),
        "required": list(site.required),
        "close_after_days": site.close_after_days,
        "policy": site.policy,
        "share_campaigns": site.share_campaigns,
        "scorer_url": site.scorer_url,
        "scorer_secret": site.scorer_secret,
        "learn": site.learn,
        "confirm": site.confirm,
        "tell_authors": site.tell_authors,
        "language": site.language,
        "member_secret": site.member_secret,
        "old_member_secret": site.old_member_secret,
        "old_member_until": site.old_member_until,
        "members_only": site.members_only,
        "proof": site.proof,
    }


def _site(row: RowMapping | None) -> Site | None:
    if row is None:
        return None
    fields = dict(row)
    fields.pop("learning_until")
    return Site(**{**fields, "origins": tuple(fields["origins"]), "required": tuple(fields["required"])})


class SqlKeys(Store):
    """Secret keys, found by the hash of the secret."""

    def by_digest(self, digest: bytes) -> ApiKey | None:
        """Find the key whose secret has this hash, unless it is revoked."""
        found = select(KEY).where(KEY.c.digest == digest, KEY.c.revoked_at.is_(None))
        return _key(self.connection.execute(found).mappings().first())

    def add(self, key: ApiKey, digest: bytes) -> None:
        """Keep a new key by the hash of its secret."""
        self.connection.execute(
            KEY.insert().values(
                id=key.id,
                site_id=key.site_id,
                name=key.name,
                hint=key.hint,
                digest=digest,
                scopes=sorted(key.scopes),
                created_at=key.created_at,
            )
        )

    def of(self, site_id: UUID) -> list[ApiKey]:
        """List a site's keys, revoked ones too, oldest first."""
        rows = self.connection.execute(select(KEY).where(KEY.c.site_id == site_id).order_by(KEY.c.id)).mappings()
        return [key for row in rows if (key := _key(row))]

    def revoke(self, site_id: UUID, key_id: UUID, when: datetime) -> bool:
        """End a key for good; says whether there was a live one."""
        live = update(KEY).where(KEY.c.id == key_id, KEY.c.site_id == site_id, KEY.c.revoked_at.is_(None))
        return self.connection.execute(live.values(revoked_at=when)).rowcount == 1

    def used(self, key_id: UUID, when: datetime) -> None:
        """Remember when a key was last used."""
        self.connection.execute(update(KEY).where(KEY.c.id == key_id).values(last_used_at=when))


def _key(row: RowMapping | None) -> ApiKey | None:
    if row is None:
        return None
    fields = dict(row)
    fields.pop("digest")
    return ApiKey(**{**fields, "scopes": frozenset(map(Scope, fields["scopes"]))})
