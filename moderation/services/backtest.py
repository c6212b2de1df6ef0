"""Backtest: what another policy would have decided, from what was seen; nothing is scored and nothing changes."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from moderation.domain.comment import REFUSED, Status
from moderation.domain.hindsight import Hindsight, look_back
from moderation.domain.observation import Words, nothing_listed, weigh
from moderation.domain.policy import STRICTNESS, Policy, Verdict
from moderation.domain.share import Share
from moderation.domain.site import Site
from moderation.services.history import Case, cases
from moderation.services.policies import with_lists
from moderation.services.ports import Deps, Period

MOST: Final = 10
"""Moves that are named."""
NO_RULE: Final = "no-rule"
PUBLISHED: Final = frozenset({Status.APPROVED})
HELD: Final = frozenset({Status.HELD})
DELETED, STAFF, WAITS, UNJUDGED = "deleted", "staff", "pending", "unjudged"
"""Why a comment is not compared."""
Judgement = tuple[Status, Status]
"""What policy decided, and what a person said in the end."""


@dataclass(frozen=True, slots=True)
class Move:
    """One comment that would have gone elsewhere."""

    comment_id: UUID
    before: Status
    verdict: Verdict
    word: Status | None

    @property
    def weight(self) -> tuple[bool, int, int]:
        """The more notable is larger: against a person's word, then the farther, then the newer."""
        distance = abs(STRICTNESS[self.before] - STRICTNESS[self.verdict.outcome])
        return (contradicts(self.verdict.outcome, self.word), distance, self.comment_id.int)


@dataclass(slots=True)
class Ruled:
    """How one rule fared."""

    fired: int = 0
    words: Counter[Status] = field(default_factory=Counter)

    @property
    def overruled(self) -> Share:
        """How often people published what it was against."""
        return Share(self.words[Status.APPROVED], self.words.total())

    @property
    def upheld(self) -> Share:
        """How often people called it spam, or rejected it, too."""
        return Share(sum(self.words[status] for status in REFUSED), self.words.total())


@dataclass(slots=True)
class Agreement:
    """How one policy's decisions compare with what people decided."""

    held: int = 0
    judgements: Counter[Judgement] = field(default_factory=Counter)

    def add(self, outcome: Status, word: Status | None) -> None:
        """Count one decision."""
        self.held += outcome is Status.HELD
        if word is not None:
            self.judgements[outcome, word] += 1

    def share(self, outcomes: frozenset[Status], words: frozenset[Status]) -> Share:
        """Give how many of those so decided people decided so."""
        by_word: Counter[Status] = Counter()
        for (outcome, word), count in self.judgements.items():
            by_word[word] += count if outcome in outcomes else 0
        return Share(sum(by_word[word] for word in words), by_word.total())


@dataclass(slots=True)
class Backtest:
    """What came out so far; it grows with the number of rules and scorers, not with that of comments."""

    read: int = 0
    edited: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    moves: Counter[Judgement] = field(default_factory=Counter)
    """From what policy decided to what this one would have decided."""
    before: Agreement = field(default_factory=Agreement)
    after: Agreement = field(default_factory=Agreement)
    rules: defaultdict[tuple[str, Status], Ruled] = field(default_factory=lambda: defaultdict(Ruled))
    scorers: Counter[tuple[str, str]] = field(default_factory=Counter)
    notable: list[Move] = field(default_factory=list)

    @property
    def compared(self) -> int:
        """How many comments both policies decided."""
        return self.moves.total()

    def add(self, case: Case, policy: Policy, obscene: Words = nothing_listed) -> None:
        """Judge one comment again, if it was judged before and is still whole."""
        self.read += 1
        seen = look_back(case.decisions, approved_before=case.approved_before)
        why = _left_out(case, seen)
        if seen.first is None or why is not None:
            self.left_out[why or UNJUDGED] += 1
            return
        verdict = weigh(case.comment, policy, case.signals, seen.past, obscene)
        self._compare(Move(case.comment.id, seen.first.status, verdict, seen.word))
        self.edited += case.comment.revision > 1
        self.scorers.update((signal.kind, signal.scorer) for signal in case.signals)

    def _compare(self, move: Move) -> None:
        outcome = move.verdict.outcome
        self.moves[move.before, outcome] += 1
        self.before.add(move.before, move.word)
        self.after.add(outcome, move.word)
        self._blame(move)
        if move.before is not outcome:
            kept = sorted([*self.notable, move], key=lambda each: each.weight, reverse=True)
            self.notable = kept[:MOST]

    def _blame(self, move: Move) -> None:
        """Count for each rule that fired what a person said; where none did, for the policy's `otherwise`."""
        fired = {(reason.code, reason.outcome) for reason in move.verdict.reasons}
        for rule in fired or {(NO_RULE, move.verdict.outcome)}:
            self.rules[rule].fired += 1
            self.rules[rule].words.update([move.word] if move.word else [])


def backtest(
    deps: Deps, site: Site, policy: Policy, period: Period, *, tell: Callable[[int], None] = lambda _: None
) -> Backtest:
    """Judge what arrived in a period by another policy.

    What policy decided is compared with what this one makes of the same signals; the same
    rows give the same answer. `tell` hears after each batch how many comments were read.
    """
    found = Backtest()
    with deps.reading(site.id) as uow:
        policy = with_lists(uow, site, policy)
    for rule in policy.rules:
        found.rules[rule.code, rule.outcome] = Ruled()  # One that never fires is worth knowing, too.
    for batch in cases(deps, site.id, period):
        for case in batch:
            found.add(case, policy, deps.obscene)
        tell(found.read)
    return found


def contradicts(outcome: Status, word: Status | None) -> bool:
    """Say whether a decision is the opposite of what a person said; holding is the opposite of nothing."""
    if word is None or outcome is Status.HELD:
        return False
    return (outcome in REFUSED) is not (word in REFUSED)


def _left_out(case: Case, seen: Hindsight) -> str | None:
    """Say why a comment cannot be compared, or None."""
    if case.comment.staff:
        return STAFF
    if case.comment.status is Status.DELETED:
        return DELETED
    return WAITS if seen.first is None and case.comment.status is Status.PENDING else None
