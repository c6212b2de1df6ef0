"""Members: whom a site's token names, and the secrets that sign such tokens."""

from dataclasses import replace
from uuid import UUID

from moderation.domain.audit import Act
from moderation.domain.errors import NotFound, Unauthenticated
from moderation.domain.member import OVERLAP, Member, member_of, new_member_secret
from moderation.domain.site import Site
from moderation.services.noting import note
from moderation.services.ports import Deps, Uow


def recognise(deps: Deps, site: Site, token: str) -> Member:
    """Say whom a token names, also where it is over; raises Unauthenticated for one that this site did not sign."""
    now = deps.now()
    sealed = [site.member_secret] if site.member_secret else []
    if site.old_member_secret and site.old_member_until and now < site.old_member_until:
        sealed.append(site.old_member_secret)
    claims = deps.claims_of(token, [_opened(deps, site, each) for each in sealed])
    if claims is None:
        raise Unauthenticated("This site did not sign this token.", code="member-token-invalid")
    return member_of(claims, site.key, now)


def rotate(deps: Deps, site_id: UUID) -> tuple[Site, str]:
    """Make a secret for a site's tokens, told this once; for a day the one before it counts too."""
    secret = new_member_secret()
    with deps.uow(site_id) as uow:
        found = _held(uow, site_id)
        old_until = deps.now() + OVERLAP if found.member_secret else None
        sealed = deps.vault.seal(secret, site_id=site_id, comment_id=site_id)
        changed = replace(
            found, member_secret=sealed, old_member_secret=found.member_secret, old_member_until=old_until
        )
        uow.sites.save(changed)
        note(deps, uow, Act.SECRET_ROTATED, [site_id], of="members")
        uow.commit()
    return changed, secret


def end(deps: Deps, site_id: UUID) -> Site:
    """Forget a site's secrets at once, so that no token counts any more; what members wrote stays theirs.

    Where only they may comment, nobody may until there is another secret: that one leaked opens no door.
    """
    with deps.uow(site_id) as uow:
        found = _held(uow, site_id)
        changed = replace(found, member_secret=None, old_member_secret=None, old_member_until=None)
        uow.sites.save(changed)
        note(deps, uow, Act.SITE_CHANGED, [site_id], changed=["member_secret"])
        uow.commit()
    return changed


def _held(uow: Uow, site_id: UUID) -> Site:
    site = uow.sites.hold(site_id)
    if site is None:
        raise NotFound("There is no such site.")
    return site


def _opened(deps: Deps, site: Site, sealed: bytes) -> str:
    return deps.vault.open(sealed, site_id=site.id, comment_id=site.id)
