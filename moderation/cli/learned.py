"""`lychgate learned`: what a site's moderators taught, version by version."""

from typing import Any
from uuid import UUID

import click

from moderation.cli.console import as_json, report, tell_whole
from moderation.cli.parts import parts
from moderation.domain.lesson import ModelState, ModelVersion
from moderation.domain.site import Site
from moderation.services import learning, sites


@click.command()
@click.argument("name")
@click.option("--rollback", "what", flag_value="rollback", help="Go back to the version before the one in use.")
@click.option("--off", "what", flag_value="off", help="Learn no more, and erase what was learnt.")
@click.option("--on", "what", flag_value="on", help="Learn from the decisions of people, those of the past included.")
@as_json
def learned(name: str, what: str | None, *, as_json: bool) -> None:
    """Show the versions of what a site's moderators taught, with figures; go back, or turn it off and on.

    Example: lychgate learned "The Daily"
    """
    site = sites.by_name(parts(), name)
    match what:
        case "rollback":
            _rolled_back(site, as_json=as_json)
        case "off" | "on":
            sites.change(parts(), site.id, learn=what == "on")
            said = "learns from its moderators' decisions" if what == "on" else "learns no more; what it learnt is gone"
            report(f"{site.name} {said}.", {"site": site.name, "learn": what == "on"}, as_json=as_json)
        case _:
            tell_whole(_document(site), as_json=as_json)


def _rolled_back(site: Site, *, as_json: bool) -> None:
    used = learning.roll_back(parts(), site.id)
    said = f"uses version {used.number} again" if used else "uses what the scorers say alone"
    report(f"{site.name} {said}.", {"site": site.name, "in_use": used and used.number}, as_json=as_json)


def _document(site: Site) -> dict[str, Any]:
    used, found = learning.versions(parts(), site.id)
    return {"site": site.name, "learn": site.learn, "versions": [_version(version, used) for version in found]}


def _version(version: ModelVersion, used: UUID | None) -> dict[str, Any]:
    """Give a version; one that was adopted and is not in use any more is retired."""
    retired = version.state is ModelState.ADOPTED and version.id != used
    return {
        "number": version.number,
        "state": "in use" if version.id == used else "retired" if retired else version.state,
        "lessons": version.lessons,
        "created_at": version.created_at,
        "figures": {kind: _plain(told) for kind, told in version.figures.items()},
    }


def _plain(told: dict[str, Any]) -> dict[str, Any]:
    """Give figures flat, the scorer's own first."""
    flat = {key: value for key, value in told.items() if not isinstance(value, dict)}
    for who in ("base", "learnt", "used", "new"):
        flat |= {f"{who}_{name}": value for name, value in told.get(who, {}).items()}
    return flat
