"""What a site's own decisions taught, in use: signals as its moderators would have them."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

import structlog

from moderation.domain.comment import Submission
from moderation.domain.errors import NotFound
from moderation.domain.lesson import OtherWeights, Unreadable
from moderation.domain.signal import Signal
from moderation.services.ports import Deps, Remembered, SiteModel

Signals = Sequence[Signal | None]
log = structlog.get_logger()


def as_sites_would(
    deps: Deps, kind: str, versions: Sequence[UUID | None], submissions: Sequence[Submission], signals: Signals
) -> list[Signal | None]:
    """Give each signal as the site would have it whose version is named beside it; where none is, as it is."""
    found = list(signals)
    for version in {version for version in versions if version}:
        places = [place for place, wanted in enumerate(versions) if wanted == version]
        model = model_of(deps, version)
        if model is not None:
            own = model.adjusted(kind, [submissions[place] for place in places], [signals[place] for place in places])
            for place, signal in zip(places, own, strict=True):
                found[place] = signal
    return found


def model_of(deps: Deps, version: UUID) -> SiteModel | None:
    """Give a version; None where it was erased meanwhile or means nothing here, and for whoever is no worker.

    One that nobody can read is given up, and its site learns anew.
    """
    if deps.learner is None:
        return None
    try:
        return deps.learner.model(version, partial(_loaded, deps, version))
    except (NotFound, OtherWeights):  # Learning sees to what was learnt on top of other weights.
        return None
    except Unreadable:
        _give_up(deps, version)
        return None


def _give_up(deps: Deps, version: UUID) -> None:
    log.warning("site-model-unreadable", version=str(version))
    with deps.uow(None) as uow:
        uow.learned.distrust(version)
        uow.commit()


def _loaded(deps: Deps, version: UUID) -> Remembered:
    with deps.reading(None) as uow:
        kept = uow.learned.kept(version)
    if kept is None:
        raise NotFound("This version is gone.")
    return kept
