"""`lychgate key`: secret keys for servers."""

from typing import Any
from uuid import UUID

import click

from moderation.cli.console import as_json, report, tell, tell_all
from moderation.cli.parts import parts
from moderation.domain.scope import ApiKey, Scope
from moderation.services import keys, sites

site_option = click.option("--site", "site_name", required=True, help="The site's name, public key or id.")
SCOPES = click.Choice([scope.value for scope in Scope])
"""By their values, which travel; click offers the names of an enumeration."""


@click.group()
def key() -> None:
    """Make and end the keys with which servers call the API.

    Example: lychgate key list --site demo
    """


@key.command()
@site_option
@click.option("--name", default="server", show_default=True, help="What the key is for; people read it.")
@click.option("--scope", "scopes", multiple=True, required=True, type=SCOPES, help="Repeatable.")
@as_json
def add(site_name: str, name: str, scopes: tuple[str, ...], *, as_json: bool) -> None:
    """Make a key. Its secret is shown this once and kept as a hash.

    Example: lychgate key add --site demo --scope read --scope moderate
    """
    site = sites.by_name(parts(), site_name)
    made, secret = keys.create(parts(), site.id, name=name, scopes=[Scope(scope) for scope in scopes])
    shown = _shown(made) | {"secret": secret}
    tell(shown | {"key": secret} if as_json else shown, as_json=as_json)  # It is the key, and it is secret.


@key.command("list")
@site_option
@as_json
def list_(site_name: str, *, as_json: bool) -> None:
    """List a site's keys, revoked ones too; no secret is among them.

    Example: lychgate key list --site demo
    """
    found = keys.listed(parts(), sites.by_name(parts(), site_name).id)
    tell_all([_shown(item) for item in found], as_json=as_json, empty="This site has no keys yet.")


@key.command()
@site_option
@click.argument("key_id", type=click.UUID)
@as_json
def revoke(site_name: str, key_id: UUID, *, as_json: bool) -> None:
    """End a key for good, at once.

    Example: lychgate key revoke --site demo 0197f1c2-8e4b-7d31-9a55-3f6f0c0e2a10
    """
    site = sites.by_name(parts(), site_name)
    keys.revoke(parts(), site.id, key_id)
    (ended,) = (item for item in keys.listed(parts(), site.id) if item.id == key_id)
    report("The key is revoked.", _shown(ended), as_json=as_json)


def _shown(item: ApiKey) -> dict[str, Any]:
    return {
        "id": str(item.id),
        "name": item.name,
        "hint": item.hint,
        "scopes": sorted(item.scopes),
        "created_at": item.created_at,
        "last_used_at": item.last_used_at,
        "revoked_at": item.revoked_at,
    }
