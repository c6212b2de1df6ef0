"""Rescoring: what the scorers of today say of what older ones saw; only what waits for a person is touched."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import structlog

from moderation.domain.comment import Comment, Status, Submission
from moderation.domain.decision import Actor, Ruling
from moderation.domain.hindsight import past_of
from moderation.domain.observation import weigh
from moderation.domain.policy import Policy, Verdict
from moderation.domain.signal import ABSTAINED, Signal
from moderation.domain.site import Site
from moderation.services.addresses import submission_of
from moderation.services.decisions import settle_locked
from moderation.services.history import Case, cases
from moderation.services.policies import policy_of
from moderation.services.ports import Deps, Period, Scorer, Uow
from moderation.services.site_models import as_sites_would

WAITING: Final = frozenset({Status.PENDING, Status.HELD})
DELETED, STAFF, PEOPLE, UNSCORED = "deleted", "staff", "decided-by-people", "unscored"
"""Why a comment is left as it is."""
Answered = tuple[Case, Sequence[Signal]]
"""A comment, and what the scorers of today see in it."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Change:
    """What the site's policy of today makes of a comment's old signals, and of its new ones."""

    before: Verdict
    after: Verdict

    @property
    def is_any(self) -> bool:
        """Whether the scorers changed anything; what only the policy changed is none of theirs."""
        return (self.before.outcome, self.before.codes) != (self.after.outcome, self.after.codes)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A comment that policy decided and would decide otherwise today; a person may."""

    comment_id: UUID
    status: Status
    verdict: Verdict


@dataclass(slots=True)
class Rescoring:
    """What came out so far."""

    read: int = 0
    scored: int = 0
    pending: int = 0
    """Of these: not judged yet, so there is no verdict that could differ."""
    stored: int = 0
    refreshed: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    moves: Counter[tuple[Status, Status, tuple[str, ...]]] = field(default_factory=Counter)
    """From the verdict on the stored signals to the one on today's, with its reasons, where they differ."""
    proposals: list[Proposal] = field(default_factory=list)

    @property
    def unchanged(self) -> int:
        """How many verdicts stay what they were."""
        return self.scored - self.pending - self.moves.total()

    def add(self, comment: Comment, change: Change) -> None:
        """Count what became of one comment's verdict."""
        self.scored += 1
        self.pending += comment.status is Status.PENDING
        if comment.status is Status.PENDING:
            return
        before, after = change.before, change.after
        if change.is_any:
            self.moves[before.outcome, after.outcome, after.codes] += 1
        if comment.status not in WAITING and after.outcome not in {before.outcome, comment.status}:
            self.proposals.append(Proposal(comment.id, comment.status, after))


def rescore(
    deps: Deps, site: Site, period: Period, *, dry_run: bool, tell: Callable[[int], None] = lambda _: None
) -> Rescoring:
    """Score again what arrived in a period; `tell` hears after each batch how many comments were read.

    New signals are stored for what waits: pending, or held for a person. What policy holds
    says anew why, and stays held. What is decided keeps its signals and its status; where
    the verdict would differ, that is proposed and nothing more. With `dry_run` nothing changes.
    """
    with deps.reading(site.id) as uow:
        policy, found = policy_of(uow, site), Rescoring()
    for batch in cases(deps, site.id, period):
        found.read += len(batch)
        answered = _asked(deps, site, _touchable(batch, found), found)
        changes = [_weighed(deps, policy, case, signals, found) for case, signals in answered]
        if not dry_run:
            _keep(deps, site.id, list(zip(answered, changes, strict=True)), found)
        tell(found.read)
    return found


def _touchable(batch: Iterable[Case], found: Rescoring) -> list[Case]:
    """Leave out what is no longer, or never was, the policy's to think about."""
    kept = []
    for case in batch:
        why = _left_out(case)
        found.left_out.update([why] if why else [])
        kept += [] if why else [case]
    return kept


def _left_out(case: Case) -> str | None:
    if case.comment.status is Status.DELETED:
        return DELETED
    if case.comment.staff:
        return STAFF
    decided = case.comment.status not in WAITING and case.decisions and case.decisions[-1].by is not Actor.POLICY
    return PEOPLE if decided else None


def _asked(deps: Deps, site: Site, batch: Sequence[Case], found: Rescoring) -> list[Answered]:
    """Ask every scorer, with no transaction open; whom one of them fails over is asked about alone."""
    if not batch:
        return []
    submissions = [submission_of(deps, case.comment) for case in batch]
    try:
        by_scorer = [_seen(deps, site, scorer, submissions) for scorer in deps.scorers.values()]
    except Exception as error:  # noqa: BLE001 (whatever a scorer raises, the others must go on)
        if len(batch) > 1:
            return [answer for case in batch for answer in _asked(deps, site, [case], found)]
        log.warning("rescoring-failed", error=type(error).__name__, comment=str(batch[0].comment.id))
        found.left_out[UNSCORED] += 1
        return []
    return list(zip(batch, map(list, zip(*by_scorer, strict=True)), strict=True))


def _seen(deps: Deps, site: Site, scorer: Scorer, submissions: Sequence[Submission]) -> list[Signal]:
    abstained = Signal(scorer.kind + ABSTAINED, 1.0, scorer.name)
    signals = scorer.look_at(submissions)
    own = as_sites_would(deps, scorer.kind, [site.model] * len(submissions), submissions, signals)
    return [signal or abstained for signal in own]


def _weighed(deps: Deps, policy: Policy, case: Case, signals: Sequence[Signal], found: Rescoring) -> Change:
    """Ask the policy about the old signals and about the new ones; count and give the difference."""
    past = past_of(case.decisions, approved_before=case.approved_before)
    change = Change(*(weigh(case.comment, policy, seen, past, deps.obscene) for seen in (case.signals, signals)))
    found.add(case.comment, change)
    return change


def _keep(deps: Deps, site_id: UUID, batch: Sequence[tuple[Answered, Change]], found: Rescoring) -> None:
    """Store new signals of what still waits with the text that was looked at, and say anew why it is held."""
    waiting = {case.comment.id: (case, signals, change) for (case, signals), change in batch if _waits(case.comment)}
    with deps.uow(site_id) as uow:
        locked = [
            comment
            for comment in uow.comments.lock(waiting)
            if _waits(comment) and comment.revision == waiting[comment.id][0].comment.revision
        ]
        rulings, renewed = [], []
        for comment in locked:
            case, signals, change = waiting[comment.id]
            ruling = _held(comment, case, change)
            rulings += [ruling] if ruling else []
            renewed.append((comment, signals if ruling else _unheard(comment, case, signals)))
        _renew(uow, renewed)
        found.refreshed += len(settle_locked(deps, uow, locked, rulings))
        found.stored += sum(bool(signals) for _, signals in renewed)
        uow.commit()


def _unheard(comment: Comment, case: Case, signals: Sequence[Signal]) -> Sequence[Signal]:
    """Leave out what a scorer had said already: it was decided on, and rounds otherwise in other company."""
    heard = {signal.scorer for signal in case.signals} if comment.status is Status.HELD else set[str]()
    return [signal for signal in signals if signal.scorer not in heard]


def _waits(comment: Comment) -> bool:
    return comment.status in WAITING


def _renew(uow: Uow, seen: Sequence[tuple[Comment, Sequence[Signal]]]) -> None:
    if seen:
        uow.signals.add([(comment, signal) for comment, signals in seen for signal in signals])
        told = {comment.id: signal.language for comment, signals in seen for signal in signals if signal.language}
        uow.comments.set_languages(told)


def _held(comment: Comment, case: Case, change: Change) -> Ruling | None:
    """Say anew why policy holds a comment, where the scorers changed it; what others hold keeps their reasons."""
    by_policy = comment.status is Status.HELD and case.decisions[-1].by is Actor.POLICY
    after = change.after
    reasons = after.codes if after.outcome is Status.HELD else (*after.codes, "rescored")
    if not (by_policy and change.is_any) or reasons == comment.reasons:
        return None
    seen, stance = case.comment, case.decisions[-1].stance
    return Ruling(seen.id, seen.version, Status.HELD, Actor.POLICY, reasons, verdict=after, stance=stance)
