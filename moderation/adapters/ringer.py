"""Ringing bells: from a thread of its own, folded, and only where no bell lies unanswered."""

import threading
from typing import Final

import structlog
from celery import Celery
from kombu.exceptions import OperationalError
from prometheus_client import Counter
from redis import Redis
from redis.exceptions import RedisError

from moderation.adapters.broker import SOCKET_OPTIONS, redis_url
from moderation.services.ports import Bell

log = structlog.get_logger()
RUNG: Final = Counter("lychgate_bells_rung", "Bells that were put into a queue", ["bell"])
LOST: Final = Counter("lychgate_bells_lost", "Bells that the broker did not take; the sweep makes them good", ["bell"])
FOLDING: Final = 0.02
"""Seconds within which many rings become one."""
ENOUGH: Final = 2
"""So many bells may lie in a queue, since those of two kinds share that of housekeeping."""


class Ringer:
    """Rings bells without ever making anybody wait.

    A bell says only that there is work of a kind, so rings within twenty milliseconds fold
    into one, and none is added to a queue in which two still lie. What the broker does not
    take is counted and dropped: the sweep rings for every row that is due.
    """

    def __init__(self, celery: Celery, broker_url: str, queue_of: dict[str, str]) -> None:
        """Ring through this Celery application, into these queues."""
        self._celery = celery
        self._queue_of = queue_of
        self._redis = Redis.from_url(redis_url(broker_url), **SOCKET_OPTIONS)
        self._wanted: set[Bell] = set()
        self._some = threading.Condition()
        self._thread: threading.Thread | None = None

    def __call__(self, *bells: Bell) -> None:
        """Ask for bells to be rung soon; returns at once and never raises."""
        with self._some:
            self._wanted.update(bells)
            if self._thread is None:
                self._thread = threading.Thread(target=self._ring_for_ever, name="ringer", daemon=True)
                self._thread.start()
            self._some.notify()

    def now(self, bells: set[Bell]) -> None:
        """Ring these bells in this thread, those that are not lying unanswered; count those that were not sent."""
        unsent = sorted(bells)
        try:
            unsent = self._wanting(unsent)
            while unsent:
                self._celery.send_task(unsent[0], queue=self._queue_of[unsent[0]], retry=False, ignore_result=True)
                RUNG.labels(unsent.pop(0)).inc()
        except (OperationalError, RedisError, OSError) as error:
            for bell in unsent:
                LOST.labels(bell).inc()
            log.warning("bells-lost", bells=unsent, error=type(error).__name__)

    def _wanting(self, bells: list[Bell]) -> list[Bell]:
        """Give those bells in whose queue fewer than two lie; more would find no row that those do not."""
        pipe = self._redis.pipeline(transaction=False)
        for bell in bells:
            pipe.llen(self._queue_of[bell])
        return [bell for bell, length in zip(bells, pipe.execute(), strict=True) if length < ENOUGH]

    def _ring_for_ever(self) -> None:
        """Ring what is asked for, whatever goes wrong on the way: nobody would start this thread again."""
        while True:
            with self._some:
                self._some.wait_for(lambda: bool(self._wanted))
            threading.Event().wait(FOLDING)
            with self._some:
                bells, self._wanted = self._wanted, set()
            try:
                self.now(bells)
            except Exception:  # The sweep makes good whatever was not rung.
                log.exception("bells-failed", bells=sorted(bells))
