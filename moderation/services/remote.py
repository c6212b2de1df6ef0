"""A site's own scorer: who it is, what of a comment it is told, and what happens while it rests."""

from collections.abc import Sequence
from datetime import timedelta

import structlog

from moderation.domain.comment import Status, Submission
from moderation.domain.signal import REMOTE, Signal
from moderation.domain.site import Site
from moderation.services.ports import Claim, Deps, RemoteScorer, Scorer

log = structlog.get_logger()


class Nobody:
    """Stands for the scorer of a site that has none any more: it is asked what was planned before, and cannot say."""

    kind = REMOTE
    name = "nobody"
    patience = timedelta(seconds=5)
    rest = timedelta()
    most = 64

    def look_at(self, submissions: Sequence[Submission]) -> list[Signal | None]:
        """Say nothing about each of them."""
        return [None for _ in submissions]


def asked(deps: Deps) -> list[Site]:
    """Give the sites whose own scorers have something to look at."""
    with deps.reading(None) as uow:
        return uow.sites.some(uow.jobs.due_sites(REMOTE))


def own_scorer(deps: Deps, site: Site) -> RemoteScorer:
    """Give a site's own scorer; its secret is opened where it is used, so that one that does not open is a failure."""
    address, sealed = site.scorer_url, site.scorer_secret
    if address is None or sealed is None:
        return Nobody()
    return deps.remotes(address, lambda: deps.vault.open(sealed, site_id=site.id, comment_id=site.id))


def put_off(deps: Deps, site: Site, rest: timedelta) -> None:
    """Let what waits for a scorer that rests be asked about later."""
    with deps.uow(None) as uow:
        waiting = uow.jobs.put_off(REMOTE, site.id, rest)
        uow.commit()
    log.warning("scorer-rests", site=str(site.id), seconds=round(rest.total_seconds(), 1), waiting=waiting)


def look_from_outside(scorer: Scorer, claims: Sequence[Claim]) -> list[Signal | None]:
    """Ask somebody else's scorer: what is deleted is not sent, and of the rest neither author nor circumstances."""
    told = [claim.comment for claim in claims if claim.comment.status is not Status.DELETED]
    outside = [Submission(text=item.text, language=item.language, thread=item.thread) for item in told]
    answers = dict(zip((item.id for item in told), scorer.look_at(outside) if outside else (), strict=True))
    return [answers.get(claim.comment_id) for claim in claims]
