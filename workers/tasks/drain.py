"""Draining: a bell is answered until nothing is due, or for three seconds, and then it rings again."""

from collections.abc import Callable
from time import monotonic

from config.queues import DRAIN
from moderation.services.ports import Bell
from workers.app import deps


def drain(work: Callable[[], int], *, again: Bell) -> bool:
    """Do batch after batch until there is none left, and say so; make room for other bells after three seconds."""
    until = monotonic() + DRAIN
    while work():
        if monotonic() >= until:
            deps().ring(again)
            return False
    return True
