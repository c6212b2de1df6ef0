"""Waves: comments that say nearly the same, looked at and decided together, the past and for a day what arrives."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from moderation.domain.canned import CannedNote
from moderation.domain.comment import Comment, Status
from moderation.domain.decision import Action, Actor, Decision, Ruling
from moderation.domain.errors import Conflict, NotFound, Stale
from moderation.domain.house_rule import Citation, HouseRule
from moderation.domain.person import Person
from moderation.domain.wave import LASTING, LASTS, Family, Stance, begun
from moderation.services.checks import bells, checks
from moderation.services.citing import named
from moderation.services.decisions import settle_locked
from moderation.services.ports import Bell, Deps, Row, Uow

PIECE: Final = 100
"""So many comments are decided in one transaction."""
AT_ONCE: Final = 5
"""So many pieces while the person waits; workers do the rest."""
LOOKED_AT: Final = 200
"""Of so many of a wave it is said what they share."""
DIFFERENT: Final = 5
"""So many are shown, as different from each other as there are."""


@dataclass(frozen=True, slots=True)
class Roll:
    """A wave as a person looks at it: how much of it waits, from where and since when, and some of it."""

    family: Family
    waiting: int
    networks: int
    nowhere: int
    """So many came from a network that nobody knows."""
    since: datetime | None
    published: int
    """So many the policy let pass, and nobody has decided."""
    some: Sequence[Row]
    stances: Sequence[Stance]
    rules: Sequence[HouseRule]
    """The site's house rules that may be cited."""
    canned: Sequence[CannedNote]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants done with a wave, and what they saw of it: when, and after how many decisions."""

    wave_id: UUID
    seen: int
    shown: datetime
    action: Action
    rule: str | None = None
    """The code of the house rule that all of them are refused for; without one, each is for its own reasons."""
    public_note: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """What was done of a decision on a wave while the person waited, and whether workers do more."""

    stance: Stance
    done: int
    more: bool
    lasts: bool = False
    """It goes for what arrives, too."""


def look(deps: Deps, site_id: UUID, wave_id: UUID) -> Roll:
    """Give a wave of this site, or the one that it was merged into; raises NotFound for every other."""
    with deps.reading(site_id) as uow:
        family = _family(uow, site_id, wave_id)
        stances = uow.waves.of(family.ids)
        rules = uow.house_rules.in_force({site_id}).get(site_id, [])
        canned = uow.canned_notes.of(site_id)
    with deps.views(site_id) as views:
        told = views.wave(family.ids)
        some = views.wave_members(family.ids, LOOKED_AT)
    counted = {name: told[name] for name in ("waiting", "networks", "nowhere", "since", "published")}
    return Roll(family=family, some=some, stances=stances, rules=rules, canned=canned, **counted)


def alike(deps: Deps, comment: Comment) -> int:
    """Say how many wait that say nearly what this one does, itself among them; none where it does not wait."""
    if comment.wave is None or comment.status is not Status.HELD:
        return 0
    with deps.reading(comment.site_id) as uow:
        family = uow.waves.family(comment.site_id, comment.wave)
    with deps.views(comment.site_id) as views:
        return int(views.wave(family.ids)["waiting"]) if family else 0


def waiting(deps: Deps, site_id: UUID, wave_id: UUID) -> int:
    """Count what waits of the card of a wave at this site, up to a thousand, in one statement."""
    with deps.views(site_id) as views:
        return views.wave_waiting(site_id, wave_id)


def site_of(deps: Deps, person: Person, wave_id: UUID) -> UUID:
    """Name the site of a wave that this person may see; raises NotFound for every other."""
    for site_id in person.sites():
        with deps.reading(site_id) as uow:
            if uow.waves.get(site_id, wave_id):
                return site_id
    raise NotFound("There is no such wave.")


def stances(deps: Deps, site_id: UUID, stance_ids: Collection[UUID]) -> dict[UUID, Stance]:
    """Give decisions on waves of this site, by their ids."""
    with deps.reading(site_id) as uow:
        found = [uow.waves.stance(site_id, stance_id) for stance_id in stance_ids]
    return {stance.id: stance for stance in found if stance}


def decided(deps: Deps, person: Person, stance_id: UUID) -> Stance:
    """Give a decision on a wave of this person's sites; raises NotFound for every other."""
    for site_id in person.sites():
        with deps.reading(site_id) as uow:
            stance = uow.waves.stance(site_id, stance_id)
        if stance:
            return stance
    raise NotFound("There is no such decision.")


def decide(deps: Deps, site_id: UUID, wish: Wish, person: Person, *, at_once: int = AT_ONCE) -> Progress:
    """Decide all of a wave that is as it was when it was shown, and what arrives alike within a day.

    That is what waits, and, where it is rejected or called spam, what the policy published.

    Approval never goes for what arrives. The first comments are decided at once, a piece in each transaction;
    workers do the rest. Raises Stale where somebody else decided of the wave since, or merged it with another.
    """
    with deps.uow(site_id) as uow:
        uow.waves.lock([wish.wave_id])
        family = _family(uow, site_id, wish.wave_id)
        if family.root.id != wish.wave_id or not family.shown_at(wish.shown):
            raise Stale("Somebody merged these with others meanwhile; look at all of them.", code="merged-meanwhile")
        cites, public_note = named(uow, site_id, wish.action, wish.rule, wish.public_note)
        stance = Stance(
            id=deps.new_id(),
            site_id=site_id,
            wave_id=family.root.id,
            number=wish.seen + 1,
            status=wish.action.status,
            actor_id=person.id,
            seen_at=wish.shown,
            created_at=deps.now(),
            cites=cites.kept if cites else None,
            public_note=public_note,
        )
        lasts = stance.status in LASTS and not family.closed
        uow.waves.take(stance, family, LASTING if lasts else None)
        uow.commit()
    return replace(_begun(deps, stance, at_once), lasts=lasts)


def undo(deps: Deps, stance: Stance, person: Person) -> Progress:
    """Take a decision on a wave back, for what it decided and for what arrives; raises Conflict where it was.

    What was decided anew since is left alone. What arrived later is checked afresh, and waits for a person.
    """
    now = deps.now()
    with deps.uow(stance.site_id) as uow:
        if not uow.waves.withdraw(stance, now, person.id):
            raise Conflict("This was taken back before.", code="newer-decision")
        uow.commit()
    return _begun(deps, replace(stance, undone_at=now, undone_by=person.id, unfinished=True), AT_ONCE)


def take_out(deps: Deps, site_id: UUID, comment_id: UUID) -> Comment:
    """Let a comment be one by itself again; what arrives and says the same does not join it."""
    with deps.uow(site_id) as uow:
        found = uow.comments.lock([comment_id])
        if not found or found[0].site_id != site_id:
            raise NotFound("There is no such comment.")
        (comment,) = found
        alone = begun(deps.new_id(), comment, closed=True)
        uow.waves.add([alone])
        uow.waves.join({comment.id: alone.id})
        uow.waves.resketch({comment.wave} if comment.wave else ())
        uow.commit()
    return replace(comment, wave=alone.id)


def carry_on(deps: Deps) -> int:
    """Do a piece of what is left of one decision on a wave; return how many comments were touched."""
    with deps.reading(None) as uow:
        left = uow.waves.unfinished(1)
    return sum(max(_piece(deps, stance), 1) for stance in left)


def ebb(deps: Deps) -> int:
    """Take some waves of which nothing waits any more out of the queue; say how many there were."""
    with deps.uow(None) as uow:
        gone = uow.waves.ebb(PIECE)
        uow.commit()
    return gone


def _begun(deps: Deps, stance: Stance, at_once: int) -> Progress:
    """Do the first pieces; whoever asked need not wait for more."""
    done = 0
    for _ in range(at_once):
        piece = _piece(deps, stance)
        done += piece
        if not piece:
            return Progress(stance, done, more=False)
    if not _left(deps, stance):
        return Progress(stance, done + _piece(deps, stance), more=False)
    deps.ring(Bell.HOUSEKEEPING)
    return Progress(stance, done, more=True)


def _left(deps: Deps, stance: Stance) -> bool:
    """Say whether anything is left to be decided, or to be taken back."""
    with deps.reading(stance.site_id) as uow:
        return bool(
            uow.waves.covered(stance, 1) if stance.undone_at is None else uow.waves.standing_decisions(stance, 1)
        )


def _piece(deps: Deps, stance: Stance) -> int:
    """Do one piece in a transaction of its own, and say how much it was; after the last one there is no more to do."""
    with deps.uow(stance.site_id) as uow:
        done, planned = _decided(deps, uow, stance) if stance.undone_at is None else _undone(deps, uow, stance)
        if not done:
            uow.waves.finish(stance)
        uow.commit()
    deps.ring(Bell.DELIVER, *bells(planned))
    return done


def _decided(deps: Deps, uow: Uow, stance: Stance) -> tuple[int, tuple[str, ...]]:
    """Decide what waits as it was; what somebody changed while we waited for its row is left alone."""
    locked = uow.comments.lock(uow.waves.covered(stance, PIECE))
    if not uow.waves.hold(stance):
        return 0, ()
    unchanged = set(uow.waves.covered(stance, PIECE))
    still = [comment for comment in locked if comment.id in unchanged]
    settle_locked(deps, uow, still, [_ruling(comment, stance) for comment in still])
    return len(locked), ()


def _undone(deps: Deps, uow: Uow, stance: Stance) -> tuple[int, tuple[str, ...]]:
    """Bring back what was before, where nothing else was decided since; name the checks that are to be done afresh."""
    decisions = {decision.comment_id: decision for decision in uow.waves.standing_decisions(stance, PIECE)}
    locked = uow.comments.lock(decisions)
    rulings = [_undoing(decisions[comment.id], stance) for comment in locked]
    made = settle_locked(deps, uow, locked, rulings)
    afresh = {decision.comment_id for decision in made if decision.status is Status.PENDING}
    planned = checks(deps, uow.sites.get(stance.site_id)) if afresh else ()
    uow.jobs.plan([comment for comment in locked if comment.id in afresh], planned)
    return len(locked), planned


def _ruling(comment: Comment, stance: Stance) -> Ruling:
    return Ruling(
        comment_id=comment.id,
        seen=comment.version,
        status=stance.status,
        by=Actor.PERSON,
        actor_id=stance.actor_id,
        stance=stance.id,
        cites=Citation.of(stance.cites),
        public_note=stance.public_note,
    )


def _undoing(decision: Decision, stance: Stance) -> Ruling:
    return Ruling(
        comment_id=decision.comment_id,
        seen=decision.version,
        status=decision.previous,
        by=Actor.PERSON,
        reasons=decision.previous_reasons,
        actor_id=stance.undone_by,
        undoes=decision.id,
    )


def _family(uow: Uow, site_id: UUID, wave_id: UUID) -> Family:
    family = uow.waves.family(site_id, wave_id)
    if family is None:
        raise NotFound("There is no such wave.")
    return family
