"""Scoring: claim what waits, look at it, store the signal; the last signal in asks the policy."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from random import uniform
from typing import Final, TypeVar
from uuid import UUID

import structlog

from moderation.domain.comment import ALONE, Around, Comment, Status
from moderation.domain.decision import Actor, Ruling
from moderation.domain.house_rule import Citation
from moderation.domain.observation import Past, weigh
from moderation.domain.policy import Policy
from moderation.domain.signal import ABSTAINED, REMOTE, SPAM, Signal
from moderation.domain.site import Site
from moderation.domain.wave import Stance
from moderation.services.addresses import submission_of
from moderation.services.barred import bars
from moderation.services.decisions import settle_locked
from moderation.services.kinship import firsts, gathered
from moderation.services.policies import policies_of
from moderation.services.ports import ATTEMPTS, RENDER, Bell, Claim, Deps, Scorer, Uow
from moderation.services.remote import look_from_outside, own_scorer, put_off
from moderation.services.site_models import as_sites_would

SCORING_FAILED: Final = "scoring-failed"
RENDER_PATIENCE: Final = timedelta(seconds=5)
OVERDUE: Final = timedelta(minutes=10)
"""What has waited for its scores for longer goes to a person."""

T = TypeVar("T")
log = structlog.get_logger()


def score(deps: Deps, kind: str, batch: int = 64) -> int:
    """Give one batch of waiting comments this scorer's signal; return how many there were.

    A claim is a lease. Who comes back after it ran out finds it gone and changes
    nothing, so running twice, or dying half-way, is harmless.
    """
    scorer = deps.scorers[kind]
    claims = _claim(deps, kind, batch, scorer.patience)
    signals = _attempt(deps, claims, lambda: _looked(deps, scorer, claims))
    return _answered(deps, scorer, claims, signals)


def ask(deps: Deps, site: Site) -> int:
    """Let a site's own scorer look at one batch of its waiting comments; return how many there were.

    Promises what `score` does. While a scorer is left alone, because it failed several times
    in a row, what waits for it is put off, which counts as no attempt; after ten minutes a
    person looks at it all the same. A site that has no scorer any more gets answers that say nothing.
    """
    scorer = own_scorer(deps, site)
    if rest := scorer.rest:
        put_off(deps, site, rest)
        return 0
    claims = _claim(deps, REMOTE, scorer.most, scorer.patience, site.id)
    return _answered(deps, scorer, claims, _attempt(deps, claims, lambda: look_from_outside(scorer, claims)))


def render(deps: Deps, batch: int = 64) -> int:
    """Turn one batch of waiting texts into HTML; return how many there were. Promises what `score` does."""
    claims = _claim(deps, RENDER, batch, RENDER_PATIENCE)
    pages = _attempt(deps, claims, lambda: [deps.render(claim.comment.text) for claim in claims])
    if pages is not None:
        html = {claim.comment_id: page for claim, page in zip(claims, pages, strict=True)}
        _redeem(deps, claims, lambda uow, live: _show(uow, [replace(item, html=html[item.id]) for item in live]))
    return len(claims)


def give_up(deps: Deps, batch: int = 64) -> int:
    """Hold for a person what could not be scored in three attempts; return how many there were."""
    with deps.uow(None) as uow:
        locked = uow.comments.lock(uow.jobs.exhausted(batch))
        given_up = uow.jobs.abandon([comment.id for comment in locked])  # An edit meanwhile began them afresh.
        stuck = [comment for comment in locked if comment.id in given_up]
        settle_locked(deps, uow, stuck, [_failure(comment) for comment in stuck if comment.status is Status.PENDING])
        uow.commit()
    if stuck:
        deps.ring(Bell.DELIVER)
    return len(stuck)


def hold_overdue(deps: Deps, patience: timedelta = OVERDUE, batch: int = 64) -> int:
    """Hold for a person what has waited for its scores longer than `patience`; return how many there were."""
    with deps.uow(None) as uow:
        overdue = uow.comments.overdue(patience, batch)
        settle_locked(deps, uow, overdue, [_failure(comment) for comment in overdue])
        uow.jobs.drop(REMOTE, [comment.id for comment in overdue])  # Else they pile up behind a scorer that is gone.
        uow.commit()
    if overdue:
        deps.ring(Bell.DELIVER)
    return len(overdue)


def _looked(deps: Deps, scorer: Scorer, claims: Sequence[Claim]) -> list[Signal | None]:
    """Ask a scorer, and let what moderators of a site decided have its say."""
    submissions = [submission_of(deps, claim.comment) for claim in claims]
    signals = scorer.look_at(submissions)
    return as_sites_would(deps, scorer.kind, [claim.model for claim in claims], submissions, signals)


def _claim(deps: Deps, kind: str, batch: int, lease: timedelta, site_id: UUID | None = None) -> list[Claim]:
    with deps.uow(None) as uow:
        claims = uow.jobs.claim(kind, batch, lease, site_id)
        if kind == SPAM:
            claims = _amid(uow, claims)
        uow.commit()
    return claims


def _amid(uow: Uow, claims: list[Claim]) -> list[Claim]:
    """Look what was sent around these comments, and what says nearly the same, in a statement each for all of them."""
    uow.echoes.keep([claim.comment_id for claim in claims if claim.comment.sketch is not None])
    ids = [claim.comment_id for claim in claims]
    around, kin = uow.echoes.around(ids), uow.waves.kin(ids)
    return [claim.amid(around.get(claim.comment_id, ALONE), kin.get(claim.comment_id)) for claim in claims]


def _attempt(deps: Deps, claims: Sequence[Claim], work: Callable[[], T]) -> T | None:
    """Do what may fail with no transaction open; a failure is put off, and after the third given up."""
    if not claims:
        return None
    try:
        return work()
    except Exception as error:  # noqa: BLE001 (whatever a scorer raises, its comments must go on)
        _complain(claims, error)
        with deps.uow(None) as uow:
            uow.jobs.postpone(claims, _pause(claims))
            uow.commit()
        return None


def _complain(claims: Sequence[Claim], error: Exception) -> None:
    """Log ids and the kind of error; its message may quote the text."""
    ids = [str(claim.comment_id) for claim in claims]
    log.warning("attempt-failed", kind=claims[0].kind, attempt=claims[0].attempts, error=type(error).__name__, ids=ids)


def _pause(claims: Sequence[Claim]) -> timedelta:
    """Wait a little longer after each attempt, with jitter; a batch is taken apart at once, one by one."""
    if len(claims) > 1 or claims[0].attempts >= ATTEMPTS:
        return timedelta()
    return timedelta(seconds=uniform(0.2, 1.0) * 2 ** claims[0].attempts)  # noqa: S311 (jitter is no secret)


def _answered(deps: Deps, scorer: Scorer, claims: Sequence[Claim], signals: Sequence[Signal | None] | None) -> int:
    """Keep what a scorer said of each claim, if it said anything; return how many claims there were."""
    if signals is not None:
        answers = {claim.comment_id: (claim, signal) for claim, signal in zip(claims, signals, strict=True)}
        _redeem(deps, claims, lambda uow, live: _store(uow, scorer, [(item, *answers[item.id]) for item in live]))
    return len(claims)


def _redeem(deps: Deps, claims: Sequence[Claim], store: Callable[[Uow, list[Comment]], list[Comment]]) -> None:
    """Store what was found where the lease still holds, and judge what has everything.

    The comments are locked first. Without that, two scorers that finish together each
    miss the other's signal, and nobody settles the comment.
    """
    with deps.uow(None) as uow:
        wanted = firsts(claims).union(claim.comment_id for claim in claims)
        locked = {comment.id: comment for comment in uow.comments.lock(wanted)}
        held = uow.jobs.redeem([claim for claim in claims if claim.comment_id in locked])
        live = [locked[claim.comment_id] for claim in held]
        kin = {claim.comment_id: claim.kin for claim in held if claim.kin}
        rolling = gathered(deps, uow, live, kin, locked) if kin else live
        shown = {item.thread_id for item in live if item.status is Status.APPROVED and item.html is None}
        settled = _judge_complete(deps, uow, store(uow, rolling), shown)
        uow.commit()
    if settled:
        deps.ring(Bell.DELIVER)


def _show(uow: Uow, comments: list[Comment]) -> list[Comment]:
    """Keep the HTML of comments; give them back."""
    uow.comments.set_html({comment.id: comment.html for comment in comments if comment.html is not None})
    return comments


def _store(uow: Uow, scorer: Scorer, answers: Sequence[tuple[Comment, Claim, Signal | None]]) -> list[Comment]:
    """Keep what the scorer saw; give the comments as they are now."""
    abstained = Signal(scorer.kind + ABSTAINED, 1.0, scorer.name)
    uow.signals.add([(comment, signal or abstained) for comment, _, signal in answers])
    told = {
        comment.id: signal.language
        for comment, _, signal in answers
        if signal and signal.language and signal.language != comment.language
    }
    uow.comments.set_languages(told)
    spoken = [
        replace(comment, language=told[comment.id]) if comment.id in told else comment for comment, _, _ in answers
    ]
    return _noted(uow, spoken, [claim for _, claim, _ in answers]) if scorer.kind == SPAM else spoken


def _noted(uow: Uow, comments: Sequence[Comment], claims: Sequence[Claim]) -> list[Comment]:
    """Keep what was sent around comments, where that is news; give the comments as they are now."""
    seen = [claim.comment.circumstances for claim in claims]
    noted = [one.amid(Around(its.echoes, its.pace)) for one, its in zip(comments, seen, strict=True)]
    uow.comments.set_circumstances([now for now, before in zip(noted, comments, strict=True) if now is not before])
    return noted


def _judge_complete(deps: Deps, uow: Uow, comments: Sequence[Comment], shown: Collection[UUID]) -> int:
    """Judge those that wait for nothing more, as they are now that the last result is stored.

    `shown` names threads in which a comment that readers see got its HTML.
    """
    unfinished = uow.jobs.unfinished([comment.id for comment in comments])
    ready = [item for item in comments if item.status is Status.PENDING and item.id not in unfinished]
    return len(settle_locked(deps, uow, ready, _rulings(deps, uow, ready), shown=shown))


def _rulings(deps: Deps, uow: Uow, ready: Sequence[Comment]) -> list[Ruling]:
    """Ask each comment's site's policy about everything that was seen of it."""
    if not ready:
        return []
    signals, pasts = uow.signals.of(ready), _pasts(deps, uow, ready)
    policies = policies_of(uow, {comment.site_id for comment in ready})
    stances = uow.waves.standing({comment.wave for comment in ready if comment.wave})
    return [
        _ruled(
            deps,
            comment,
            policies[comment.site_id],
            signals.get(comment.id, []),
            pasts[comment.id],
            stances.get(comment.wave) if comment.wave else None,
        )
        for comment in ready
    ]


def _pasts(deps: Deps, uow: Uow, ready: Sequence[Comment]) -> dict[UUID, Past]:
    """Look up what happened to comments and their authors before; for most of them, nothing."""
    vouched, barred = uow.comments.vouched(ready), bars(deps, uow, ready)
    moved = [comment.id for comment in ready if comment.version > 1]
    reviewed, overruled = uow.log.decided_by_people(moved), uow.log.overruled(moved)
    return {
        comment.id: Past(
            approved_before=vouched.get(comment.id, 0),
            reviewed=comment.revision > 1 and comment.id in reviewed,
            overruled=comment.id in overruled,
            barred=tuple(dict.fromkeys(ban.effect for ban in barred.get(comment.id, ()))),
        )
        for comment in ready
    }


def _ruled(
    deps: Deps, comment: Comment, policy: Policy, signals: Sequence[Signal], past: Past, stance: Stance | None
) -> Ruling:
    """Ask the policy, and what a person decided of those that say the same; the stricter goes, as with any two rules.

    Who took back what policy had decided of this very comment is not overruled by that.
    """
    follows = None if past.overruled else stance
    known = replace(past, wave=follows.status) if follows else past
    verdict = weigh(comment, policy, signals, known, deps.obscene)
    told = follows if follows and follows.status is verdict.outcome else None
    return Ruling(
        comment_id=comment.id,
        seen=comment.version,
        status=verdict.outcome,
        by=Actor.POLICY,
        reasons=verdict.codes,
        verdict=verdict,
        stance=follows.id if follows else None,
        cites=Citation.of(told.cites) if told else None,
        public_note=told.public_note if told else "",
    )


def _failure(comment: Comment) -> Ruling:
    return Ruling(comment.id, comment.version, Status.HELD, Actor.POLICY, (SCORING_FAILED,))
