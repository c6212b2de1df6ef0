"""Comments by number, for frontends that know no other ids: a whole number that every programming language keeps.

An id begins with its time in milliseconds and holds a counter; a number is that time since 2000 and the counter's last
twelve bits, so that it stays below 2^53 until 2069 and leads back to the ids of one millisecond without any table.
"""

from typing import Final
from uuid import UUID

EPOCH: Final = 946_684_800_000
"""Milliseconds from 1970 to 2000."""
COUNTED: Final = 12
"""So many bits of the counter are kept: ids made by one process in one millisecond differ in them."""
LATEST: Final = (1 << 48) - 1
"""The last millisecond that an id can name."""


def number_of(comment_id: UUID) -> int:
    """Give a comment's number; two comments may share one only if two processes took them in within a millisecond."""
    counted = (comment_id.int >> 32) & ((1 << COUNTED) - 1)
    return ((comment_id.int >> 80) - EPOCH << COUNTED) | counted


def span_of(number: int) -> tuple[UUID, UUID] | None:
    """Give the first and the last id of the millisecond that a number names; None for what names none."""
    moment = (number >> COUNTED) + EPOCH
    if number < 1 or moment > LATEST:
        return None
    return UUID(int=moment << 80), UUID(int=(moment + 1 << 80) - 1)
