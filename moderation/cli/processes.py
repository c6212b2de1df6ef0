"""`lychgate web`, `worker` and `sweep`: the processes of a production installation."""

import os
import signal
import sys
import threading

import click
import structlog

from config.queues import QUEUE_OF, QUEUES
from moderation.adapters.broker import Ringer
from moderation.cli.parts import settings
from moderation.domain.errors import TemporaryFailure
from moderation.embedded.lock import only_web
from moderation.services import sweep as sweeping
from moderation.services.ports import Bell
from moderation.wiring import build, celery_app

log = structlog.get_logger()
SWEEP_SECONDS = 0.5
HOUSEKEEPING_ROUNDS = 20


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535))
def web(host: str, port: int) -> None:
    """Serve the HTTP API; any number of these on PostgreSQL, one on SQLite.

    Example: lychgate web --host 0.0.0.0 --port 8080
    """
    from granian import Granian  # noqa: PLC0415 (only this process needs a server)
    from granian.constants import Interfaces  # noqa: PLC0415

    with only_web(settings().sqlite_path):
        Granian(
            "moderation.app:application",
            factory=True,
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=1,
            blocking_threads=settings().threads,
            backlog=1024,
            websockets=False,
            log_enabled=False,
            workers_kill_timeout=10,
        ).serve()


@click.command()
@click.option("--queues", default=",".join(QUEUES), show_default=True, help="Which kinds of work this one does.")
@click.option("--concurrency", default=2, show_default=True, type=click.IntRange(1, 64))
def worker(queues: str, concurrency: int) -> None:
    """Score, render, number events and keep house; any number of these.

    Example: lychgate worker --queues spam,toxicity --concurrency 4
    """
    settings()  # Faults are told here, in sentences, before Celery begins to speak.
    command = [sys.executable, "-m", "celery", "--app", "workers.app", "--quiet", "worker", "--loglevel", "WARNING"]
    options = ["--queues", queues, "--concurrency", str(concurrency), "-O", "fair"]
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    os.execv(sys.executable, [*command, *options, *alone])  # noqa: S606 (our own interpreter, our own arguments)


@click.command()
@click.option("--every", default=SWEEP_SECONDS, show_default=True, type=click.FloatRange(0.05, 60), help="Seconds.")
def sweep(every: float) -> None:
    """Ring for every row that is due and that nobody rang for; any number of these.

    Example: lychgate sweep
    """
    chosen = settings()
    deps = build(chosen)
    ringer = Ringer(celery_app(chosen.broker_url), chosen.broker_url, QUEUE_OF)
    stopped = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopped.set())
    rounds = 0
    while not stopped.wait(every):
        extra = {Bell.HOUSEKEEPING} if rounds % HOUSEKEEPING_ROUNDS == 0 else set()
        try:
            ringer.now(sweeping.due(deps) | extra)
        except TemporaryFailure as error:
            log.warning("sweep-waits", reason=error.detail)
        rounds += 1
