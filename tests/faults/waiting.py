"""Waiting for what must come: a condition and a deadline, never a guess at how long it takes."""

from collections.abc import Callable
from threading import Event
from time import monotonic
from typing import Final, TypeVar

T = TypeVar("T")
GLANCE: Final = 0.02
DEADLINE: Final = 60.0
"""Seconds after which a promise counts as broken (RELIABILITY: every accepted comment, once faults end)."""


def until(seen: Callable[[], T], what: str, *, within: float = DEADLINE, every: float = GLANCE) -> T:
    """Give what `seen` gives as soon as it is true; fail with `what` if that never happens."""
    deadline = monotonic() + within
    while not (found := seen()):
        assert monotonic() < deadline, f"not within {within} s: {what}"
        pause(every)
    return found


def pause(seconds: float = GLANCE) -> None:
    """Let a moment pass between two looks, or between two strokes of a load."""
    Event().wait(seconds)
