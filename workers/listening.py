"""How a worker listens to Redis: neither a broker that dies at the wrong moment nor what is no bell silences it."""

from typing import Any, Final

import structlog
from kombu.transport import redis

log = structlog.get_logger()
NO_BELL: Final = (ValueError, TypeError, LookupError)
"""What reading raises for something that no Celery wrote: no text, no JSON, or JSON of another shape."""


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


class Listener(redis.Channel):
    """Takes bells from Redis; what is none is dropped, where kombu would end the whole worker."""

    QoS = Window

    def _brpop_read(self, **options: Any) -> Any:
        """Take what lies in a queue. Its content is not logged: nobody knows what it is."""
        try:
            return super()._brpop_read(**options)  # type: ignore[no-untyped-call]
        except NO_BELL as error:
            log.warning("no-bell", error=type(error).__name__)
            return True


def install() -> None:
    """Let every connection to Redis of this process listen so."""
    redis.Transport.Channel = Listener
