"""How a worker ends: what it is at is finished, and its exit code says that all went well."""

import signal
from typing import Any, Final

from celery.apps.worker import Worker as CeleryWorker
from celery.apps.worker import install_worker_int_handler

ENDING: Final = frozenset({signal.SIGINT, signal.SIGTERM})
"""Signals that `lychgate worker` holds back while Celery loads, until there is somebody here to hear them."""


class Worker(CeleryWorker):  # type: ignore[misc]  # Celery tells no types.
    """Takes Ctrl-C for what SIGTERM is: a wish to end that is not a failure. A second one does not wait for tasks."""

    def install_platform_tweaks(self, worker: Any) -> None:
        """Hear signals, also those that came meanwhile; the pool is not yet there, so it holds none back."""
        super().install_platform_tweaks(worker)
        install_worker_int_handler(worker, exitcode=0)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
