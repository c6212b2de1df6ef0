"""Exporting: everything that a site keeps about an author, as a document that the author can read."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from moderation.domain.appeal import Appeal
from moderation.domain.audit import Act
from moderation.domain.comment import Comment, Status
from moderation.domain.decision import Actor, Decision
from moderation.domain.event import instant
from moderation.domain.signal import Signal
from moderation.domain.site import Site
from moderation.services.addresses import address_of
from moderation.services.hearings import words_of
from moderation.services.noting import note
from moderation.services.ports import Deps, Uow

FORMAT: Final = 1
PIECE: Final = 200
WHO: Final = {
    Actor.POLICY: "The site's policy",
    Actor.PERSON: "A moderator",
    Actor.KEY: "A server of the site",
    Actor.AUTHOR: "The author",
    Actor.READER: "Flags of readers",
    Actor.ERASURE: "An erasure",
}
DID: Final = {
    Status.PENDING: "put it back to be judged",
    Status.APPROVED: "published it",
    Status.HELD: "held it for a moderator",
    Status.SPAM: "marked it as spam",
    Status.REJECTED: "did not publish it",
    Status.DELETED: "deleted it",
}
NOT_HERE: Final = (
    "Flags that somebody raised as a reader are kept under a keyed hash of their network, which no address leads to.",
    "What was emptied a day after it was deleted, and what a receiver of events keeps, is not in here.",
)


def export(deps: Deps, site: Site, prints: Sequence[bytes], *, name_staff: bool = True) -> dict[str, Any]:
    """Write down what a site keeps about an author; that it was written down is noted in the site's audit."""
    with deps.uow(site.id) as uow:
        note(deps, uow, Act.AUTHOR_EXPORTED, [site.id])
        uow.commit()
    names = _names(deps, site.id) if name_staff else {}
    found: dict[str, Any] = _plain(_Dossier(deps, site, names).of(prints, deps.now()))
    return found


def whole(deps: Deps, found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Make one document of what several sites keep about somebody."""
    return {"format": FORMAT, "made_at": instant(deps.now()), "sites": list(found), "not_here": list(NOT_HERE)}


@dataclass(frozen=True, slots=True)
class _Dossier:
    """Writes about one author of one site; names are told of whoever is among them."""

    deps: Deps
    site: Site
    names: Mapping[UUID, str]

    def of(self, prints: Sequence[bytes], until: datetime) -> dict[str, Any]:
        parts = [self._known_as(each, until) for each in prints]
        merged = {name: list(chain.from_iterable(part[name] for part in parts)) for name in parts[0]}
        return {"site": {"id": str(self.site.id), "name": self.site.name}, **merged}

    def _known_as(self, fingerprint: bytes, until: datetime) -> dict[str, list[Any]]:
        with self.deps.snapshot(self.site.id) as uow:
            told, ids = list[dict[str, Any]](), list[UUID]()
            for piece in _pieces(uow, self.site.id, fingerprint, until):
                told += self._comments(uow, piece)
                ids += [comment.id for comment in piece]
            return {"comments": told, **self._beside(uow, fingerprint, ids)}

    def _beside(self, uow: Uow, fingerprint: bytes, ids: Collection[UUID]) -> dict[str, list[Any]]:
        where = (self.site.id, fingerprint)
        box = uow.mailboxes.of(*where)
        return {
            "notes": [self._by(each, "comment_id", "text", "created_at") for each in uow.traces.notes(*where, ids)],
            "bans": [
                self._by(each, "effect", "mark", "reason", "created_at", "until", "lifted_at")
                for each in uow.traces.bans(*where, ids)
            ],
            "mailboxes": [_fields(box, "touched_at", "confirmed_at", "asked_at", "silent", "network")] if box else [],
            "wants_to_be_told": [
                _fields(each, "comment_id", "replies", "decision") for each in uow.traces.follows(*where)
            ],
            "mails": [dict(row) for row in uow.traces.mails(*where)],
            "told_to": [
                {"host": urlsplit(row["url"]).hostname, "events": row["events"], "last_at": row["last_at"]}
                for row in uow.traces.hearers(ids)
            ],
        }

    def _comments(self, uow: Uow, piece: Sequence[Comment]) -> Iterator[dict[str, Any]]:
        ids = [comment.id for comment in piece]
        decisions, signals = uow.log.of_each(ids), uow.signals.of(piece)
        looks, appeals = uow.traces.reveals(ids), uow.appeals.of(ids)
        for comment in piece:
            yield {
                **self._comment(comment),
                "flags": uow.flags.count(comment.id),
                "scores": [_score(signal) for signal in signals[comment.id]],
                "decisions": [self._decision(one) for one in decisions[comment.id]],
                "appeal": self._appeal(appeals[comment.id]) if comment.id in appeals else None,
                "address_shown": [
                    {"at": row["created_at"], "by": str(row["by"]), "who": self._name(row["actor_id"])}
                    | {"reason": row["reason"]}
                    for row in looks
                    if row["comment_id"] == comment.id
                ],
            }

    def _comment(self, comment: Comment) -> dict[str, Any]:
        address = address_of(self.deps, comment)
        told = ("id", "thread", "parent_id", "status", "name", "website", "text", "language", "network", "member")
        when = ("confirmed", "received_at", "edited_at", "deleted_at")
        return _fields(comment, *told, *when) | {
            "email": address.reveal() if address else None,
            "sent": _fields(comment.circumstances, "form_token", "form_age", "honeypot"),
        }

    def _decision(self, decision: Decision) -> dict[str, Any]:
        return {
            "at": decision.created_at,
            "by": decision.by,
            "who": self._name(decision.actor_id),
            "from": decision.previous,
            "to": decision.status,
            "reasons": list(decision.reasons),
            "told": self._told(decision),
            "note": decision.note,
            "rule": _fields(decision.cites, "code", "version") if decision.cites else None,
            "public_note": decision.public_note,
        }

    def _appeal(self, appeal: Appeal) -> dict[str, Any]:
        told = _fields(appeal, "created_at", "outcome", "decided_at")
        return told | {"text": words_of(self.deps, appeal), "who": self._name(appeal.decided_by)}

    def _told(self, decision: Decision) -> str:
        """Say in words who did what, and why, as far as there are words for it."""
        why = [self.deps.say("en", code) or f"{code}." for code in decision.reasons]
        done = f"{WHO[decision.by]} {DID[decision.status]}"
        return f"{done}: {' '.join(why)}" if why else f"{done}."

    def _by(self, thing: Any, *names: str) -> dict[str, Any]:
        return _fields(thing, *names) | {"by": self._name(thing.actor_id)}

    def _name(self, actor_id: UUID | None) -> str | None:
        return self.names.get(actor_id) if actor_id else None


def _pieces(uow: Uow, site_id: UUID, fingerprint: bytes, until: datetime) -> Iterator[list[Comment]]:
    after: UUID | None = None
    while piece := uow.comments.of_author(site_id, fingerprint, until, after=after, limit=PIECE):
        yield piece
        after = piece[-1].id


def _names(deps: Deps, site_id: UUID) -> dict[UUID, str]:
    """Tell what everybody is called who may have had to do with it."""
    with deps.reading(None) as uow:
        people = {person.id: person.name for person in uow.people.all()}
        return people | {key.id: key.name for key in uow.keys.of(site_id)}


def _score(signal: Signal) -> dict[str, Any]:
    return {"kind": signal.kind, "value": signal.value, "by": signal.scorer}


def _plain(told: Any) -> Any:
    """Write everything as JSON has it."""
    match told:
        case dict():
            return {name: _plain(value) for name, value in told.items()}
        case list():
            return [_plain(value) for value in told]
        case datetime():
            return instant(told)
        case UUID():
            return str(told)
        case _:
            return told


def _fields(thing: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in names}
