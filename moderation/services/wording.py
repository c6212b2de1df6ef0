"""Wording: comments become findable by their words shortly after they arrived, and not while they do.

The events are followed in their order, so that nothing is left out and nobody who sends a comment waits for this.
"""

from typing import Final

from moderation.domain.wording import wording
from moderation.services.ports import Deps

BATCH: Final = 200


def fill(deps: Deps, batch: int = BATCH) -> int:
    """Keep the words of what the next events tell of; return how many events there were.

    Texts are read, taken apart and kept in three steps: nobody waits for the second. What was changed meanwhile is
    passed over, since an event of that follows. Of two that do the same at once, one has done it.
    """
    with deps.reading(None) as uow:
        told = uow.wordings.told(batch)
    found = [(each, wording(each.name, each.text)) for each in told.texts]
    if told.until == told.since:
        return 0
    with deps.uow(None) as uow:
        if uow.wordings.advance(told.since, told.until):
            uow.wordings.keep(found)
            uow.commit()
    return told.until - told.since
