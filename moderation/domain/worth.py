"""How much a waiting comment is worth a person's time: what machines doubt, what many will read, what waits long."""

from collections.abc import Iterable
from datetime import datetime
from math import log2
from typing import Final

DOUBT: Final = 12.0
"""What a score that could not be less sure counts, in hours of waiting."""
REACH: Final = 2.0
"""What each doubling of what can be read at the page counts, in hours of waiting."""
MOST_REACH: Final = 12.0
HOUR: Final = 3600


def worth(received_at: datetime, shares: Iterable[float], public: int) -> float:
    """Give the place among what waits; the greater comes first.

    It counts in hours and from the arrival back, so that it need not be made anew while time passes: of two that
    are alike, the older one has waited more hours, now and ever after. `public` is how many comments of the page
    can be read.
    """
    doubt = max((1 - abs(2 * share - 1) for share in shares), default=0.0)
    reach = min(REACH * log2(1 + max(public, 0)), MOST_REACH)
    return round(DOUBT * doubt + reach - received_at.timestamp() / HOUR, 6)
