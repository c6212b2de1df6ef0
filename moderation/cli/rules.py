"""`lychgate rules`: what a site asks of its commenters."""

from typing import Any

import click

from moderation.cli.console import as_json, report, tell, tell_all
from moderation.cli.keys import site_option
from moderation.cli.parts import parts
from moderation.domain.errors import NotFound
from moderation.domain.house_rule import HouseRule
from moderation.domain.site import Site
from moderation.domain.starters import STARTERS
from moderation.services import house_rules, sites

CODES = click.Choice([each.code for each in STARTERS])


@click.group()
def rules() -> None:
    """Say what a site asks of its commenters; rejections cite these rules, and authors read them.

    Example: lychgate rules list --site demo
    """


@rules.command("list")
@site_option
@as_json
def list_(site_name: str, *, as_json: bool) -> None:
    """List a site's house rules, in their order.

    Example: lychgate rules list --site demo
    """
    found = house_rules.listed(parts(), sites.by_name(parts(), site_name).id)
    empty = "This site has no house rules yet; `lychgate rules begin` offers some."
    tell_all([_shown(rule) for rule in found], as_json=as_json, empty=empty)


@rules.command()
@site_option
@click.option("--only", "codes", multiple=True, type=CODES, help="Only these; repeatable.")
@as_json
def begin(site_name: str, codes: tuple[str, ...], *, as_json: bool) -> None:
    """Take over rules that are offered to begin with; what the site has under the same code stays as it is.

    Example: lychgate rules begin --site demo
    """
    wanted = codes or tuple(each.code for each in STARTERS)
    made = house_rules.begin(parts(), sites.by_name(parts(), site_name).id, wanted)
    report(f"Taken over: {len(made)}.", {"rules": [rule.code for rule in made]}, as_json=as_json)


@rules.command()
@site_option
@click.argument("title")
@click.option("--text", required=True, help="What authors read below the title.")
@click.option("--guidance", default="", help="For moderators alone, with examples.")
@click.option("--code", help="Its stable word; without it, one is made of the title.")
@click.option("--reason", "reasons", multiple=True, help="A reason for which it is chosen beforehand; repeatable.")
@as_json
def add(site_name: str, *, as_json: bool, **choices: Any) -> None:
    """Add a rule behind the others.

    Example: lychgate rules add --site demo "Be brief" --text "Use few words."
    """
    site = sites.by_name(parts(), site_name)
    tell(_shown(house_rules.add(parts(), site.id, **choices)), as_json=as_json)


@rules.command("set")
@site_option
@click.argument("code")
@click.option("--title", help="What authors read first.")
@click.option("--text", help="What authors read below the title.")
@click.option("--guidance", help="For moderators alone, with examples.")
@click.option("--reason", "reasons", multiple=True, help="In place of those it had; repeatable.")
@click.option(
    "--position", type=click.IntRange(1), help="Its place; the first is cited where no reason says otherwise."
)
@click.option("--active/--resting", default=None, help="Whether it may be cited.")
@as_json
def set_(site_name: str, code: str, *, as_json: bool, **choices: Any) -> None:
    """Change a rule. Other words make another version; whoever was told it before reads the old one.

    Example: lychgate rules set --site demo civil --position 1
    """
    site = sites.by_name(parts(), site_name)
    named = {name: value for name, value in choices.items() if value not in {None, ()}}
    tell(_shown(house_rules.change(parts(), site.id, _found(site, code).id, **named)), as_json=as_json)


@rules.command()
@site_option
@click.argument("code")
@as_json
def remove(site_name: str, code: str, *, as_json: bool) -> None:
    """Remove a rule; whoever was told it reads it still.

    Example: lychgate rules remove --site demo readable
    """
    site = sites.by_name(parts(), site_name)
    house_rules.remove(parts(), site.id, _found(site, code).id)
    report(f"{code} is removed.", {"code": code}, as_json=as_json)


def _found(site: Site, code: str) -> HouseRule:
    found = next((rule for rule in house_rules.listed(parts(), site.id) if rule.code == code), None)
    if found is None:
        raise NotFound(f"There is no rule {code!r}; `lychgate rules list` shows those there are.")
    return found


def _shown(rule: HouseRule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "version": rule.version,
        "title": rule.title,
        "text": rule.text,
        "guidance": rule.guidance,
        "reasons": list(rule.reasons),
        "active": rule.active,
    }
