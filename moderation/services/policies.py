"""Policies in force: what a site's owner wrote, with the lists that are edited at the desk."""

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import Final
from uuid import UUID

from moderation.domain.listing import Listing
from moderation.domain.policy import Policy, parse_policy
from moderation.domain.site import Site
from moderation.services.ports import Uow

parsed: Final[Callable[[str], Policy]] = lru_cache(maxsize=256)(parse_policy)


def policy_of(uow: Uow, site: Site) -> Policy:
    """Give the policy of one site as comments are judged by it."""
    return _joined(site.policy, uow.listings.in_force([site.id]).get(site.id))


def policies_of(uow: Uow, site_ids: Collection[UUID]) -> Mapping[UUID, Policy]:
    """Give the policies of these sites; raises LookupError where one is gone."""
    sites = {site_id: uow.sites.get(site_id) for site_id in site_ids}
    if None in sites.values():
        raise LookupError("A comment's site is gone.")
    listings = uow.listings.in_force(site_ids)
    return {site_id: _joined(site.policy, listings.get(site_id)) for site_id, site in sites.items() if site}


def with_lists(uow: Uow, site: Site, policy: Policy) -> Policy:
    """Give another policy as it would be at a site, with the lists that are in force there."""
    listing = uow.listings.in_force([site.id]).get(site.id)
    return listing.within(policy) if listing else policy


@lru_cache(maxsize=256)
def _joined(source: str, listing: Listing | None) -> Policy:
    """Join them once; a version of the lists never changes, so its id stands for it."""
    return listing.within(parsed(source)) if listing else parsed(source)
