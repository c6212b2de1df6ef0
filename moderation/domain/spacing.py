"""Spacing: what is severe is not read in a row, where there is anything else to read in between."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

SEVERE: Final = frozenset({"slur", "threat"})
"""Codes of findings that degrade people for what they are, or wish them harm."""
VEILED: Final = frozenset({"slur"})
"""Codes of findings of which the words themselves hurt; a threat has to be read to be judged."""
T = TypeVar("T")


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
