"""Tampering: whether the record of a comment is still what was written down, and where it breaks if it is not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isclose
from typing import Any, Final

from moderation.domain.comment import Comment, Status
from moderation.domain.decision import Actor, Decision
from moderation.domain.record import INPUTS, committed, document, found, inputs, is_scored, linked
from moderation.domain.signal import ABSTAINED, Signal

FIRST: Final = 2
"""The version that a comment's first decision gives it."""
NEARLY: Final = 1e-6
"""Scorers may differ by so much from one machine to the next, and nobody gains anything by it."""


@dataclass(frozen=True, slots=True)
class Break:
    """The first link that is not what was written down, and what is wrong with it."""

    version: int
    what: str


def first_break(comment: Comment, decisions: Sequence[Decision], signals: Sequence[Signal]) -> Break | None:
    """Say where a comment's record breaks; None where all that can be checked is as it was.

    `signals` are those of the present text. What was erased since can no longer be compared, and is no break; a
    comment whose decisions are all older than records has none to break.
    """
    return next(_breaks(comment, decisions, signals), None)


def _breaks(comment: Comment, decisions: Sequence[Decision], signals: Sequence[Signal]) -> Iterator[Break]:
    yield from _torn(comment, decisions)
    latest = decisions[-1] if decisions else None
    if latest is None or latest.link is None or latest.evidence is None:
        return
    if latest.evidence["revision"] != comment.revision:
        yield Break(latest.version, "it was made on another revision of the text")
    yield from _other_inputs(comment, latest)
    if comment.text and not _is_still_scored(comment, latest):
        yield from _other_signals(comment, latest, signals)


def _torn(comment: Comment, decisions: Sequence[Decision]) -> Iterator[Break]:
    """Follow the versions from the first on, and the chain from its first link on."""
    before: Decision | None = None
    for version, decision in enumerate(decisions, FIRST):
        if decision.version != version:
            yield Break(version, "it is missing")
        if before is None and decision.link is None:
            continue  # From before records began.
        if decision.link is None:
            yield Break(decision.version, "it is not linked to the one before")
        elif linked(document(decision, before.link if before else None)) != decision.link:
            yield Break(decision.version, "it, or the link before it, was changed")
        yield from _other_note(decision)
        before = decision
    if comment.version >= FIRST + len(decisions):
        yield Break(FIRST + len(decisions), "it is missing")
    elif comment.version < FIRST + len(decisions) - 1:
        yield Break(comment.version + 1, "the comment knows nothing of it")


def _other_note(decision: Decision) -> Iterator[Break]:
    """Notes that were erased are gone together with their salt."""
    known, salt = decision.evidence or {}, decision.salt
    if committed(salt, "note", decision.note) != known.get("note") if salt else decision.note:
        yield Break(decision.version, "its note was changed")
    told = known.get("public_note")
    if committed(salt, "public_note", decision.public_note) != told if salt and told else decision.public_note:
        yield Break(decision.version, "its note to the author was changed")


def _other_inputs(comment: Comment, latest: Decision) -> Iterator[Break]:
    told: Mapping[str, str] | None = (latest.evidence or {})["inputs"]
    if told is None or _is_emptied(comment):
        return
    now = inputs(comment) or {}
    for name in INPUTS:
        if now.get(name) != told.get(name):
            yield Break(latest.version, f"the {name} that was decided on was changed")


def _is_emptied(comment: Comment) -> bool:
    """Say whether the text was erased, with all that people wrote and the salt by which it could be guessed."""
    gone = not (comment.salt or comment.text or comment.name or comment.website)
    return gone and comment.status is Status.DELETED


def _is_still_scored(comment: Comment, latest: Decision) -> bool:
    """Say whether signals may still come in by the rules: it waits for them, or somebody did not wait for them."""
    unawaited = latest.previous is Status.PENDING and latest.by is not Actor.POLICY
    return unawaited or comment.status is Status.PENDING


def _other_signals(comment: Comment, latest: Decision, signals: Sequence[Signal]) -> Iterator[Break]:
    """Hold what is stored of scorers against what was decided on; one that is another by now has scored anew."""
    stored = {_base(signal.kind): signal for signal in signals}
    told = {_base(check["kind"]): check for check in (latest.evidence or {})["checks"] if is_scored(check["kind"])}
    for kind, check in told.items():
        if kind not in stored:
            yield Break(latest.version, f"the signal {kind} that was decided on is gone")
        elif not _same(comment, check, stored[kind]):
            yield Break(latest.version, f"the signal {kind} that was decided on was changed")
    if latest.by is Actor.POLICY and (latest.evidence or {})["policy"] is not None:
        for kind in sorted(stored.keys() - told.keys()):
            yield Break(latest.version, f"the signal {kind} was added afterwards")


def _same(comment: Comment, check: Mapping[str, Any], signal: Signal) -> bool:
    if signal.scorer != check["scorer"]:
        return True
    near = isclose(float(check["value"]), signal.value, rel_tol=NEARLY, abs_tol=NEARLY)
    return near and signal.kind == check["kind"] and check["found"] == found(comment.salt, signal)


def _base(kind: str) -> str:
    return kind.removesuffix(ABSTAINED)
