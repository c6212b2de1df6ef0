"""Wording: comments become findable by their words shortly after they arrived, and not while they do.

The events are followed in their order, so that nothing is left out and nobody who sends a comment waits for this.
"""

from collections.abc import Sequence
from typing import Final

from moderation.domain.wording import wording
from moderation.services.ports import Deps, Stretch, Told

BATCH: Final = 200


def fill(deps: Deps, batch: int = BATCH) -> int:
    """Keep the words of what the next events tell of; return how many events there were.

    Texts are read, taken apart and kept in three steps: nobody waits for the second. What was changed meanwhile is
    passed over, since an event of that follows. Whoever comes while another does this leaves it to them.
    """
    with deps.reading(None) as reading:
        if not reading.wordings.alone():
            return 0
        told = reading.wordings.told(batch)
        found = [(each, wording(each.name, each.text)) for each in told.texts]
        if told.until > told.since:
            _keep(deps, told, found)
    return told.until - told.since


def _keep(deps: Deps, told: Stretch, found: Sequence[tuple[Told, Sequence[str]]]) -> None:
    with deps.uow(None) as uow:
        if uow.wordings.advance(told.since, told.until):
            uow.wordings.keep(found)
            uow.commit()
