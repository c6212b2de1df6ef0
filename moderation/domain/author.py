"""Authors: what a site has seen of whoever wrote a comment, told by the address alone."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """What a site has seen of one author; all but `first` is read from their latest thousand comments."""

    first: datetime
    last: datetime
    names: tuple[tuple[str, int], ...]
    """The names that were given, the most frequent first, and how often."""
    decided: int
    """Comments that policy approved, rejected or called spam."""
    overturned: int
    """Of these, those that a person decided the other way, and nobody took that back."""
