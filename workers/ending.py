"""How a worker ends: what it is at is finished, and its exit code says that all went well."""

import os
import signal
from threading import Thread
from typing import Any, Final

from celery.apps.worker import Worker as CeleryWorker
from celery.apps.worker import install_worker_int_handler
from kombu.asynchronous import get_event_loop

ENDING: Final = frozenset({signal.SIGINT, signal.SIGTERM})
"""Signals that `lychgate worker` holds back while Celery loads, until there is somebody here to hear them."""


class Worker(CeleryWorker):  # type: ignore[misc]  # Celery tells no types.
    """Takes Ctrl-C for what SIGTERM is: a wish to end that is not a failure. A second one does not wait for tasks."""

    def install_platform_tweaks(self, worker: Any) -> None:
        """Hear signals, also those that came meanwhile; the pool is not yet there, so it holds none back."""
        super().install_platform_tweaks(worker)
        install_worker_int_handler(worker, exitcode=0)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)


def hear_at_once() -> None:
    """Let the loop look up from waiting for bells, which it else does within a second of being asked to end.

    Done from a thread, since the loop that the signal interrupted may hold the lock that is needed.
    """
    loop = get_event_loop()
    if loop is not None:
        Thread(target=loop.call_soon, args=(_nothing,), daemon=True).start()


def leave_at_once(exitcode: int) -> None:
    """End a process of the pool that has nothing left to do.

    It would sleep a second first, so that its farewell is read; nobody reads it where all end. One that
    ends for another reason, to be replaced, is left to do so.
    """
    if exitcode == 0:
        os._exit(0)


def _nothing() -> None:
    """Be something to call."""
