"""`lychgate thread`: pages."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from itertools import islice
from typing import Any
from uuid import UUID

import click

from moderation.cli.console import as_json, report, tell_all
from moderation.cli.keys import site_option
from moderation.cli.parts import parts
from moderation.domain.errors import NotFound
from moderation.domain.site import Site
from moderation.domain.text import clean_line
from moderation.domain.thread import TITLE_MAX, Thread, thread_key
from moderation.services import sites, threads
from moderation.services.ports import Deps

PAGE = 100


@click.group()
def thread() -> None:
    """List, rename, close, open and merge the pages that have comments.

    Example: lychgate thread list --site demo
    """


@thread.command("list")
@site_option
@click.option("--limit", default=PAGE, show_default=True, type=click.IntRange(1), help="How many, newest first.")
@as_json
def list_(site_name: str, limit: int, *, as_json: bool) -> None:
    """List a site's pages, newest first.

    Example: lychgate thread list --site demo
    """
    site = sites.by_name(parts(), site_name)
    rows = [_listed(row, site) for row in islice(_rows(parts(), site.id), limit)]
    tell_all(rows, as_json=as_json, empty="No page of this site has a comment yet.")


@thread.command()
@site_option
@click.argument("key")
@as_json
def close(site_name: str, key: str, *, as_json: bool) -> None:
    """Take no more comments on a page.

    Example: lychgate thread close --site demo article-1
    """
    _change(site_name, key, closed=True, as_json=as_json)


@thread.command("open")
@site_option
@click.argument("key")
@as_json
def open_(site_name: str, key: str, *, as_json: bool) -> None:
    """Take comments on a page again.

    Example: lychgate thread open --site demo article-1
    """
    _change(site_name, key, closed=False, as_json=as_json)


@thread.command()
@site_option
@click.argument("key")
@click.argument("title")
@as_json
def rename(site_name: str, key: str, title: str, *, as_json: bool) -> None:
    """Give a page another title, which moderators and feeds show; an empty one is none.

    Example: lychgate thread rename --site demo article-1 "A good harvest"
    """
    site = sites.by_name(parts(), site_name)
    named = clean_line(title, limit=TITLE_MAX)
    changed = sites.change_thread(parts(), site.id, _find(site, key), title=named)
    sentence = f"{key} is called {named!r} now." if named else f"{key} has no title now."
    report(sentence, _shown(changed, site), as_json=as_json)


@thread.command()
@site_option
@click.argument("key")
@click.argument("into")
@as_json
def merge(site_name: str, key: str, into: str, *, as_json: bool) -> None:
    """Move all comments of one page to another; the old address leads there from now on.

    Example: lychgate thread merge --site demo article-1-old article-1
    """
    site = sites.by_name(parts(), site_name)
    merged = sites.merge_threads(parts(), site.id, _find(site, key), _find(site, into))
    report(f"{key} is part of {into} now.", _shown(merged, site), as_json=as_json)


def _change(site_name: str, key: str, *, closed: bool, as_json: bool) -> None:
    site = sites.by_name(parts(), site_name)
    changed = sites.change_thread(parts(), site.id, _find(site, key), closed=closed)
    report(f"{key} is {'closed' if closed else 'open'}.", _shown(changed, site), as_json=as_json)


def _shown(found: Thread, site: Site) -> dict[str, Any]:
    closed = found.is_closed(site.close_after_days, parts().now())
    return {
        "id": str(found.id),
        "thread": found.key,
        "title": found.title,
        "approved": found.approved,
        "closed": closed,
    }


def _listed(row: Mapping[str, Any], site: Site) -> dict[str, Any]:
    return _shown(Thread(**{field.name: row[field.name] for field in fields(Thread)}), site)


def _find(site: Site, key: str) -> UUID:
    found = threads.find(parts(), site, thread_key(key, None))
    if found is None:
        raise NotFound(f"There is no page {key!r}; `lychgate thread list` shows those there are.")
    return found.id


def _rows(deps: Deps, site_id: UUID) -> Iterator[Mapping[str, Any]]:
    cursor: str | None = None
    while True:
        page = sites.threads(deps, site_id, cursor=cursor, limit=PAGE)
        yield from page.rows
        cursor = page.next
        if cursor is None:
            return
