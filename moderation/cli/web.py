"""`lychgate web`: the process that serves; this one only watches over the one that does."""

import os
import socket
from threading import Event, Thread

import click

from config.settings import Settings
from moderation.cli.console import announce, as_json
from moderation.cli.installation import adopt
from moderation.cli.listening import free_port
from moderation.embedded.lock import only_web

BACKLOG = 1024
GLANCE = 0.05
GRACE = 10
"""Seconds that requests in flight have when we are asked to end."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535))
@as_json
def web(host: str, port: int, *, as_json: bool) -> None:
    """Serve the HTTP API; any number of these on PostgreSQL, one on SQLite.

    Example: lychgate web --host 0.0.0.0 --port 8080
    """
    from granian import Granian  # noqa: PLC0415 (`lychgate --help` needs no server)
    from granian.constants import Interfaces  # noqa: PLC0415

    adopt()
    settings = Settings.load()
    with only_web(settings.sqlite_path):
        port = free_port(host, port)
        server = Granian(
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
        )
        if as_json:
            _announce_from(Thread(target=_announce, args=(host, port), daemon=True))
        server.serve()


def _announce_from(thread: Thread) -> None:
    """Start a thread once the process that serves is there: forked earlier, it would inherit what a thread holds."""

    def start() -> None:
        if thread.ident is None:
            thread.start()

    os.register_at_fork(after_in_parent=start)


def _announce(host: str, port: int) -> None:
    """Say where we listen, as soon as that is true: the process that serves opens the port by itself."""
    while not _listens(host, port):
        Event().wait(GLANCE)
    announce(listening=f"http://{f'[{host}]' if ':' in host else host}:{port}")


def _listens(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True
