"""What a card shows: the comment with its marked words, why it is here, and what is known around it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from moderation.domain.comment import Comment, Status
from moderation.domain.decision import Actor, Decision
from moderation.domain.person import Role
from moderation.domain.policy import Reason
from moderation.domain.signal import SCORED, Finding, Signal
from moderation.domain.wave import LISTED, Stance
from moderation.http.console.appealed import appealed, word_of
from moderation.http.console.citing import choices
from moderation.http.console.gate import person
from moderation.http.console.known import told_beside
from moderation.http.console.marking import pieces, sought_in
from moderation.http.console.meanings import COUNTED, meaning
from moderation.http.console.naming import SIGNAL_OF
from moderation.http.console.speech import Spoken, decimal, gettext, spoken
from moderation.http.console.veil import excerpt, plain, veiled
from moderation.http.context import deps
from moderation.http.words import marked
from moderation.services import desk, people, portraits, review, spacing, waves
from moderation.services.desk import Around
from moderation.services.ports import Row
from moderation.services.review import Dossier

EXCERPT: Final = 220
QUOTED: Final = 400
BY: Final = Spoken(
    {
        Actor.POLICY: marked("the policy"),
        Actor.KEY: marked("a key"),
        Actor.AUTHOR: marked("the author"),
        Actor.READER: marked("readers"),
        Actor.ERASURE: marked("an erasure"),
    }
)


@dataclass(frozen=True, slots=True)
class Why:
    """One reason, with the number that made its rule fire and the number that the rule asks for."""

    code: str
    sentence: str
    number: str = ""
    threshold: str = ""
    share: int | None = None
    bar: int | None = None


def line(row: Row, sites: Mapping[UUID, str], severe: Sequence[Finding]) -> dict[str, Any]:
    """Show a comment as one line of the queue, or, where several say nearly the same, all of them."""
    alike = row.get("alike", 1)
    rolls = alike > 1
    return {
        "id": str(row["id"]),
        "key": str(row["wave"] if rolls else row["id"]),
        "wave": rolls,
        "alike": alike,
        "more": alike >= LISTED,
        "version": row["stances"] if rolls else row["version"],
        "status": str(row["status"]),
        "reasons": [meaning(code) for code in row["reasons"]],
        "name": row["name"] or gettext("Nobody"),
        "staff": row["staff"],
        "member": row["member"],
        "text": [*excerpt(row["text"], severe, EXCERPT)],
        "whole": plain(row["text"], severe),
        "severe": bool(severe),
        "site": sites.get(row["site_id"], ""),
        "site_id": row["site_id"],
        "page": row["thread_title"] or row["thread"],
        "at": row["received_at"],
    }


def card(site_id: UUID, comment_id: UUID, sought: str = "") -> dict[str, Any]:
    """Gather everything that a card shows, with what somebody looks for marked in it."""
    dossier = review.dossier(deps(), site_id, comment_id)
    comment = dossier.comment
    around = desk.around(deps(), comment, dossier.signals, dossier.history)
    findings = [*(finding for signal in dossier.signals for finding in signal.findings), *around.listed]
    findings += sought_in(comment.text, sought)
    return {
        "rolls": False,
        "comment": comment,
        "alike": waves.alike(deps(), comment),
        "id": str(comment.id),
        "email": None if dossier.email is None else str(dossier.email),
        "may_look": dossier.email is not None and site_id in person().sites(Role.SENIOR),
        "host": _host(comment.website),
        "pieces": pieces(comment.text, findings, veiled()),
        "why": [*_fired(comment.reasons, around.reasons)],
        "measured": [*_measured(dossier.signals, around.reasons)],
        "flags": dossier.flags,
        "appeal": appealed(dossier, around.names, BY),
        "record": _record(dossier),
        "beside": told_beside(site_id, portraits.beside(deps(), comment)),
        "history": _history(dossier, around),
        "undoable": _undoable(dossier),
        "site": around.site,
        "thread": around.thread,
        "parent": around.parent and _parent(around.parent),
        "pinned": around.thread is not None and str(comment.id) in around.thread.pins,
        "pinnable": comment.status is Status.APPROVED and comment.parent_id is None,
        "closed": around.thread is not None and around.thread.is_closed(around.site.close_after_days, deps().now()),
        "signed": person().name,
        **choices(around.rules, around.canned, comment.reasons),
    }


def _parent(parent: Comment) -> dict[str, Any]:
    severe = spacing.severe(deps(), [(parent.site_id, parent.id)]).get(parent.id, ())
    return {"name": parent.name, "text": [*excerpt(parent.text, severe, QUOTED)], "longer": len(parent.text) > QUOTED}


def _fired(codes: Sequence[str], reasons: Sequence[Reason]) -> Iterator[Why]:
    """Give the reasons that the comment carries, with their numbers where the policy still gives them."""
    numbers = {reason.code: reason for reason in reasons}
    for code in codes:
        reason = numbers.get(code)
        yield Why(code, meaning(code)) if reason is None else _numbered(reason)


def _numbered(reason: Reason) -> Why:
    if reason.signal in COUNTED and reason.value is not None:
        counted = gettext("%(number)s %(things)s", number=f"{reason.value:.0f}", things=COUNTED[reason.signal])
        return Why(reason.code, meaning(reason.code), counted, _or_more(reason))
    if reason.signal in SCORED and reason.value is not None and reason.threshold is not None:
        shares = round(reason.value * 100), round(reason.threshold * 100)
        return Why(reason.code, meaning(reason.code), decimal(reason.value, "0.00"), _or_more(reason), *shares)
    return Why(reason.code, meaning(reason.code))


def _or_more(reason: Reason) -> str:
    return gettext("%(number)s or more", number=decimal(reason.threshold or 0))


def _measured(signals: Sequence[Signal], reasons: Sequence[Reason]) -> Iterator[dict[str, Any]]:
    """Give what scorers said, with what each found; who abstained says nothing."""
    fired = {reason.signal for reason in reasons}
    for signal in signals:
        if signal.kind.endswith("-abstained"):
            continue
        yield {
            "kind": signal.kind,
            "called": SIGNAL_OF.get(signal.kind, signal.kind.capitalize()),
            "value": signal.value,
            "percent": round(signal.value * 100),
            "fired": signal.kind in fired,
            "scorer": signal.scorer,
            "details": list(dict.fromkeys(spoken(finding.detail) for finding in signal.findings)),
        }


def _record(dossier: Dossier) -> list[tuple[str, int]]:
    """Count what became of the author's comments here, without those that never were."""
    order = (Status.APPROVED, Status.HELD, Status.REJECTED, Status.SPAM, Status.PENDING, Status.DELETED)
    return [(str(status), dossier.record[status]) for status in order if dossier.record.get(status)]


def _history(dossier: Dossier, around: Around) -> list[dict[str, Any]]:
    """Tell a comment's decisions, the latest first, each with the decision on a whole wave that it follows."""
    followed = [decision.stance for decision in dossier.history if decision.stance]
    stances = waves.stances(deps(), dossier.comment.site_id, followed) if followed else {}
    deciders = people.names(deps(), {stance.actor_id for stance in stances.values()}) if stances else {}
    return [_told(decision, around) | _following(decision, stances, deciders) for decision in reversed(dossier.history)]


def _following(decision: Decision, stances: Mapping[UUID, Stance], names: Mapping[UUID, str]) -> dict[str, Any]:
    stance = stances.get(decision.stance) if decision.stance else None
    if stance is None:
        return {"wave": None, "person": False, "follows": ""}
    follows = names.get(stance.actor_id, gettext("somebody"))
    return {"wave": stance.wave_id, "person": decision.by is Actor.PERSON, "follows": follows}


def _told(decision: Decision, around: Around) -> dict[str, Any]:
    names, rule = around.names, around.worded.get(decision.id)
    by = (decision.actor_id and names.get(decision.actor_id)) or BY.get(decision.by) or gettext("somebody")
    return {
        "word": word_of(decision),
        "status": str(decision.status),
        "by": by,
        "reasons": [meaning(code) for code in decision.reasons],
        "note": decision.note,
        "rule": rule.title if rule else "",
        "public_note": decision.public_note,
        "at": decision.created_at,
    }


def _undoable(dossier: Dossier) -> str | None:
    """Name the decision that an undo would take back: the latest, if a person or a key made it."""
    latest = dossier.history[-1] if dossier.history else None
    if latest is None or latest.by not in {Actor.PERSON, Actor.KEY} or latest.version != dossier.comment.version:
        return None
    return str(latest.id)


def _host(website: str | None) -> str | None:
    return urlsplit(website).hostname if website else None
