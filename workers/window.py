"""The window of bells that a worker has taken, which a broker that dies at the wrong moment must not shut."""

from kombu.transport import redis


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


def install() -> None:
    """Let every connection to Redis of this process have such a window."""
    redis.Channel.QoS = Window
