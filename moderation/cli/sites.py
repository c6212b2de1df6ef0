"""`lychgate site`: tenants."""

from pathlib import Path
from typing import Any, Final

import click

from moderation.cli.console import as_json, report, tell, tell_all, warn
from moderation.cli.parts import parts
from moderation.domain.errors import Fault, Invalid
from moderation.domain.site import SPOKEN, Proof, Site
from moderation.services import members, sites
from moderation.wiring import starting_policy

_LISTED: Final = ("new_name", "origins", "required")
_EMPTIED: Final = ("close_after_days", "scorer_url", "language")
_SWITCHES: Final = ("share_campaigns", "confirm", "tell_authors", "members_only")


@click.group()
def site() -> None:
    """Add sites, and change what they have chosen.

    Example: lychgate site list
    """


@site.command()
@click.argument("name")
@click.option(
    "--origin", "origins", multiple=True, help="Where its pages live, such as https://example.com; repeatable."
)
@click.option("--policy", type=click.Choice(["default", "strict"]), default="default", show_default=True)
@as_json
def add(name: str, origins: tuple[str, ...], policy: str, *, as_json: bool) -> None:
    """Add a site and print its public key.

    Example: lychgate site add "The Weekly" --origin https://weekly.example
    """
    made = sites.create(parts(), name=name, origins=list(origins), policy=starting_policy(policy))
    tell({"id": str(made.id), "name": made.name, "site_key": made.key, "origins": list(made.origins)}, as_json=as_json)


@site.command("list")
@as_json
def list_(*, as_json: bool) -> None:
    """List the sites of this installation.

    Example: lychgate site list
    """
    rows = [{"id": str(item.id), "name": item.name, "site_key": item.key} for item in sites.listed(parts())]
    tell_all(rows, as_json=as_json, empty="There is no site yet; `lychgate site add NAME` makes one.")


@site.command()
@click.argument("name")
@as_json
def show(name: str, *, as_json: bool) -> None:
    """Show what a site has chosen, by its name, public key or id.

    Example: lychgate site show "The Daily"
    """
    tell(shown(sites.by_name(parts(), name)), as_json=as_json)


@site.command("set")
@click.argument("name")
@click.option("--name", "new_name", help="Call it something else.")
@click.option("--origin", "origins", multiple=True, help="Replaces all origins; repeatable.")
@click.option("--require", "required", multiple=True, type=click.Choice(["name", "email", "text"]), help="Repeatable.")
@click.option("--close-after-days", type=int, help="Close pages so many days after their first comment; 0 for never.")
@click.option(
    "--share-campaigns/--keep-campaigns",
    default=None,
    help="Compare comments with those of other sites here that share; only what they are like is compared.",
)
@click.option("--confirm/--no-confirm", default=None, help="Ask authors by mail to confirm their address.")
@click.option(
    "--tell-authors/--tell-no-authors", default=None, help="Let authors be told by mail of replies and decisions."
)
@click.option(
    "--language",
    type=click.Choice(["", *SPOKEN]),
    help="Of mails to authors, '' for that of the comment; and to moderators and invited people who chose none.",
)
@click.option(
    "--members-only/--everybody", default=None, help="Take comments of members alone, whom the site signed in."
)
@click.option(
    "--proof",
    type=click.Choice([*map(str, Proof)]),
    help="When a browser has to work before its comment may be published.",
)
@click.option("--scorer-url", help="Ask a scorer of the site's own at this address; '' for none.")
@click.option("--scorer-secret", type=click.File("r"), help="A file, or - for stdin, with the secret that signs.")
@click.option("--new-scorer-secret", is_flag=True, help="Make a new secret for the scorer; printed this once.")
@as_json
def set_(name: str, *, as_json: bool, **given: Any) -> None:
    """Change what a site has chosen; what is not named stays as it is.

    Example: lychgate site set "The Daily" --close-after-days 30
    """
    site_id = sites.by_name(parts(), name).id
    changed, secret = sites.change_and_tell(parts(), site_id, warn=warn, **_chosen(given))
    tell(shown(changed) | ({"scorer_secret": secret} if secret else {}), as_json=as_json)


def _chosen(given: dict[str, Any]) -> dict[str, Any]:
    """Give what was named, with nothing for what stands for nothing: no days, no address."""
    chosen = {"name" if key == "new_name" else key: given[key] for key in _LISTED if given[key]}
    chosen |= {key: given[key] or None for key in _EMPTIED if given[key] is not None}
    chosen |= {key: given[key] for key in _SWITCHES if given[key] is not None}
    if given["proof"]:
        chosen["proof"] = Proof(given["proof"])
    if given["new_scorer_secret"]:
        chosen["scorer_secret"] = None
    elif given["scorer_secret"] is not None:
        chosen["scorer_secret"] = given["scorer_secret"].read()
    return chosen


@site.command("member-secret")
@click.argument("name")
@click.option("--end", is_flag=True, help="Forget the secrets at once: no token counts any more.")
@as_json
def member_secret(name: str, *, end: bool, as_json: bool) -> None:
    """Make the secret with which a site signs tokens of its members; printed this once.

    The one before it counts for a day more.

    Example: lychgate site member-secret "The Daily"
    """
    found = sites.by_name(parts(), name)
    if end:
        changed = members.end(parts(), found.id)
        report(f"{found.name} signs nobody in from now on.", shown(changed), as_json=as_json)
        return
    changed, secret = members.rotate(parts(), found.id)
    told = {"site_key": found.key, "secret": secret, "old_secret_until": changed.old_member_until}
    tell(told, as_json=as_json)


@site.command()
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@as_json
def policy(name: str, file: Path | None, *, as_json: bool) -> None:
    """Print a site's policy, or replace it with a TOML file.

    Example: lychgate site policy "The Daily" strict.toml
    """
    found = sites.by_name(parts(), name)
    if file is not None:
        found = sites.change(parts(), found.id, policy=policy_in(file))
        report(f"{found.name} decides by {file} from now on.", _decides(found), as_json=as_json)
    elif as_json:
        tell(_decides(found), as_json=True)
    else:
        click.echo(found.policy, nl=False)


def _decides(found: Site) -> dict[str, Any]:
    return {"id": str(found.id), "name": found.name, "policy": found.policy}


def policy_in(file: Path) -> str:
    """Read a policy's text; raises Invalid where it is not written in UTF-8."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Invalid([Fault("/policy", "policy-not-toml", "This file is not written in UTF-8.")]) from None


def shown(found: Site) -> dict[str, Any]:
    """Give what people see of a site; its policy has a verb of its own."""
    return {
        "id": str(found.id),
        "name": found.name,
        "site_key": found.key,
        "origins": list(found.origins),
        "required": list(found.required),
        "close_after_days": found.close_after_days,
        "share_campaigns": found.share_campaigns,
        "learn": found.learn,
        "confirm": found.confirm,
        "tell_authors": found.tell_authors,
        "language": found.language,
        "members": found.member_secret is not None,
        "members_only": found.members_only,
        "proof": found.proof,
        "scorer_url": found.scorer_url,
    }
