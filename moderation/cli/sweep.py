"""`lychgate sweep`: makes good every bell that was lost."""

import signal
import threading

import click
import structlog

from config.logs import configure
from config.settings import Settings
from moderation.cli.console import announce, as_json
from moderation.cli.installation import adopt
from moderation.domain.errors import TemporaryFailure
from moderation.services import sweep as sweeping
from moderation.services.ports import Bell
from moderation.wiring import build, ringer

log = structlog.get_logger()
SWEEP_SECONDS = 0.5
HOUSEKEEPING_ROUNDS = 20
"""One round in so many also rings for housekeeping."""
LEARNING_ROUNDS = 120
"""And one in so many for learning."""


@click.command()
@click.option("--every", default=SWEEP_SECONDS, show_default=True, type=click.FloatRange(0.05, 60), help="Seconds.")
@as_json
def sweep(every: float, *, as_json: bool) -> None:
    """Ring for every row that is due and that nobody rang for; any number of these.

    Example: lychgate sweep
    """
    adopt()
    chosen = Settings.load()
    configure(chosen.log_level)
    deps = build(chosen)
    bells = ringer(chosen.broker_url)
    stopped = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopped.set())
    if as_json:
        announce(every=every)
    rounds = 0
    while not stopped.wait(every):
        extra = {Bell.HOUSEKEEPING} if rounds % HOUSEKEEPING_ROUNDS == 0 else set()
        extra |= {Bell.LEARN} if rounds % LEARNING_ROUNDS == 0 else set()
        try:
            bells.now(sweeping.due(deps) | extra)
        except TemporaryFailure as error:
            log.warning("sweep-waits", reason=error.detail)
        rounds += 1
