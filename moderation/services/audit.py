"""The audit: who did what at which site, to be read page by page or taken along whole."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from moderation.domain.audit import Act
from moderation.services.noting import note
from moderation.services.paging import Page, paged, place
from moderation.services.ports import Deps, Row

BATCH: Final = 500


def trail(
    deps: Deps, site_ids: Sequence[UUID], wanted: Mapping[str, Any], *, cursor: str | None = None, limit: int = 50
) -> Page:
    """Give a page of what was done at these sites, the latest first; what concerned several is there once."""
    purpose = f"audit:{sorted(map(str, site_ids))}:{sorted((key, str(value)) for key, value in wanted.items())}"
    return paged(deps, _rows(deps, site_ids, wanted, place(deps, cursor, purpose), limit + 1), purpose, limit)


def export(deps: Deps, site_ids: Sequence[UUID], wanted: Mapping[str, Any]) -> Iterator[Row]:
    """Give everything that was done at these sites, the latest first; that it was taken along is written down first."""
    with deps.uow(None) as uow:
        note(deps, uow, Act.AUDIT_EXPORTED, site_ids)
        uow.commit()
    return _all(deps, site_ids, wanted)


@dataclass(frozen=True, slots=True)
class Names:
    """What people and keys are called: whoever may be spoken of, and of these who is there today."""

    known: Mapping[UUID, str]
    present: Mapping[UUID, str]


def names(deps: Deps, site_ids: Sequence[UUID]) -> Names:
    """Tell what the people and keys of these sites are called, and people who were there once."""
    with deps.reading(None) as uow:
        everybody = uow.people.all()
    present = {one.id: one.name for one in everybody if set(site_ids) & set(one.sites())}
    for site_id in site_ids:
        with deps.reading(site_id) as uow:
            present |= {key.id: key.name for key in uow.keys.of(site_id)}
    return Names({**{one.id: one.name for one in everybody}, **present}, present)


def _all(deps: Deps, site_ids: Sequence[UUID], wanted: Mapping[str, Any]) -> Iterator[Row]:
    after: UUID | None = None
    while rows := _rows(deps, site_ids, wanted, after, BATCH):
        yield from rows
        after = rows[-1]["id"]


def _rows(deps: Deps, site_ids: Sequence[UUID], wanted: Mapping[str, Any], after: UUID | None, limit: int) -> list[Row]:
    """Read each site's part in its own name."""
    found = dict[UUID, Row]()
    for site_id in site_ids:
        with deps.views(site_id) as views:
            for row in views.trail(site_id, wanted, after=after, limit=limit):
                told = found.setdefault(row["id"], {**row, "sites": []})
                told["sites"].append(site_id)
    return sorted(found.values(), key=itemgetter("id"), reverse=True)[:limit]
