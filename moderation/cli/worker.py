"""`lychgate worker`: becomes Celery, which answers the bells."""

import os
import signal
import sys

import click

from config.queues import QUEUES
from config.settings import Settings
from moderation.adapters.scorers.own import read_lists
from moderation.cli.console import announce, as_json
from moderation.cli.installation import adopt


def _known(_context: click.Context, _option: click.Parameter, queues: str) -> list[str]:
    """Read a list of queues; one that nobody rings for would be waited on for ever."""
    named = [name.strip() for name in queues.split(",")]
    if strangers := sorted(set(named) - set(QUEUES)):
        raise click.BadParameter(f"there is no queue {', '.join(strangers)!r}; choose from {', '.join(QUEUES)}.")
    return named


def _read_own_lists(settings: Settings) -> None:
    """Let faults in them be told in sentences, before Celery begins to speak; without what Celery then loads anew."""
    read_lists(settings.word_lists, settings.domain_lists, settings.throwaway_lists)


@click.command()
@click.option(
    "--queues", default=",".join(QUEUES), show_default=True, callback=_known, help="Which kinds of work this one does."
)
@click.option("--concurrency", default=2, show_default=True, type=click.IntRange(1, 64))
@as_json
def worker(queues: list[str], concurrency: int, *, as_json: bool) -> None:
    """Score, ask the scorers of sites, render, tell publishers and keep house; any number of these.

    Example: lychgate worker --queues spam,toxicity --concurrency 4
    """
    adopt()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})  # Heard once `workers.ending` can.
    _read_own_lists(Settings.load())
    command = [sys.executable, "-m", "celery", "--app", "workers.app", "--quiet", "worker", "--loglevel", "WARNING"]
    options = ["--queues", ",".join(queues), "--concurrency", str(concurrency), "-O", "fair"]
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    if as_json:
        announce(queues=queues)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # What Celery says are messages.
    os.execv(sys.executable, [*command, *options, *alone])  # noqa: S606 (our own interpreter, our own arguments)
