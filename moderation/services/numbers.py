"""Numbers: public comments for those who know them by whole numbers and turn pages by counting."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from moderation.domain.comment import Status
from moderation.domain.number import number_of, span_of
from moderation.domain.site import Site
from moderation.services.ports import Deps, Row, Views

MOST: Final = 10_000
"""Comments are counted up to here, and no page begins beyond it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which public comments of a site are wanted; None where all are."""

    threads: Sequence[str] | None = None
    parents: Sequence[int] | None = None
    """By their numbers; zero stands for what answers nobody."""
    newest: bool = True
    offset: int = 0
    limit: int = 10


@dataclass(frozen=True, slots=True)
class Found:
    """Some of what was wanted, and how much there is of it in all, up to ten thousand."""

    rows: Sequence[Row]
    total: int


def find(deps: Deps, site: Site, number: int) -> Row | None:
    """Give the public comment of this number; the oldest, should two share it."""
    with deps.views(site.id) as views:
        rows = _of_numbers(views, site, [number])
    return next((row for row in rows if row["status"] is Status.APPROVED), None)


def listed(deps: Deps, site: Site, wanted: Wanted) -> Found:
    """Give a page of public comments, over all threads or some of them."""
    with deps.views(site.id) as views:
        parents = None if wanted.parents is None else _parents(views, site, wanted.parents)
        within = {"threads": wanted.threads, "parents": parents}
        total = views.publicly(site.id, within, most=MOST)
        if wanted.offset >= total:
            return Found((), total)
        rows = views.public(site.id, within, newest=wanted.newest, offset=wanted.offset, limit=wanted.limit)
    return Found(rows, total)


def _parents(views: Views, site: Site, numbers: Sequence[int]) -> list[UUID | None]:
    """Give the ids of what is answered; a number that names nothing has no answers either."""
    named = _of_numbers(views, site, [number for number in numbers if number])
    return [*(row["id"] for row in named), *([None] if 0 in numbers else [])]


def _of_numbers(views: Views, site: Site, numbers: Sequence[int]) -> list[Row]:
    spans = [span for number in numbers if (span := span_of(number))]
    rows = views.between(site.id, spans) if spans else []
    return [row for row in rows if number_of(row["id"]) in numbers]
