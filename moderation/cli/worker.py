"""`lychgate worker`: becomes Celery, which answers the bells."""

import os
import sys

import click

from config.queues import QUEUES
from config.settings import Settings


@click.command()
@click.option("--queues", default=",".join(QUEUES), show_default=True, help="Which kinds of work this one does.")
@click.option("--concurrency", default=2, show_default=True, type=click.IntRange(1, 64))
def worker(queues: str, concurrency: int) -> None:
    """Score, render, number events and keep house; any number of these.

    Example: lychgate worker --queues spam,toxicity --concurrency 4
    """
    Settings.load()  # Faults are told here, in sentences, before Celery begins to speak.
    command = [sys.executable, "-m", "celery", "--app", "workers.app", "--quiet", "worker", "--loglevel", "WARNING"]
    options = ["--queues", queues, "--concurrency", str(concurrency), "-O", "fair"]
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    os.execv(sys.executable, [*command, *options, *alone])  # noqa: S606 (our own interpreter, our own arguments)
