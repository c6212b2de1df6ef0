"""Spacing: what is severe is not read in a row, where there is anything else to read in between."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

from moderation.domain.signal import Finding, Signal

SEVERE: Final = frozenset({"slur", "threat"})
"""Codes of findings that degrade people for what they are, or wish them harm."""
SPACINGS: Final = (0, 3, 5, 8)
"""Of so many in a row one at most is severe; 0 leaves the order as it is."""
T = TypeVar("T")


def is_severe(finding: Finding) -> bool:
    """Say whether this is what people would rather not read unasked."""
    return finding.code in SEVERE


def hits_hard(signals: Iterable[Signal]) -> bool:
    """Say whether anything severe was found in a text."""
    return any(is_severe(finding) for signal in signals for finding in signal.findings)


def spaced(things: Sequence[T], severe: Callable[[T], bool], within: int) -> list[T]:
    """Put things so that of `within` in a row one at most is severe, for as long as there are others to put between.

    Nothing is left out; the severe keep their order among themselves, and so do the others. Where only severe ones
    are left, they stand at the end.
    """
    if within <= 1:
        return list(things)
    hard = deque(place for place, thing in enumerate(things) if severe(thing))
    mild = deque(place for place, thing in enumerate(things) if not severe(thing))
    put, apart = list[int](), within
    while hard and mild:
        due = apart >= within - 1 and hard[0] < mild[0]
        put.append((hard if due else mild).popleft())
        apart = 0 if due else apart + 1
    return [things[place] for place in (*put, *mild, *hard)]
