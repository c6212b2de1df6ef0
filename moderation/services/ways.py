"""Ways: where an address leads that an owner names, looked at before it is kept."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from moderation.domain.errors import Fault
from moderation.domain.remote import sound_url
from moderation.services.ports import Deps, Way

Warn = Callable[[Fault], None]
WRONG: Final = {
    Way.SHUT: Fault("", "url-refused", "Use https on port 443 or 8443, and a server that is public."),
    Way.INSIDE: Fault(
        "",
        "url-refused",
        "This name leads to an address that is not public, such as one of this machine or of a private network. "
        "Choose a public server.",
    ),
}
UNKNOWN: Final = Fault(
    "",
    "name-unknown",
    "It is kept, but no server of this name was found. Check how it is spelled; it is looked up again at each attempt.",
)


def unheard(_: Fault) -> None:
    """Warn nobody."""


def wrong_ways(deps: Deps, pointer: str, url: str | None, warn: Warn) -> list[Fault]:
    """Say what is wrong with where an address leads, and warn of what nobody knows; one that is none is told later.

    A name is looked up, which may take seconds: nothing is open meanwhile.
    """
    sound = sound_url(url or "")
    way = deps.way(sound) if sound else Way.OPEN
    if way is Way.UNKNOWN:
        warn(replace(UNKNOWN, pointer=pointer))
    return [replace(WRONG[way], pointer=pointer)] if way in WRONG else []
