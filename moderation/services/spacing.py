"""Spacing: what is severe in the texts that somebody has before them, so that it neither leaps out nor piles up."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from moderation.domain.signal import TOXICITY, Finding
from moderation.domain.spacing import SEVERE
from moderation.services.ports import Deps


def severe(deps: Deps, comments: Iterable[tuple[UUID, UUID]]) -> Mapping[UUID, Sequence[Finding]]:
    """Give what is severe in these comments, each named after its site; those in which nothing is are left out."""
    by_site = defaultdict[UUID, list[UUID]](list)
    for site_id, comment_id in comments:
        by_site[site_id].append(comment_id)
    found: dict[UUID, Sequence[Finding]] = {}
    for site_id, comment_ids in by_site.items():
        with deps.reading(site_id) as uow:
            found |= uow.signals.found(comment_ids, TOXICITY)
    grave = {item: [each for each in findings if each.code in SEVERE] for item, findings in found.items()}
    return {item: findings for item, findings in grave.items() if findings}
