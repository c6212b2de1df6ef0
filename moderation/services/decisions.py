"""The one door: every change of a comment's status goes through `settle`, or what is behind it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from secrets import token_bytes
from typing import Final
from uuid import UUID

from moderation.domain.appeal import Appeal, is_appeal
from moderation.domain.comment import Comment, Status
from moderation.domain.decision import Decision, Ruling, may_move
from moderation.domain.event import Event, event_type
from moderation.domain.record import SALT_BYTES, document, evidence, linked
from moderation.domain.signal import KINDS, Signal
from moderation.domain.worth import worth
from moderation.services.citing import cited
from moderation.services.hearings import hear
from moderation.services.ports import Deps, Uow
from moderation.services.tallies import outdate

Wanted = tuple[Comment, Ruling]
Settled = tuple[Comment, Ruling, Decision]
Seen = Mapping[UUID, Sequence[Signal]]
APPEALED: Final = 3
"""The first version that an appeal can have led to: what was decided at least once."""


def settle(deps: Deps, uow: Uow, rulings: Sequence[Ruling], *, shown: Iterable[UUID] = ()) -> list[Decision]:
    """Move comments, log why, and plan what publishers hear, all in the caller's transaction.

    A ruling counts only if the comment is still in the version that its maker saw and the
    move is allowed; the rest are left out of what is returned, and nothing happens to
    their comments. Called twice with the same rulings, the second call changes nothing.
    `shown` names threads in which the caller changed what readers see; they are counted
    together with those changed here, once and in one order, so that no two callers wait
    for each other.
    """
    locked = uow.comments.lock({ruling.comment_id for ruling in rulings})
    return settle_locked(deps, uow, locked, rulings, shown=shown)


def settle_locked(
    deps: Deps, uow: Uow, locked: Sequence[Comment], rulings: Sequence[Ruling], *, shown: Iterable[UUID] = ()
) -> list[Decision]:
    """Do what `settle` does for whoever locked the comments in this transaction and knows them as they are."""
    wanted = {ruling.comment_id: ruling for ruling in rulings}
    now = deps.now()
    appeals = uow.appeals.of([one.id for one in locked if one.version >= APPEALED])
    due = [(one, ruling) for one in locked if (ruling := wanted.get(one.id))]
    held = cited(uow, [(one, ruling) for one, ruling in due if _holds(one, ruling, appeals.get(one.id))])
    seen, links = _seen(uow, held), uow.log.links([comment for comment, _ in held if comment.version > 1])
    settled = [
        (comment, ruling, _linked(_decision(deps, comment, ruling, seen[comment.id], now), links.get(comment.id)))
        for comment, ruling in held
    ]
    _move(uow, settled, now)
    uow.log.add([decision for _, _, decision in settled])
    outdate(deps, uow, [comment for comment, _, _ in settled])
    if appeals:
        hear(deps, uow, appeals, [(comment, decision) for comment, _, decision in settled])
    uow.events.add([_event(deps, *item, now) for item in settled if _changed(item)])
    uow.threads.changed(dict.fromkeys(shown, 0) | _public_changes(settled))
    _rank(uow, [comment for comment, ruling, _ in settled if ruling.status is Status.HELD], seen)
    return [decision for _, _, decision in settled]


def _holds(comment: Comment, ruling: Ruling, appeal: Appeal | None) -> bool:
    undoing = ruling.undoes is not None
    allowed = may_move(comment.status, ruling.status, ruling.by, undoing=undoing)
    return comment.version == ruling.seen and allowed and not (appeal and appeal.bars(ruling))


def _seen(uow: Uow, wanted: Sequence[Wanted]) -> Seen:
    """Give what was seen of each comment: whoever asked policy just read it, and the others' is read here."""
    told = {comment.id: ruling.verdict.seen for comment, ruling in wanted if ruling.verdict}
    rest = [comment for comment, _ in wanted if comment.id not in told]
    return {**told, **(uow.signals.of(rest) if rest else {})}


def _decision(deps: Deps, comment: Comment, ruling: Ruling, seen: Sequence[Signal], now: datetime) -> Decision:
    salt = token_bytes(SALT_BYTES) if ruling.note or ruling.public_note else None
    return Decision(
        id=deps.new_id(),
        site_id=comment.site_id,
        comment_id=comment.id,
        version=comment.version + 1,
        previous=comment.status,
        status=ruling.status,
        previous_reasons=comment.reasons,
        reasons=ruling.reasons,
        by=ruling.by,
        actor_id=ruling.actor_id,
        note=ruling.note,
        undoes=ruling.undoes,
        created_at=now,
        evidence=evidence(comment, seen, ruling, salt),
        salt=salt,
        stance=ruling.stance,
        public_note=ruling.public_note,
    )


def _linked(decision: Decision, before: bytes | None) -> Decision:
    """Make a decision a link of its comment's record."""
    return replace(decision, link=linked(document(decision, before)))


def _move(uow: Uow, settled: Sequence[Settled], now: datetime) -> None:
    """Write together what ends alike: most of a batch is approved for the same reasons."""
    alike: defaultdict[tuple[Status, tuple[str, ...]], list[Comment]] = defaultdict(list)
    for comment, ruling, _ in settled:
        alike[ruling.status, ruling.reasons].append(comment)
    for (status, reasons), comments in alike.items():
        uow.comments.move(comments, status, reasons, now)
    for comment, ruling, _ in settled:
        if is_appeal(ruling):
            uow.comments.next_sequence(comment.id)


def _rank(uow: Uow, held: Sequence[Comment], seen: Seen) -> None:
    """Give what waits for a person from now on its place in the queue."""
    if not held:
        return
    public = uow.threads.public({comment.thread_id for comment in held})
    shares = {item.id: [one.value for one in seen[item.id] if one.kind in KINDS] for item in held}
    places = {item.id: worth(item.received_at, shares[item.id], public.get(item.thread_id, 0)) for item in held}
    uow.comments.set_worth(places)
    uow.waves.swell([replace(item, worth=places[item.id]) for item in held if item.wave])


def _changed(item: Settled) -> bool:
    """Confirming a status is logged but is no news; a new text under the old status is, and so is an appeal."""
    comment, ruling, _ = item
    return comment.status is not ruling.status or ruling.status is Status.PENDING or is_appeal(ruling)


def _event(deps: Deps, comment: Comment, ruling: Ruling, decision: Decision, now: datetime) -> Event:
    return Event(
        id=deps.new_id(),
        site_id=comment.site_id,
        comment_id=comment.id,
        type=event_type(ruling.status, ruling.by),
        sequence=comment.sequence + 1,
        revision=comment.revision,
        status=ruling.status,
        previous=decision.previous,
        reasons=ruling.reasons,
        by=ruling.by,
        created_at=now,
        rule=ruling.cites.code if ruling.cites else None,
        link=decision.link,
    )


def _public_changes(settled: Sequence[Settled]) -> Counter[UUID]:
    changes: Counter[UUID] = Counter()
    for comment, ruling, _ in settled:
        before, after = comment.status is Status.APPROVED, ruling.status is Status.APPROVED
        if before or after:
            changes[comment.thread_id] += after - before
    return changes
