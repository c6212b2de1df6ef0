"""How a worker listens to Redis: neither a broker that dies at the wrong moment nor what is no bell silences it."""

from contextlib import suppress
from typing import Any, Final

import structlog
from celery.app.amqp import AMQP
from kombu.connection import Connection
from kombu.transport import redis

log = structlog.get_logger()
UNREADABLE: Final = (ValueError, TypeError, RecursionError)
"""What reading raises for something that is no JSON."""
NO_BELL: Final = (*UNREADABLE, LookupError, AttributeError)
"""What handing over raises for JSON that no Celery wrote."""


class Window(redis.QoS):
    """Bells taken and not yet acknowledged; while it is full, the worker takes none.

    Where the broker is lost between a bell and its acknowledgement, kombu leaves that bell in the
    window for ever. As many such bells as a worker has processes, and it never listens again: it
    stays connected and idle. Here a bell leaves the window also when nobody hears us say so,
    for the lease on the row is what brings work back.
    """

    def ack(self, delivery_tag: str) -> None:
        """Acknowledge a bell; it is out of the window even if this raises."""
        try:
            super().ack(delivery_tag)  # type: ignore[no-untyped-call]
        finally:
            self._quick_ack(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:  # noqa: FBT001, FBT002 (kombu's signature)
        """Refuse a bell; it is out of the window even if this raises."""
        try:
            super().reject(delivery_tag, requeue)  # type: ignore[no-untyped-call]
        finally:
            self._quick_ack(delivery_tag)


class Listener(redis.Channel):
    """Takes bells from Redis; what cannot be read is dropped, where kombu would end the whole worker."""

    QoS = Window

    def _brpop_read(self, **options: Any) -> Any:
        """Take what lies in a queue. Its content is not logged: nobody knows what it is."""
        try:
            return super()._brpop_read(**options)  # type: ignore[no-untyped-call]
        except UNREADABLE as error:
            log.warning("no-bell", error=type(error).__name__)
            return True


class Line(redis.Transport):
    """Hands bells over to the worker; what turns out to be none leaves the window and is dropped."""

    Channel = Listener

    def _deliver(self, message: Any, queue: str) -> None:
        try:
            super()._deliver(message, queue)  # type: ignore[no-untyped-call]
        except NO_BELL as error:
            log.warning("no-bell", error=type(error).__name__)
            with suppress(*NO_BELL):
                self._let_go(message["properties"]["delivery_tag"])

    def _let_go(self, delivery_tag: str) -> None:
        for channel in self.channels:
            channel.qos.ack(delivery_tag)


class Call(Connection):
    """Calls a broker by such a line, and calls again soon where it is away: bells wait for it."""

    def get_transport_cls(self) -> type[Line]:
        """Take our line, whichever of Redis's addresses is called."""
        return Line

    def ensure_connection(self, *args: Any, **chosen: Any) -> Any:
        """Return once somebody answers; the pauses between two calls grow to two seconds."""
        pauses = {"interval_start": 0.2, "interval_step": 0.2, "interval_max": 2}
        return super().ensure_connection(*args, **{**pauses, **chosen})  # type: ignore[no-untyped-call]


class Speech(AMQP):  # type: ignore[misc]  # Celery tells no types.
    """How our Celery application speaks to its broker."""

    Connection = Call
