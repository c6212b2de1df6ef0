"""Serves any application as `lychgate web` serves ours: `python -m bench.serving bench.empty:application 8080`."""

import sys

from granian import Granian
from granian.constants import Interfaces

from moderation.cli.web import BACKLOG, GRACE

THREADS = 16


def main(application: str, port: str) -> None:
    """Serve until told to end, with the options of `lychgate web` and its default number of threads."""
    Granian(
        application,
        factory=True,
        port=int(port),
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        backlog=BACKLOG,
        websockets=False,
        log_enabled=False,
        workers_kill_timeout=GRACE,
    ).serve()


if __name__ == "__main__":
    main(*sys.argv[1:])
