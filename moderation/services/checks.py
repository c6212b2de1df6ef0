"""Checks: every kind of job that a new text gets before anybody may read it."""

from moderation.domain.signal import REMOTE
from moderation.domain.site import Site
from moderation.services.ports import BELL_OF, Bell, Deps


def checks(deps: Deps, site: Site | None) -> tuple[str, ...]:
    """Name what a new text on this site waits for: what every text does, and the site's own scorer if it has one."""
    return (*deps.kinds, REMOTE) if site and site.scorer_url else deps.kinds


def bells(kinds: tuple[str, ...]) -> list[Bell]:
    """Name the bells that ring for these kinds of job."""
    return [BELL_OF[kind] for kind in kinds]
