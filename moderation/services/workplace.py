"""The workplace: what somebody has before them at the desk, and who else is reading what."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Any, Final
from uuid import UUID

from moderation.domain.person import Person
from moderation.services.ports import Deps, Row

READING: Final = timedelta(minutes=2)
"""For so long a card counts as read by whoever has it in view; a script says so again while they do."""
SAMPLE: Final = 20
LOOKED: Final = timedelta(minutes=30)
"""For so long a sample that was shown speaks for what it was drawn from."""


def order(deps: Deps, person: Person) -> str | None:
    """Give the order of the queue that somebody chose last."""
    with deps.reading(None) as uow:
        return uow.workplaces.sort(person.id)


def prefer(deps: Deps, person: Person, sort: str) -> None:
    """Keep an order for the next time."""
    with deps.uow(None) as uow:
        uow.workplaces.keep_sort(person.id, sort)
        uow.commit()


def read(deps: Deps, person: Person, card: UUID) -> str | None:
    """Say that somebody reads a card; give the name of whoever began earlier and still does. It binds nobody."""
    with deps.uow(None) as uow:
        uow.workplaces.read(person.id, card, READING)
        first = uow.workplaces.readers([card])[0]
        uow.commit()
    return None if first.person_id == person.id else first.name


def readers(deps: Deps, person: Person, cards: Collection[UUID]) -> Mapping[UUID, str]:
    """Name the others who read some of these cards at present."""
    with deps.reading(None) as uow:
        found = uow.workplaces.readers(cards)
    return {reader.card: reader.name for reader in reversed(found) if reader.person_id != person.id}


def draw(rows: Sequence[Row]) -> list[Row]:
    """Draw some rows by chance, in the order in which they are."""
    places = SystemRandom().sample(range(len(rows)), min(SAMPLE, len(rows)))
    return [rows[place] for place in sorted(places)]


def looked(deps: Deps, person: Person, site_ids: Sequence[UUID], wanted: Mapping[str, Any]) -> datetime:
    """Remember that somebody was shown a sample of what these filters find; give the moment that it speaks for."""
    moment = deps.now()
    with deps.uow(None) as uow:
        uow.workplaces.keep_sample(person.id, _drawn_from(deps, site_ids, wanted), moment, LOOKED)
        uow.commit()
    return moment


def looked_at(deps: Deps, person: Person, site_ids: Sequence[UUID], wanted: Mapping[str, Any]) -> datetime | None:
    """Say when somebody was shown a sample of just this; None where they were not, or too long ago."""
    with deps.reading(None) as uow:
        return uow.workplaces.sampled(person.id, _drawn_from(deps, site_ids, wanted))


def _drawn_from(deps: Deps, site_ids: Sequence[UUID], wanted: Mapping[str, Any]) -> bytes:
    """Give a hash of filters, which may hold somebody's name, by which the same ones are known again."""
    told = sorted((name, str(value)) for name, value in wanted.items() if value is not None)
    return deps.seals.digest("sample", *sorted(map(str, site_ids)), *(part for pair in told for part in pair))
