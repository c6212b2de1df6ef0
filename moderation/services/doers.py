"""Doers: who stands beside what they wrote or banned, and what they are called: people, keys, and the operator."""

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from moderation.services.ports import Deps

OPERATOR_ID: Final = UUID(int=0)
"""In the place of an id for whoever runs the installation, who has none."""


def doer(deps: Deps) -> UUID:
    """Name on whose behalf something is done, so that it can be kept beside it."""
    return deps.by.id or OPERATOR_ID


def called(deps: Deps, site_ids: Collection[UUID], ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Tell the names of people and of these sites' keys; who is none of them is left out."""
    with deps.reading(None) as uow:
        names = dict(uow.people.names(ids))
    if not names.keys() >= set(ids) - {OPERATOR_ID}:
        for site_id in site_ids:
            with deps.reading(site_id) as uow:
                names |= {key.id: key.name for key in uow.keys.of(site_id) if key.id in ids}
    return names
