"""`lychgate worker`: becomes Celery, which answers the bells."""

import os
import signal
import sys

import click

from config.queues import QUEUES
from config.settings import Settings
from moderation.cli.console import announce, as_json
from moderation.cli.installation import adopt


@click.command()
@click.option("--queues", default=",".join(QUEUES), show_default=True, help="Which kinds of work this one does.")
@click.option("--concurrency", default=2, show_default=True, type=click.IntRange(1, 64))
@as_json
def worker(queues: str, concurrency: int, *, as_json: bool) -> None:
    """Score, render, number events and keep house; any number of these.

    Example: lychgate worker --queues spam,toxicity --concurrency 4
    """
    adopt()
    Settings.load()  # Faults are told here, in sentences, before Celery begins to speak.
    command = [sys.executable, "-m", "celery", "--app", "workers.app", "--quiet", "worker", "--loglevel", "WARNING"]
    options = ["--queues", queues, "--concurrency", str(concurrency), "-O", "fair"]
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})  # Heard once `workers.ending` can.
    if as_json:
        announce(queues=queues.split(","))
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # What Celery says are messages.
    os.execv(sys.executable, [*command, *options, *alone])  # noqa: S606 (our own interpreter, our own arguments)
