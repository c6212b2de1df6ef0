"""`lychgate queue`: what waits, or whatever else is looked for, at one site or all of them."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import click

from moderation.cli.console import as_json, tell_all
from moderation.cli.parts import parts
from moderation.domain.comment import Status
from moderation.domain.site import Site
from moderation.services import desk, sites

PAGE = 50
EXCERPT = 200
ALL = "all"
STATES = [str(status) for status in Status if status is not Status.DELETED]


@click.command()
@click.option("--site", "site_name", help="One site, by name, key or id; else all of them.")
@click.option("--status", default=str(Status.HELD), show_default=True, type=click.Choice([*STATES, ALL]))
@click.option("--appealed", is_flag=True, help="Only what an author appeals and nobody decided yet, in any state.")
@click.option("--search", default="", help='Words in text or name: all of them; "a phrase", -without, begin*.')
@click.option("--thread", help="One page, by its id.")
@click.option("--reason", help="One reason, such as toxicity.")
@click.option("--lang", help="One language, such as en.")
@click.option("--sort", default="newest", show_default=True, type=click.Choice(["newest", "oldest", "worth"]))
@click.option("--limit", default=PAGE, show_default=True, type=click.IntRange(1), help="How many.")
@as_json
def queue(
    site_name: str | None,
    status: str,
    sort: str,
    limit: int,
    *,
    appealed: bool,
    as_json: bool,
    **narrowed: str | None,
) -> None:
    """List comments that wait, or that are looked for, with their texts.

    Example: lychgate queue --site demo --status all --search "garden -roses"
    """
    if appealed:
        status = ALL
    if sort == "worth" and status != Status.HELD:
        raise click.BadParameter("only what is held is kept by its worth.", param_hint="--sort")
    chosen = [sites.by_name(parts(), site_name)] if site_name else sites.listed(parts())
    wanted = _filters(status, sort, narrowed) | {"appealed": appealed}
    rows = [_listed(row, chosen) for row in islice(_rows(chosen, wanted), limit)]
    tell_all(rows, as_json=as_json, empty="No comment is like that.")


def _filters(status: str, sort: str, narrowed: Mapping[str, str | None]) -> dict[str, Any]:
    told = {"q": narrowed["search"], "thread": narrowed["thread"], "reason": narrowed["reason"]}
    return told | {"sort": sort, "language": narrowed["lang"], "status": None if status == ALL else Status(status)}


def _rows(chosen: list[Site], wanted: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    cursor: str | None = None
    while True:
        page = desk.queue(parts(), [site.id for site in chosen], wanted, cursor=cursor, limit=PAGE)
        yield from page.rows
        cursor = page.next
        if cursor is None:
            return


def _listed(row: Mapping[str, Any], chosen: list[Site]) -> dict[str, Any]:
    text = " ".join(row["text"].split())
    return {
        "id": str(row["id"]),
        "site": next(site.name for site in chosen if site.id == row["site_id"]),
        "thread": row["thread"],
        "status": str(row["status"]),
        "reasons": ", ".join(row["reasons"]),
        "name": row["name"],
        "text": text if len(text) <= EXCERPT else f"{text[:EXCERPT]}…",
        "received_at": row["received_at"],
    }
