"""Threads: what readers see."""

from collections.abc import Sequence

from moderation.domain.site import Site
from moderation.domain.thread import Thread
from moderation.services.paging import Page, paged, place
from moderation.services.ports import Deps, Row

NEWEST = "newest"


def find(deps: Deps, site: Site, key: str) -> Thread | None:
    """Give the thread of a page; None before its first comment."""
    with deps.reading(site.id) as uow:
        return uow.threads.find(site.id, key)


def read(deps: Deps, thread: Thread, *, sort: str, cursor: str | None, limit: int) -> Page:
    """Give a page of a thread's public comments, oldest first unless `sort` is "newest"."""
    purpose = f"thread:{thread.id}:{sort}"
    after = place(deps, cursor, purpose)
    with deps.views(thread.site_id) as views:
        rows = views.thread_page(thread.id, newest=sort == NEWEST, after=after, limit=limit + 1)
    return paged(deps, rows, purpose, limit)


def pinned(deps: Deps, thread: Thread) -> Sequence[Row]:
    """Give the public comments that stand before all others of a thread, the latest pinned first."""
    if not thread.pins:
        return ()
    with deps.views(thread.site_id) as views:
        return views.pinned(thread.id, thread.pins)


def recent(deps: Deps, site: Site, *, sort: str, cursor: str | None, limit: int) -> Page:
    """Give a page of a site's public comments over all its threads, newest first if `sort` is "newest"."""
    purpose = f"recent:{site.id}:{sort}"
    after = place(deps, cursor, purpose)
    with deps.views(site.id) as views:
        rows = views.recent(site.id, newest=sort == NEWEST, after=after, limit=limit + 1)
    return paged(deps, rows, purpose, limit)


def counts(deps: Deps, site: Site, keys: Sequence[str]) -> dict[str, int]:
    """Count the public comments of many pages; a page without a thread has none."""
    with deps.views(site.id) as views:
        return views.counts(site.id, keys)
