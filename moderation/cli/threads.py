"""`lychgate thread`: pages."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import click

from moderation.cli.console import as_json, console, tell_all
from moderation.cli.keys import site_option
from moderation.cli.parts import parts
from moderation.domain.errors import NotFound
from moderation.domain.thread import thread_key
from moderation.services import sites, threads
from moderation.services.ports import Deps

PAGE = 100


@click.group()
def thread() -> None:
    """List, close, open and merge the pages that have comments.

    Example: lychgate thread list --site demo
    """


@thread.command("list")
@site_option
@click.option("--limit", default=PAGE, show_default=True, help="How many, newest first.")
@as_json
def list_(site_name: str, limit: int, *, as_json: bool) -> None:
    """List a site's pages, newest first.

    Example: lychgate thread list --site demo
    """
    rows = [
        {"id": str(row["id"]), "thread": row["key"], "title": row["title"], "approved": row["approved"]}
        | {"closed": row["closed_at"] is not None}
        for row, _ in zip(_rows(parts(), sites.by_name(parts(), site_name).id), range(limit), strict=False)
    ]
    tell_all(rows, as_json=as_json, empty="No page of this site has a comment yet.")


@thread.command()
@site_option
@click.argument("key")
def close(site_name: str, key: str) -> None:
    """Take no more comments on a page.

    Example: lychgate thread close --site demo article-1
    """
    _change(site_name, key, closed=True)


@thread.command("open")
@site_option
@click.argument("key")
def open_(site_name: str, key: str) -> None:
    """Take comments on a page again.

    Example: lychgate thread open --site demo article-1
    """
    _change(site_name, key, closed=False)


@thread.command()
@site_option
@click.argument("key")
@click.argument("into")
def merge(site_name: str, key: str, into: str) -> None:
    """Move all comments of one page to another; the old address leads there from now on.

    Example: lychgate thread merge --site demo article-1-old article-1
    """
    site_id = sites.by_name(parts(), site_name).id
    sites.merge_threads(parts(), site_id, _find(site_id, key), _find(site_id, into))
    console.print(f"{key} is part of {into} now.", markup=False)


def _change(site_name: str, key: str, *, closed: bool) -> None:
    site_id = sites.by_name(parts(), site_name).id
    sites.change_thread(parts(), site_id, _find(site_id, key), closed=closed)
    console.print(f"{key} is {'closed' if closed else 'open'}.", markup=False)


def _find(site_id: UUID, key: str) -> UUID:
    found = threads.find(parts(), sites.get(parts(), site_id), thread_key(key, None))
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
