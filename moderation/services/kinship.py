"""Kinship: comments that say nearly the same become one wave, as scoring comes across them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from moderation.domain.comment import Comment, Status
from moderation.domain.wave import Kin, Wave, alike, begun
from moderation.services.ports import Claim, Deps, Uow


def firsts(claims: Sequence[Claim]) -> set[UUID]:
    """Name the comments that would be the first of new waves, so that they are locked together with the others."""
    return {claim.kin.comment_id for claim in claims if claim.kin and claim.kin.wave is None}


def gathered(
    deps: Deps, uow: Uow, comments: Sequence[Comment], kin: Mapping[UUID, Kin], locked: Mapping[UUID, Comment]
) -> list[Comment]:
    """Let comments be in the waves of their kin, new ones where there is none yet; give them as they are now.

    A new wave takes its first comment in, which says what later ones are held against.
    """
    waves = {comment.id: comment.wave for comment in locked.values()}
    made: dict[UUID, Wave] = {}
    for comment in comments:
        relative = kin.get(comment.id)
        if relative and waves[comment.id] is None:
            _join(deps, comment, relative, waves, made, locked)
    uow.waves.add(list(made.values()))
    joined = {one: wave for one, wave in waves.items() if wave and wave != locked[one].wave}
    uow.waves.join(joined)
    # What waited before it had a wave is in the queue by its wave from now on.
    uow.waves.swell([replace(one, wave=joined[one.id]) for one in locked.values() if _waits(one) and one.id in joined])
    return [replace(comment, wave=waves[comment.id]) if comment.id in joined else comment for comment in comments]


def _waits(comment: Comment) -> bool:
    return comment.status is Status.HELD


def _join(
    deps: Deps,
    comment: Comment,
    relative: Kin,
    waves: dict[UUID, UUID | None],
    made: dict[UUID, Wave],
    locked: Mapping[UUID, Comment],
) -> None:
    """Let one comment be in its relative's wave, unless that is one it says something else than the first of."""
    first = locked.get(relative.comment_id)
    wave = relative.wave or waves.get(relative.comment_id)
    if wave is None and first is not None:
        new = begun(deps.new_id(), first)
        wave = waves[first.id] = new.id
        made[wave] = new
    if wave is not None and wave in made and not alike(comment.text, comment.sketch, made[wave].sketch):
        return
    waves[comment.id] = wave
