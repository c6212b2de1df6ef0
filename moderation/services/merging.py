"""Merging: two waves that are one campaign become one card, and are two again when somebody splits them.

Each comment stays in the wave that it came to. So nothing is rewritten, and a split gives back exactly what was merged,
with what came to either meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from moderation.domain.audit import Act
from moderation.domain.errors import Conflict, NotFound
from moderation.domain.person import Person
from moderation.domain.wave import Family, Stance, Wave
from moderation.services.noting import note
from moderation.services.ports import Deps, Row, Uow

OFFERED: Final = 40
"""So many others are offered, the newest first."""


@dataclass(frozen=True, slots=True)
class Union:
    """Two waves as they would be merged: how much comes along, and what would go for what arrives."""

    wave: Wave
    into: Family
    waiting: int
    published: int
    standing: Stance | None


def offered(deps: Deps, site_id: UUID, wave_id: UUID) -> Sequence[Row] | None:
    """Give the newest cards of a site into which a wave may be merged; None where others were merged into it.

    Raises NotFound for a wave of another site.
    """
    with deps.reading(site_id) as uow:
        family = _family(uow, site_id, wave_id)
    if family.merged:
        return None
    with deps.views(site_id) as views:
        found = views.waves(site_id, "newest", after=None, limit=OFFERED)
    return [row for row in found if row["alike"] > 1 and row["rolls"] != family.root.id]


def foreseen(deps: Deps, site_id: UUID, wave_id: UUID, into_id: UUID) -> Union:
    """Say what merging would do; raises what `merge` raises."""
    with deps.reading(site_id) as uow:
        wave, into = _both(uow, site_id, wave_id, into_id)
        now = uow.deliveries.clock()
        standing = next((each for each in uow.waves.of([wave.id, *into.ids]) if each.stands(now)), None)
    with deps.views(site_id) as views:
        told = views.wave([wave.id])
    return Union(wave, into, told["waiting"], told["published"], standing)


def merge(deps: Deps, site_id: UUID, wave_id: UUID, into_id: UUID) -> Family:
    """Let one card stand for two waves; what was decided of either stands, and of that the latest goes for both.

    Raises NotFound for a wave of another site, and Conflict where one was merged already, or others into the first.
    """
    with deps.uow(site_id) as uow:
        uow.waves.lock([wave_id, into_id])
        wave, into = _both(uow, site_id, wave_id, into_id)
        uow.waves.merge(wave, into.root, deps.now())
        note(deps, uow, Act.WAVES_MERGED, [site_id], subject=wave.id, into=str(into.root.id))
        family = _family(uow, site_id, into.root.id)
        uow.commit()
    return family


def merged(deps: Deps, person: Person, wave_id: UUID) -> Wave:
    """Give a wave of this person's sites that may be split off; raises NotFound for every other."""
    for site_id in person.sites():
        with deps.reading(site_id) as uow:
            wave = uow.waves.get(site_id, wave_id)
        if wave:
            return wave
    raise NotFound("There is no such wave.")


def split(deps: Deps, site_id: UUID, wave_id: UUID) -> Wave:
    """Let a wave be a card of its own again; raises Conflict where it is one."""
    with deps.uow(site_id) as uow:
        uow.waves.lock([wave_id])
        wave = uow.waves.get(site_id, wave_id)
        if wave is None:
            raise NotFound("There is no such wave.")
        if wave.merged_into is None:
            raise Conflict("These stand by themselves already.", code="not-merged")
        uow.waves.split(wave)
        note(deps, uow, Act.WAVES_SPLIT, [site_id], subject=wave.id, off=str(wave.merged_into))
        uow.commit()
    return wave


def _both(uow: Uow, site_id: UUID, wave_id: UUID, into_id: UUID) -> tuple[Wave, Family]:
    """Give both, if they may be merged."""
    family, into = _family(uow, site_id, wave_id), _family(uow, site_id, into_id)
    if family.root.id == into.root.id:
        raise Conflict("These are one already.", code="waves-merged")
    if family.root.id != wave_id or into.root.id != into_id:
        raise Conflict("Somebody merged one of these meanwhile; look at them again.", code="waves-merged")
    if family.merged:
        raise Conflict("Others were merged into these before; merge the other way round.", code="waves-merged")
    return family.root, into


def _family(uow: Uow, site_id: UUID, wave_id: UUID) -> Family:
    family = uow.waves.family(site_id, wave_id)
    if family is None:
        raise NotFound("There is no such wave.")
    return family
