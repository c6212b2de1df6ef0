"""The record of a comment: what was checked and decided, each decision a link that names the hash of the one before.

Whatever people wrote is in a link only as a hash over a salt that is kept with it: once both are erased, the
hash says nothing, and the chain still holds. How to recompute it is on the page about records.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from moderation.domain.comment import Comment
from moderation.domain.decision import Decision, Ruling
from moderation.domain.policy import Reason
from moderation.domain.signal import ABSTAINED, KINDS, Signal

FORMAT: Final = 1
SALT_BYTES: Final = 16
INPUTS: Final = ("text", "name", "website")


def evidence(comment: Comment, seen: Sequence[Signal], ruling: Ruling, salt: bytes | None) -> dict[str, Any]:
    """Write down what lay before whoever decided: the inputs and the notes as hashes, and every check with its number.

    Where policy decided, the numbers of each rule that fired and the hash of the policy are there too. The house rule
    that is cited and the note to the author are there where there are any. `salt` is there if anything was noted.
    """
    verdict = ruling.verdict
    asked = {rule.signal for rule in verdict.policy.rules} if verdict and verdict.policy else set[str]()
    checks = [signal for signal in seen if is_scored(signal.kind) or signal.kind in asked]
    return {
        "format": FORMAT,
        "revision": comment.revision,
        "inputs": inputs(comment),
        "note": committed(salt, "note", ruling.note) if salt else None,
        "checks": [_check(comment, signal) for signal in checks],
        "policy": verdict.policy.digest if verdict and verdict.policy else None,
        "fired": [_fired(reason) for reason in verdict.reasons] if verdict else [],
        **_told(ruling, salt),
    }


def _told(ruling: Ruling, salt: bytes | None) -> dict[str, Any]:
    """Write down what the author is told beside the reasons, if anything."""
    rule = {"rule": ruling.cites.kept} if ruling.cites else {}
    if salt is None or not ruling.public_note:
        return rule
    return {**rule, "public_note": committed(salt, "public_note", ruling.public_note)}


def is_scored(kind: str) -> bool:
    """Say whether a scorer gives this kind of signal, if only by saying that it cannot tell."""
    return kind.removesuffix(ABSTAINED) in KINDS


def inputs(comment: Comment) -> dict[str, str] | None:
    """Give the hash of each input; None where there is no salt, as there was none before records began."""
    if comment.salt is None:
        return None
    return {name: committed(comment.salt, name, getattr(comment, name) or "") for name in INPUTS}


def committed(salt: bytes, name: str, value: str) -> str:
    """Hash what somebody wrote under its name, so that only who has the salt can say what it was."""
    return hashlib.sha256(salt + name.encode() + b"\0" + value.encode()).hexdigest()


def found(salt: bytes | None, signal: Signal) -> str | None:
    """Hash what a scorer found and where, which may quote the text; None where it found nothing."""
    if salt is None or not signal.findings:
        return None
    places = [[finding.code, finding.detail, [list(span) for span in finding.spans]] for finding in signal.findings]
    return committed(salt, "found", canonical(places).decode())


def document(decision: Decision, before: bytes | None) -> dict[str, Any]:
    """Give everything that a link's hash is made of; `before` is the hash of the link before it."""
    return {
        "id": str(decision.id),
        "site": str(decision.site_id),
        "comment": str(decision.comment_id),
        "version": decision.version,
        "previous": str(decision.previous),
        "status": str(decision.status),
        "previous_reasons": list(decision.previous_reasons),
        "reasons": list(decision.reasons),
        "by": str(decision.by),
        "actor": None if decision.actor_id is None else str(decision.actor_id),
        "undoes": None if decision.undoes is None else str(decision.undoes),
        "at": moment(decision.created_at),
        "evidence": decision.evidence,
        "before": None if before is None else before.hex(),
    }


def moment(at: datetime) -> str:
    """Write a moment to the microsecond, as it is kept."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def linked(told: Mapping[str, Any]) -> bytes:
    """Hash a link's document."""
    return hashlib.sha256(canonical(told)).digest()


def canonical(told: Any) -> bytes:
    """Write JSON in the one way that is hashed: keys sorted, no spaces, ASCII alone. It holds no fractions."""
    return json.dumps(told, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def _check(comment: Comment, signal: Signal) -> dict[str, Any]:
    return {
        "kind": signal.kind,
        "value": repr(float(signal.value)),
        "scorer": signal.scorer,
        "found": found(comment.salt, signal),
    }


def _fired(reason: Reason) -> dict[str, Any]:
    return {
        "code": reason.code,
        "signal": reason.signal,
        "outcome": str(reason.outcome),
        "value": None if reason.value is None else repr(float(reason.value)),
        "threshold": None if reason.threshold is None else repr(float(reason.threshold)),
    }
