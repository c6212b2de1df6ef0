"""How far a sender is from each limit, as headers (RateLimit fields for HTTP, draft 11)."""

from collections.abc import Iterable
from datetime import timedelta

from moderation.domain.errors import TooMany
from moderation.services.ports import Limit, Standing


def rate_headers(standings: Iterable[Standing]) -> dict[str, str]:
    """Say what the limits are and how much of each is left; nothing where none counts."""
    left = [(standing.limit, standing) for standing in standings]
    if not left:
        return {}
    return {
        "RateLimit-Policy": ", ".join(
            f'"{limit.name}";q={limit.amount};w={_seconds(limit.window)}' for limit, _ in left
        ),
        "RateLimit": ", ".join(f'"{limit.name}";r={now.remaining};t={_seconds(now.reset)}' for limit, now in left),
    }


def reached(error: TooMany) -> dict[str, str]:
    """Say which limit was reached: nothing of it is left until it is time to come back."""
    limit = Limit(error.limit, error.amount, error.window, "")
    return rate_headers([Standing(limit, 0, error.retry_after)])


def _seconds(time: timedelta) -> int:
    return int(time.total_seconds())
