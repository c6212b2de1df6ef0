"""Where an address leads, asked before it is kept: whoever saves it hears at once what would fail at every attempt."""

from typing import Final
from urllib.parse import urlsplit

from moderation.adapters.names import Names
from moderation.adapters.reach import Reach
from moderation.services.ports import FindWay, Way

PATIENCE: Final = 2.0
"""Seconds for which whoever saves an address waits for its name to be looked up."""


def finder(reach: Reach, names: Names, patience: float = PATIENCE) -> FindWay:
    """Give what looks where a sound address leads; what happens there is decided anew with every attempt."""

    def way(url: str) -> Way:
        if not reach.may_hold(url):
            return Way.SHUT
        parts = urlsplit(url)
        host, secure = parts.hostname or "", parts.scheme == "https"
        if reach.spells(host):
            return Way.OPEN
        port = parts.port or (443 if secure else 80)
        try:
            addresses = names.addresses(host, port, patience)
        except (OSError, ValueError):  # Nobody knows it, or nobody says so in time.
            return Way.UNKNOWN
        if not addresses:
            return Way.UNKNOWN
        return Way.OPEN if all(reach.holds(each, port, secure=secure) for each in addresses) else Way.INSIDE

    return way
