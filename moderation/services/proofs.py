"""Proofs of work: who is asked for one."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from moderation.domain.site import Proof, Site
from moderation.services.limits import network_limit, risk_of, site_limit
from moderation.services.ports import Deps, Limit

ASKED = 0.5
"""A challenge is given from this share of what makes a proof due, so that nobody is held who came in between."""


def challenge(deps: Deps, site: Site, thread: str, address: str | None) -> Mapping[str, Any] | None:
    """Give a challenge for a comment on a page; None where none would be asked for. Raises TooMany for haste."""
    if site.proof is Proof.OFF or (site.proof is Proof.RISKY and _risk(deps, site, address) < ASKED):
        return None
    if address:
        place = network_limit(deps, site.id, address).key
        deps.limits.admit([Limit("challenges", 60, timedelta(minutes=10), place)])
    return deps.proofs.challenge(site.id, thread, deps.now())


def _risk(deps: Deps, site: Site, address: str | None) -> float:
    """Look how busy it is, which counts as nothing."""
    limits = [site_limit(site.id), *([network_limit(deps, site.id, address)] if address else [])]
    return risk_of(deps.limits.look(limits))
