"""The sweep: makes good every lost bell, gives up what cannot be scored, forgets what is over."""

from datetime import timedelta
from typing import Final

from moderation.services.ports import BELL_OF, Bell, Deps

DAY: Final = timedelta(days=1)
PURGED: Final = 500


def due(deps: Deps) -> set[Bell]:
    """Name the bells that should be ringing now; rows decide, not what was rung before."""
    with deps.reading(None) as uow:
        bells = {BELL_OF[kind] for kind in uow.jobs.due_kinds() if kind in BELL_OF}
        return bells | ({Bell.DELIVER} if uow.events.unnumbered() else set())


def purge(deps: Deps) -> int:
    """Forget what a day has made worthless: used keys, and the text of what was deleted; say how much."""
    with deps.uow(None) as uow:
        gone = uow.once.purge(DAY) + uow.comments.forget_deleted(DAY, PURGED)
        uow.commit()
    return gone
