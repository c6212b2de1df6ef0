"""`lychgate up`: everything on this machine, in one process tree."""

import json
import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen
from uuid import UUID

import click

from config.logs import configure
from config.settings import PREFIX, Settings
from moderation.adapters.broker import silent
from moderation.adapters.db import migrate
from moderation.cli import receiver
from moderation.cli.console import console, data_option
from moderation.cli.listening import free_port
from moderation.domain.person import Role
from moderation.domain.scope import Scope
from moderation.embedded.credentials import FILE, Credentials
from moderation.embedded.lock import sole_owner
from moderation.embedded.supervisor import Child, Supervisor
from moderation.embedded.valkey import Valkey
from moderation.services import keys, people, sites
from moderation.services.ports import Deps
from moderation.wiring import build, own_lists, starting_policy

DEMO: Final = "demo"
OWNER: Final = "owner"
LOGS: Final = "logs"
NOBODY_ELSE: Final = 0o077
"""What is written from here on, by our children too, is for its owner alone."""


@click.command()
@data_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--with-receiver", is_flag=True, help="Start the sample receiver too, and let it hear of events.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON line on stdout once ready.")
def up(data: Path, host: str, port: int, *, with_receiver: bool, as_json: bool) -> None:
    """Start everything on this machine: database, broker, web, workers and sweep. Ctrl-C stops it all.

    What was taken in is kept in the data folder across restarts.

    Example: lychgate up --data var --port 8080
    """
    configure("warning")
    os.umask(NOBODY_ELSE)
    data = data.resolve()
    with sole_owner(data), ExitStack() as closing:
        url = f"http://{_shown(host)}:{free_port(host, port)}"
        broker = None if f"{PREFIX}BROKER_URL" in os.environ else Valkey.found()
        if broker:
            closing.callback(broker.close)
        kept = Credentials.of(data)
        credentials = replace(kept, url=url, broker_url=broker.url if broker else None)
        here = receiver.LOOPBACK if with_receiver else {}
        chosen = here | _environment(data, credentials)
        credentials = _first_start(data, kept.url, credentials, chosen)
        chosen = here | _environment(data, credentials)
        children = _children(data, host, url, chosen, broker)
        if with_receiver:
            children.append(receiver.child(_settings(chosen), credentials.site_key, data / LOGS))
        console.print("Starting the broker, a worker, the sweep and the web…")
        Supervisor(children).run(lambda: _say(credentials, data, first=not kept.console_password, as_json=as_json))


def _environment(data: Path, credentials: Credentials) -> dict[str, str]:
    """Give the children's settings; what the operator has set stays as it is."""
    return credentials.environment(data) | dict(os.environ)


def _first_start(data: Path, last: str | None, credentials: Credentials, chosen: Mapping[str, str]) -> Credentials:
    """Migrate; make the demo site and its key if there is none; let its pages be where we are now."""
    credentials.keep(data)
    settings = _settings(chosen)
    own_lists(settings)  # Faults are told here, and not in a log.
    migrate.upgrade(settings.database_url)
    deps = build(settings, ring=silent)
    try:
        credentials = _with_demo(deps, credentials, last)
    finally:
        deps.close()
    credentials.keep(data)
    return credentials


def _settings(chosen: Mapping[str, str]) -> Settings:
    """Read settings as our children will."""
    names = {name: f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    return Settings.load(**{name: chosen[variable] for name, variable in names.items() if variable in chosen})


def _with_demo(deps: Deps, credentials: Credentials, last: str | None) -> Credentials:
    """Make the demo site, or let its pages be where we are now and no more where we were last."""
    demo = next((site for site in sites.listed(deps) if site.key == credentials.site_key or site.name == DEMO), None)
    here, before = _origins(credentials.url), _origins(last)
    if demo is None:
        demo = sites.create(deps, name=DEMO, origins=here, policy=starting_policy("default"))
    elif not set(here) <= set(demo.origins):
        others = [origin for origin in demo.origins if origin not in {*before, *here}]
        demo = sites.change(deps, demo.id, origins=(*others, *here))
    if credentials.api_key is None or keys.recognise(deps, credentials.api_key) is None:
        _, secret = keys.create(deps, demo.id, name="up", scopes=list(Scope))
        credentials = replace(credentials, api_key=secret)
    return replace(_with_owner(deps, credentials, demo.id), site_key=demo.key)


def _with_owner(deps: Deps, credentials: Credentials, site_id: UUID) -> Credentials:
    """Make somebody who owns the demo site, on the first start; nobody is made again."""
    if people.listed(deps):
        return credentials
    owner, password = people.create(deps, name=OWNER, roles={site_id: Role.OWNER})
    return replace(credentials, console_user=owner.name, console_password=password)


def _origins(url: str | None) -> list[str]:
    """Give the origins under which a browser on this machine knows an address of ours."""
    return list(dict.fromkeys([url, url.replace("//127.0.0.1:", "//localhost:")])) if url else []


def _children(data: Path, host: str, url: str, env: Mapping[str, str], broker: Valkey | None) -> list[Child]:
    """Name our processes in the order in which they start.

    Worker and web come up side by side; the sweep, for which nothing waits yet, leaves the cores to them until then.
    """
    logs = data / LOGS
    logs.mkdir(exist_ok=True)
    port = url.rpartition(":")[2]
    own = [sys.executable, "-m", "moderation.cli"]
    started = [
        Child(name="worker", argv=[*own, "worker"], env=env, output=logs / "worker.log", grace=10),
        Child(
            name="web",
            argv=[*own, "web", "--host", host, "--port", port],
            env=env,
            output=logs / "web.log",
            ready=lambda: _answers(f"{url}/readyz"),
            patience=30,
            grace=12,
        ),
        Child(name="sweep", argv=[*own, "sweep"], env=env, output=logs / "sweep.log"),
    ]
    if broker:
        output = logs / "broker.log"
        started.insert(0, Child(name="broker", argv=broker.argv, ready=broker.ready, output=output, leaned_on=True))
    return started


def _say(credentials: Credentials, data: Path, *, first: bool, as_json: bool) -> None:
    """Tell where to look; programs get exactly one line of JSON."""
    if as_json:
        click.echo(json.dumps(_facts(credentials)))
        sys.stdout.flush()
        return
    for line in lines(credentials, data, first=first):
        console.print(line, soft_wrap=True)


def _facts(credentials: Credentials) -> dict[str, str | None]:
    url = credentials.url
    return {
        "url": url,
        "site_key": credentials.site_key,
        "api_key": credentials.api_key,
        "demo_url": f"{url}/demo/",
        "console_url": f"{url}/console/",
        "console_user": credentials.console_user,
        "console_password": credentials.console_password,
    }


def lines(credentials: Credentials, data: Path, *, first: bool) -> tuple[str, ...]:
    """Give what people are told; the password of the desk is shown once, and kept in the data folder."""
    url, user = credentials.url, credentials.console_user
    known = f"with {credentials.console_password}" if first else f"password: {data / FILE}"
    return (
        "",
        "[bold green]Lychgate is open.[/] Ctrl-C closes it.",
        "",
        f"  Leave a reply   {url}/demo/",
        f"  The desk        {url}/console/   (sign in as {user}, {known})",
        f"  The API         {url}/docs",
        f"  Site key        {credentials.site_key}   (public: for pages)",
        f"  API key         {credentials.api_key}   (secret: for servers)",
        "",
        '  Or from another terminal: lychgate say "Lovely photos!"',
        "  To try what the guides show, paste this there first:",
        "",
        f"export URL={url} SITE_KEY={credentials.site_key} API_KEY={credentials.api_key}",
        "",
    )


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=1) as answer:  # noqa: S310 (our own address)
            return bool(answer.status == 200)  # noqa: PLR2004
    except (URLError, OSError):
        return False


def _shown(host: str) -> str:
    """Write a host as addresses do; what listens everywhere is reached here."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (it is named, not bound)
    return f"[{reached}]" if ":" in reached else reached
