"""The sample receiver that `up --with-receiver` starts and lets hear of every event of the demo site."""

import os
import sys
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

import moderation
from config.settings import PREFIX, Settings
from moderation.adapters.broker import silent
from moderation.cli.console import console
from moderation.cli.listening import free_port
from moderation.embedded.process import CannotStart
from moderation.embedded.supervisor import Child
from moderation.services import sites, webhooks
from moderation.services.ports import Deps
from moderation.wiring import build

PROGRAM: Final = Path(moderation.__file__).parents[1] / "examples" / "receiver" / "receiver.py"
LOOPBACK: Final = {f"{PREFIX}OUTBOUND_ALLOW": "127.0.0.0/8"}
"""What workers may reach beside public servers, so that they reach it; an operator's own choice comes first."""
NAME: Final = "sample receiver"


def child(settings: Settings, site_key: str | None, logs: Path) -> Child:
    """Let the demo site's events go to a receiver here, and give it as a process; says that loopback is open to it."""
    if not PROGRAM.exists():
        raise CannotStart("The sample receiver comes with the sources alone; it is not installed here.")
    port = free_port("127.0.0.1", 0)
    with closing(build(settings, ring=silent)) as deps:
        secret = _wired(deps, site_key or "", f"http://127.0.0.1:{port}/hooks")
    told = f"Workers may send to this machine (127.0.0.0/8). What comes is at http://127.0.0.1:{port}/"
    console.print(told, soft_wrap=True)
    env = {**os.environ, "WEBHOOK_SECRET": secret, "PORT": str(port)}
    ready = f"http://127.0.0.1:{port}/"
    return Child(
        name="receiver",
        argv=[sys.executable, str(PROGRAM)],
        env=env,
        output=logs / "receiver.log",
        ready=lambda: _answers(ready),
    )


def _wired(deps: Deps, site_key: str, url: str) -> str:
    """Let the endpoint of an earlier start lead here, or make one; give a secret of its own for this start."""
    site = sites.by_key(deps, site_key)
    known = next((each for each in webhooks.listed(deps, site.id) if each.description == NAME), None)
    if known is None:
        return webhooks.add(deps, site.id, url=url, description=NAME)[1]
    webhooks.change(deps, site.id, known.id, url=url, enabled=True)
    return webhooks.rotate(deps, site.id, known.id)[1]


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=1) as answer:  # noqa: S310 (our own address)
            return bool(answer.status == 200)  # noqa: PLR2004
    except (URLError, OSError):
        return False
