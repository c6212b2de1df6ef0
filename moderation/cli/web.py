"""`lychgate web`: the process that serves; this one only watches over the one that does."""

import click

from config.settings import Settings
from moderation.embedded.lock import only_web

BACKLOG = 1024
GRACE = 10
"""Seconds that requests in flight have when we are asked to end."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535))
def web(host: str, port: int) -> None:
    """Serve the HTTP API; any number of these on PostgreSQL, one on SQLite.

    Example: lychgate web --host 0.0.0.0 --port 8080
    """
    from granian import Granian  # noqa: PLC0415 (`lychgate --help` needs no server)
    from granian.constants import Interfaces  # noqa: PLC0415

    settings = Settings.load()
    with only_web(settings.sqlite_path):
        Granian(
            "moderation.app:application",
            factory=True,
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=1,
            blocking_threads=settings.threads,
            backlog=BACKLOG,
            websockets=False,
            log_enabled=False,
            workers_kill_timeout=GRACE,
        ).serve()
