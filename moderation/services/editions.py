"""Editions of the widget: what a page once pinned is given to it as it was, whatever was upgraded since."""

from moderation.domain.edition import Edition
from moderation.services.ports import Deps


def keep(deps: Deps, edition: Edition) -> None:
    """Keep an edition for good; keeping it again changes nothing."""
    with deps.reading(None) as uow:
        known = uow.editions.get(edition.name)
    if known is not None:
        return
    with deps.uow(None) as uow:
        uow.editions.add(edition, deps.now())
        uow.commit()


def find(deps: Deps, name: str) -> Edition | None:
    """Give an edition as it was made; None for one that was never kept, or is not what it was."""
    with deps.reading(None) as uow:
        found = uow.editions.get(name)
    return found if found and found.is_sound else None
