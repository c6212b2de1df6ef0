"""`lychgate ban`: whose comments a site rejects, or lets a person read first."""

import sys
from typing import Any
from uuid import UUID

import click

from moderation.cli.console import as_json, tell, tell_all
from moderation.cli.keys import site_option
from moderation.cli.parts import parts
from moderation.domain.ban import TYPED, Ban, Effect, Mark
from moderation.services import bans, sites
from moderation.services.bans import DAYS, BanWish, Whom

PAGE = 100


@click.group()
def ban() -> None:
    """Say whose comments a site wants no more of, or reads first.

    Example: lychgate ban list --site demo
    """


@ban.command("list")
@site_option
@click.option("--limit", default=PAGE, show_default=True, type=click.IntRange(1), help="How many, newest first.")
@as_json
def list_(site_name: str, limit: int, *, as_json: bool) -> None:
    """List a site's bans, the newest first; those that ended are kept for a year.

    Example: lychgate ban list --site demo
    """
    site = sites.by_name(parts(), site_name)
    page = bans.listed(parts(), [site.id], cursor=None, limit=limit)
    tell_all([_shown(row["ban"]) for row in page.rows], as_json=as_json, empty="Nobody was banned here lately.")


@ban.command()
@site_option
@click.option("--reason", required=True, help="For whoever lifts this later; authors are not told.")
@click.option("--comment", "comment_id", type=click.UUID, help="Whoever wrote this comment.")
@click.option("--network", is_flag=True, help="With --comment: everybody in its author's network.")
@click.option(
    "--email",
    help="Whoever comments with this address and is not signed in by the site; - reads it from stdin. "
    "Only a hash is kept.",
)
@click.option("--member", help="The site's own id for somebody whom it signed in, whom no address meets.")
@click.option("--name", help="Everybody of this name; * stands for any characters.")
@click.option("--domain", help="Everybody with an address under this domain.")
@click.option("--read-first", is_flag=True, help="Do not reject what they send; let a person read it first.")
@click.option("--days", type=click.IntRange(DAYS[0], DAYS[-1]), help="For so many days; else without an end.")
@as_json
def add(site_name: str, *, read_first: bool, days: int | None, reason: str, as_json: bool, **meant: Any) -> None:
    """Ban somebody from the next comment on; what was decided stays as it is.

    Example: lychgate ban add --site demo --name "casino*" --reason "Sells."
    """
    mark, pattern = _mark(**meant)
    email = sys.stdin.readline() if meant["email"] == "-" else meant["email"]
    wish = BanWish(Effect.PREMODERATE if read_first else Effect.BAN, mark, reason, pattern, days)
    whom = Whom(meant["comment_id"], email, meant["member"])
    tell(_shown(bans.put(parts(), sites.by_name(parts(), site_name).id, whom, wish)), as_json=as_json)


@ban.command()
@site_option
@click.argument("ban_id", type=click.UUID)
@as_json
def lift(site_name: str, ban_id: UUID, *, as_json: bool) -> None:
    """End a ban from now on; it stays on record, and what it rejected stays rejected.

    Example: lychgate ban lift --site demo 0197f1c2-7b10-7f0e-8a44-2d9c5e6f7a03
    """
    tell(_shown(bans.end(parts(), sites.by_name(parts(), site_name).id, ban_id)), as_json=as_json)


def _mark(*, network: bool, name: str | None, domain: str | None, **_: Any) -> tuple[Mark, str]:
    """Say by what somebody is meant; who is meant by nothing of these is meant by their address."""
    said = [each for each in (name, domain, "network" if network else None) if each is not None]
    if len(said) > 1:
        raise click.UsageError("Name one of --network, --name and --domain.")
    if name is not None:
        return Mark.NAME, name
    return (Mark.DOMAIN, domain) if domain is not None else (Mark.NETWORK if network else Mark.ADDRESS, "")


def _shown(made: Ban) -> dict[str, Any]:
    return {
        "id": str(made.id),
        "effect": made.effect,
        "mark": made.mark,
        "pattern": made.value if made.mark in TYPED else None,
        "reason": made.reason,
        "created_at": made.created_at,
        "until": made.until,
        "in_force": made.holds(parts().now()),
        "lifted_at": made.lifted_at,
    }
