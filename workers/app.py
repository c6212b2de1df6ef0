"""The Celery application: one queue for each kind of work, and the parts wired once per process."""

import gc
from functools import cache
from typing import Any, Final

from celery import Celery
from celery.signals import (
    setup_logging,
    worker_init,
    worker_process_init,
    worker_process_shutdown,
    worker_shutting_down,
)

from config.logs import configure
from config.queues import HARD_LIMIT, SOFT_LIMIT
from config.settings import Settings
from moderation.adapters.render import render
from moderation.services.ports import Bell, Deps, Scorer
from moderation.wiring import build, celery_settings, couriers, postbox, remote_scorers, shipped_scorers, site_learner
from workers import ending
from workers.abreast import MOST, Abreast, finish

SIDE_BY_SIDE: Final = {Bell.REMOTE: MOST, Bell.DELIVER: 32, Bell.REDELIVER: 16, Bell.MAIL: 1}
"""With so many scorers or endpoints of others a process of a worker may be busy at the same time, by the bell."""
TASKS = (
    "workers.tasks.scoring",
    "workers.tasks.deliver",
    "workers.tasks.housekeeping",
    "workers.tasks.learning",
    "workers.tasks.mail",
    "workers.tasks.wording",
)


@cache
def settings() -> Settings:
    """Read the settings once."""
    return Settings.load()


@cache
def scorers() -> dict[str, Scorer]:
    """Load the scorers, before the pool forks, so that its processes share their weight."""
    return shipped_scorers(settings())


@cache
def deps() -> Deps:
    """Give this process's parts; made on first use, so that no connection crosses a fork."""
    return _built()


def _built() -> Deps:
    given = settings()
    return build(
        given,
        scorers=scorers(),
        remotes=remote_scorers(given),
        learner=site_learner(),
        send=couriers(given),
        post=postbox(given),
    )


@cache
def abreast() -> dict[Bell, Abreast]:
    """Give this process's threads for what must not wait for each other, apart for each bell that needs them."""
    return {bell: Abreast(deps().ring, most) for bell, most in SIDE_BY_SIDE.items()}


def configuration() -> dict[str, Any]:
    """Give Celery its settings, when it first asks.

    Bells are acknowledged as they are taken: the lease on a row does the recovery, so
    nothing hangs on a message coming back.
    """
    shared = celery_settings(settings().broker_url)
    return shared | {
        "broker_transport_options": shared["broker_transport_options"] | {"socket_timeout": 5},  # Nobody waits for us.
        "imports": TASKS,
        "task_acks_late": False,
        "task_soft_time_limit": SOFT_LIMIT,
        "task_time_limit": HARD_LIMIT,
        "worker_prefetch_multiplier": 1,
        "worker_max_tasks_per_child": 10_000,
        "worker_max_memory_per_child": 400_000,
        "worker_send_task_events": False,
        "worker_enable_remote_control": False,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "worker_soft_shutdown_timeout": 8,
    }


class Application(Celery):  # type: ignore[misc]  # Celery tells no types.
    """A Celery application whose workers listen and end as ours do."""

    amqp_cls = "workers.listening:Speech"
    Worker = property(lambda self: self.subclass_with_self("workers.ending:Worker"))


app = Application("lychgate")
app.add_defaults(configuration)


@setup_logging.connect
def _log(**_: Any) -> None:
    configure(settings().log_level)


@worker_init.connect
def _load(**_: Any) -> None:
    """Load what every process of the pool needs while there is one process, and let the collector pass over it.

    A collector that visits an object writes to it, and what is written to after a fork is no longer shared.
    """
    _built().close()
    render("")
    gc.collect()
    gc.freeze()


@worker_process_init.connect
def _prepare(**_: Any) -> None:
    deps()


@worker_shutting_down.connect
def _hear(**_: Any) -> None:
    ending.hear_at_once()


@worker_process_shutdown.connect
def _leave(exitcode: int, **_: Any) -> None:
    if abreast.cache_info().currsize:
        finish(abreast().values())
    ending.leave_at_once(exitcode)
