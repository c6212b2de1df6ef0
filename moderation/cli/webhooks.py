"""`lychgate webhook`: where publishers hear of events."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import click

from moderation.cli.console import as_json, report, tell, tell_all, warn
from moderation.cli.keys import site_option
from moderation.cli.parts import parts
from moderation.domain.delivery import State
from moderation.domain.endpoint import Endpoint, Format
from moderation.domain.errors import Fault, Invalid
from moderation.domain.event import PREFIX, EventType
from moderation.services import sites, webhooks
from moderation.services.ports import Replay, Row

TYPES = click.Choice([kind.value for kind in EventType])
STATES = click.Choice([state.value for state in State])
FORMATS = click.Choice([form.value for form in Format])
MOST = 100


@click.group()
def webhook() -> None:
    """Say where a site's publisher hears of events, and see what became of them.

    Example: lychgate webhook list --site demo
    """


@webhook.command()
@site_option
@click.argument("url")
@click.option("--event", "events", multiple=True, type=TYPES, help="Only of these; repeatable.")
@click.option("--description", default="", help="What it is for; people read it.")
@click.option("--thread-prefix", help="Only of pages whose id begins with this.")
@click.option("--language", help="Only of comments in this language, such as en.")
@click.option("--header", "headers", multiple=True, help="`Name: value`, to go along with every event; repeatable.")
@click.option(
    "--format", "format_", type=FORMATS, default=Format.STANDARD.value, show_default=True, help="For a chat: its own."
)
@as_json
def add(site_name: str, url: str, headers: tuple[str, ...], format_: str, *, as_json: bool, **choices: Any) -> None:
    """Add an endpoint. Its secret, with which receivers verify, is shown this once and kept sealed.

    Example: lychgate webhook add --site demo https://www.example.com/hooks
    """
    site = sites.by_name(parts(), site_name)
    choices["format"] = Format(format_)
    choices["events"] = tuple(map(EventType, choices["events"]))
    made, secret = webhooks.add(parts(), site.id, url=url, headers=_read(headers), warn=warn, **choices)
    tell(_shown(made) | {"secret": secret}, as_json=as_json)


@webhook.command("list")
@site_option
@as_json
def list_(site_name: str, *, as_json: bool) -> None:
    """List a site's endpoints and how they fare; no secret is among them.

    Example: lychgate webhook list --site demo
    """
    found = webhooks.listed(parts(), sites.by_name(parts(), site_name).id)
    tell_all([_shown(item) for item in found], as_json=as_json, empty="Nobody hears of events on this site yet.")


@webhook.command("set")
@click.argument("endpoint_id", type=click.UUID)
@click.option("--url", help="Where events are posted.")
@click.option("--event", "events", multiple=True, type=TYPES, help="Only of these from now on; repeatable.")
@click.option("--all-events", is_flag=True, help="Of everything from now on.")
@click.option("--description", help="What it is for; people read it.")
@click.option("--thread-prefix", help='Only of pages whose id begins with this; "" for all.')
@click.option("--language", help='Only of comments in this language, such as en; "" for all.')
@click.option("--header", "headers", multiple=True, help="`Name: value`, in place of those before; repeatable.")
@click.option("--no-headers", is_flag=True, help="Let no header go along.")
@click.option("--format", "format_", type=FORMATS, help="For a chat: its own.")
@click.option("--enabled/--disabled", default=None, help="What waits for a disabled one is dead.")
@as_json
def set_(endpoint_id: UUID, *, as_json: bool, **typed: Any) -> None:
    """Change what an endpoint hears, where, or whether it hears anything; what is not named stays.

    Example: lychgate webhook set 0197f1c2-9a61-7c44-8d20-5b7e3a1f6c02 --enabled
    """
    choices = _named(typed)
    if not choices:
        raise click.UsageError("Name what is to change; --help lists it.")
    site_id = webhooks.site_of(parts(), endpoint_id)
    tell(_shown(webhooks.change(parts(), site_id, endpoint_id, warn=warn, **choices)), as_json=as_json)


@webhook.command()
@click.argument("endpoint_id", type=click.UUID)
@as_json
def remove(endpoint_id: UUID, *, as_json: bool) -> None:
    """Remove an endpoint with everything that was planned for it; nothing of it can be replayed.

    Example: lychgate webhook remove 0197f1c2-9a61-7c44-8d20-5b7e3a1f6c03
    """
    webhooks.remove(parts(), webhooks.site_of(parts(), endpoint_id), endpoint_id)
    report("It is gone, with everything that was planned for it.", {"removed": str(endpoint_id)}, as_json=as_json)


@webhook.command()
@click.argument("endpoint_id", type=click.UUID)
@as_json
def rotate(endpoint_id: UUID, *, as_json: bool) -> None:
    """Make a new secret, shown this once; for a day the one before it signs too.

    Example: lychgate webhook rotate 0197f1c2-9a61-7c44-8d20-5b7e3a1f6c02
    """
    site_id = webhooks.site_of(parts(), endpoint_id)
    changed, secret = webhooks.rotate(parts(), site_id, endpoint_id)
    tell(_shown(changed) | {"secret": secret}, as_json=as_json)


@webhook.command()
@click.argument("endpoint_id", type=click.UUID)
@as_json
def test(endpoint_id: UUID, *, as_json: bool) -> None:
    """Send a ping, which goes the way of every event; `deliveries` shows what became of it.

    Example: lychgate webhook test 0197f1c2-9a61-7c44-8d20-5b7e3a1f6c02
    """
    planned = webhooks.ping(parts(), webhooks.site_of(parts(), endpoint_id), endpoint_id)
    report("A ping is on its way.", {"delivery": str(planned.id)}, as_json=as_json)


@webhook.command()
@click.argument("endpoint_id", type=click.UUID)
@click.option("--state", type=STATES, help="Only those that stand like this.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, MOST))
@as_json
def deliveries(endpoint_id: UUID, state: str | None, limit: int, *, as_json: bool) -> None:
    """List what was planned for an endpoint, the newest first, with what was answered last.

    Example: lychgate webhook deliveries 0197f1c2-9a61-7c44-8d20-5b7e3a1f6c02
    """
    site_id = webhooks.site_of(parts(), endpoint_id)
    wanted = {"state": State(state)} if state else {}
    page = webhooks.deliveries(parts(), site_id, endpoint_id, wanted, cursor=None, limit=limit)
    tell_all([_delivery(row) for row in page.rows], as_json=as_json, empty="There is no such delivery.")


@webhook.command()
@click.argument("endpoint_id", type=click.UUID)
@click.option("--delivery", "chosen", multiple=True, type=click.UUID, help="This one; repeatable, up to 1000.")
@click.option("--since", help="Everything since this moment, also what was never planned: 2026-11-23T09:30:00Z.")
@as_json
def replay(endpoint_id: UUID, chosen: tuple[UUID, ...], since: str | None, *, as_json: bool) -> None:
    """Send once more, under the same ids and the oldest first: what is named, or every dead delivery.

    Example: lychgate webhook replay 0197f1c2-9a61-7c44-8d20-5b7e3a1f6c02
    """
    site_id = webhooks.site_of(parts(), endpoint_id)
    wanted = Replay(chosen or None, _moment(since) if since else None)
    planned, onwards = webhooks.replay(parts(), site_id, endpoint_id, wanted)
    while onwards:
        more, onwards = webhooks.replay(parts(), site_id, endpoint_id, wanted, cursor=onwards)
        planned += more
    report(f"On their way once more: {planned}.", {"planned": planned}, as_json=as_json)


def _named(typed: dict[str, Any]) -> dict[str, Any]:
    """Give what was named of an endpoint, as it is chosen."""
    choices = {name: typed[name] for name in ("url", "description", "enabled") if typed[name] is not None}
    choices |= {name: typed[name] or None for name in ("thread_prefix", "language") if typed[name] is not None}
    if typed["events"] or typed["all_events"]:
        choices["events"] = tuple(map(EventType, typed["events"]))
    if typed["headers"] or typed["no_headers"]:
        choices["headers"] = _read(typed["headers"])
    if typed["format_"]:
        choices["format"] = Format(typed["format_"])
    return choices


def _read(headers: tuple[str, ...]) -> dict[str, str]:
    pairs = (written.partition(":") for written in headers)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _moment(written: str) -> datetime:
    """Read a moment; one without a zone is in UTC."""
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        raise Invalid([Fault("/since", "instant-invalid", "Write a moment as 2026-11-23T09:30:00Z.")]) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _shown(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "id": str(endpoint.id),
        "url": endpoint.url,
        "description": endpoint.description,
        "events": [str(kind) for kind in endpoint.events],
        "thread_prefix": endpoint.thread_prefix,
        "language": endpoint.language,
        "headers": list(endpoint.header_names),
        "format": endpoint.format,
        "enabled": endpoint.enabled,
        "ended": endpoint.ended,
        "failures": endpoint.failures,
        "failing_since": endpoint.failing_since,
    }


def _delivery(row: Row) -> dict[str, Any]:
    last: Row = row["log"][-1] if row["log"] else {}
    return {
        "id": str(row["id"]),
        "event": f"{PREFIX}{row['event_id'] or row['id']}",
        "type": row["type"],
        "state": row["state"],
        "attempts": row["attempts"],
        "status": last.get("status"),
        "failure": last.get("failure"),
        "latency_ms": last.get("latency_ms"),
        "answer": last.get("answer", "").strip(),
        "planned_at": row["planned_at"],
        "due_at": row["due_at"] if row["state"] is State.WAITING else None,
    }
