"""Waves as rows, their comments, and what people decided of them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.exc import IntegrityError

from moderation.adapters.db.models import CommentRow, DecisionRow, StanceRow, WaveRow
from moderation.adapters.db.stores.appeals import appealed
from moderation.adapters.db.stores.base import Store, fields_of, table
from moderation.adapters.db.stores.journal import decision_of
from moderation.adapters.db.stores.kin import KIN
from moderation.adapters.db.stores.receding import locked, recede, resketch
from moderation.adapters.db.stores.shown import as_shown, as_shown_or_later
from moderation.adapters.db.stores.waving import APPROVED, CHILD, HELD, UNTOUCHED, WAITING, family_of
from moderation.adapters.db.types import among, db_now
from moderation.domain.comment import Comment
from moderation.domain.decision import Decision
from moderation.domain.errors import Stale
from moderation.domain.wave import LASTS, TAKES_DOWN, Family, Kin, Stance, Wave

COMMENT, WAVE, STANCE, DECISION = table(CommentRow), table(WaveRow), table(StanceRow), table(DecisionRow)
UNFINISHED: Final[ColumnElement[bool]] = literal_column("stance.unfinished")
OWN: Final = family_of(WAVE.c.id, WAVE)
STILL: Final = (
    select(COMMENT.c.id)
    .join(OWN, OWN.c.id == COMMENT.c.wave)
    .where(COMMENT.c.status.in_([literal_column("'held'"), literal_column("'pending'")]))
    .correlate(WAVE)
)
"""What waits for a person, or may do so as soon as it is judged, of a wave and what was merged into it."""
JOIN: Final = update(COMMENT).where(COMMENT.c.id == bindparam("comment")).values(wave=bindparam("joined"))


def _standing() -> Select[Any]:
    """Find what goes for comments of waves now; of a card, whichever of its waves was decided."""
    root = func.coalesce(WAVE.c.merged_into, WAVE.c.id)
    own = select(WAVE.c.id.label("asked"), root.label("wave")).where(among(WAVE.c.id, "ids"))
    merged = select(WAVE.c.id, CHILD.c.id).join(CHILD, CHILD.c.merged_into == root).where(among(WAVE.c.id, "ids"))
    family = union_all(own, merged).subquery("family")
    going = (STANCE.c.until > db_now(), STANCE.c.undone_at.is_(None))
    found = select(STANCE, family.c.asked).join(family, family.c.wave == STANCE.c.wave_id).where(*going)
    return found.order_by(STANCE.c.id).with_for_update(read=True, of=STANCE)


STANDING: Final = _standing()


def _greater(name: str) -> Any:
    told = bindparam(name, type_=WAVE.c[name].type)
    return case((WAVE.c[name] < told, told), else_=WAVE.c[name])


def _less(name: str) -> Any:
    told = bindparam(name, type_=WAVE.c[name].type)
    return case((WAVE.c[name] > told, told), else_=WAVE.c[name])


SWELL: Final = (
    update(WAVE)
    .where(WAVE.c.id == bindparam("wave"))
    .values(waiting=True, latest=_greater("latest"), worth=_greater("worth"), first=_less("first"))
)


class SqlWaves(Store):
    """Comments that say nearly the same, and what people decided of them.

    Whoever locks comments and waves locks the comments first, and each kind in the order of ids; of waves, those
    that were merged into others come before those that were not.
    """

    def kin(self, comment_ids: Collection[UUID]) -> dict[UUID, Kin]:
        """Name for each comment another of its site, of the last day, that says nearly the same; most have none."""
        if not comment_ids:
            return {}
        rows = self.planned_anew(KIN, {"ids": list(comment_ids)})
        return {row.id: Kin(row.mate, row.wave) for row in rows}

    def add(self, waves: Sequence[Wave]) -> None:
        """Keep new waves."""
        if waves:
            self.connection.execute(WAVE.insert(), [fields_of(wave) for wave in waves])

    def join(self, waves: Mapping[UUID, UUID]) -> None:
        """Let comments that are locked be in these waves from now on."""
        if waves:
            self.connection.execute(JOIN, [{"comment": one, "joined": wave} for one, wave in waves.items()])

    def swell(self, held: Sequence[Comment]) -> None:
        """Let the waves of these comments, which wait for a person from now on, be in the queue.

        Those that they were merged into are locked together with them, so that nobody merges or splits meanwhile.
        """
        by_wave: defaultdict[UUID, list[Comment]] = defaultdict(list)
        for comment in held:
            if comment.wave:
                by_wave[comment.wave].append(comment)
        if by_wave:
            for wave, root in self._merged(by_wave).items():
                by_wave[root] += by_wave[wave]
            self.connection.execute(SWELL, [_swollen(wave, by_wave[wave]) for wave in sorted(by_wave)])

    def _merged(self, wave_ids: Collection[UUID]) -> dict[UUID, UUID]:
        """Lock waves and what they were merged into, all of them in one order; name that of each which was."""
        known = select(WAVE.c.merged_into).where(WAVE.c.id.in_(wave_ids), WAVE.c.merged_into.is_not(None))
        wanted = {*wave_ids, *self.connection.execute(known).scalars()}
        asked = locked(WAVE.c.id.in_(wanted)).add_columns(WAVE.c.merged_into)
        found = {row.id: row.merged_into for row in self.connection.execute(asked)}
        merged = {wave: root for wave in wave_ids if (root := found.get(wave))}
        if late := set(merged.values()) - wanted:  # Merged since it was looked up.
            self.connection.execute(locked(WAVE.c.id.in_(late)))
        return merged

    def get(self, site_id: UUID, wave_id: UUID) -> Wave | None:
        """Find a wave of this site."""
        found = select(WAVE).where(WAVE.c.id == wave_id, WAVE.c.site_id == site_id)
        row = self.connection.execute(found).mappings().first()
        return None if row is None else Wave(**row)

    def family(self, site_id: UUID, wave_id: UUID) -> Family | None:
        """Find the card of a wave of this site: it may be another one's, that it was merged into."""
        found = self.get(site_id, wave_id)
        root = self.get(site_id, found.merged_into) if found and found.merged_into else found
        if root is None:
            return None
        merged = select(WAVE).where(WAVE.c.merged_into == root.id).order_by(WAVE.c.id)
        return Family(root, [Wave(**row) for row in self.connection.execute(merged).mappings()])

    def lock(self, wave_ids: Collection[UUID]) -> None:
        """Let nobody merge, split or swell these waves before the transaction ends."""
        self._merged(wave_ids)

    def merge(self, wave: Wave, into: Wave, now: datetime) -> None:
        """Let one wave stand for another, both of them locked, at the place of whichever comes first."""
        merged = update(WAVE).where(WAVE.c.id == wave.id)
        self.connection.execute(merged.values(merged_into=into.id, merged_at=now))
        place = {"first": min(wave.first, into.first), "latest": max(wave.latest, into.latest)}
        worth, waiting = max(wave.worth, into.worth), wave.waiting or into.waiting
        self.connection.execute(update(WAVE).where(WAVE.c.id == into.id).values(**place, worth=worth, waiting=waiting))

    def split(self, wave: Wave) -> None:
        """Let a wave that is locked be a card of its own again, with all of its comments.

        The other one takes the place of what waits of it; where nothing does, its place is of no account.
        """
        self.connection.execute(update(WAVE).where(WAVE.c.id == wave.id).values(merged_into=None, merged_at=None))
        left = select(COMMENT.c.id, COMMENT.c.worth).where(HELD).join(OWN, OWN.c.id == COMMENT.c.wave).correlate(WAVE)
        newest, oldest = (left.order_by(order).limit(1) for order in (COMMENT.c.id.desc(), COMMENT.c.id))
        most = left.order_by(COMMENT.c.worth.desc()).limit(1)
        places = {"latest": newest.with_only_columns(COMMENT.c.id), "first": oldest.with_only_columns(COMMENT.c.id)}
        places |= {"worth": most.with_only_columns(COMMENT.c.worth)}
        anew = {name: func.coalesce(found.scalar_subquery(), WAVE.c[name]) for name, found in places.items()}
        self.connection.execute(update(WAVE).where(WAVE.c.id == wave.merged_into).values(**anew))

    def ebb(self, most: int) -> int:
        """Take waves of which nothing waits any more out of the queue; say how many there were.

        They are locked before it is looked what waits, so that nothing that comes meanwhile is overlooked.
        """
        empty = select(WAVE.c.id).where(WAITING, ~STILL.exists()).order_by(WAVE.c.id).limit(most)
        locked = self.connection.execute(empty.with_for_update(of=WAVE, skip_locked=True)).scalars().all()
        over = update(WAVE).where(WAVE.c.id.in_(locked), ~STILL.exists()).values(waiting=False)
        return int(self.connection.execute(over).rowcount) if locked else 0

    def resketch(self, wave_ids: Collection[UUID]) -> None:
        """Let waves be like a comment that is in them, where none is that they were like."""
        resketch(self.connection, wave_ids)

    def recede(self, age: timedelta, most: int) -> int:
        """Forget a piece of what came to rest longer than `age` ago; say how much that was."""
        return recede(self.connection, age, most)

    def take(self, stance: Stance, family: Family, lasting: timedelta | None) -> None:
        """Keep a decision on a card, which ends what was decided of any of its waves before for later comments.

        Raises Stale where somebody else decided since the wave was shown.
        """
        until = None if lasting is None else db_now(lasting)
        try:
            self.connection.execute(STANCE.insert().values(**fields_of(stance) | {"until": until}))
        except IntegrityError:
            raise Stale("Somebody else decided meanwhile; look at these comments again.") from None
        before = (STANCE.c.wave_id.in_(family.ids), STANCE.c.id != stance.id, STANCE.c.until > db_now())
        self.connection.execute(update(STANCE).where(*before).values(until=db_now()))

    def stance(self, site_id: UUID, stance_id: UUID) -> Stance | None:
        """Find a decision on a wave of this site."""
        found = self._stances(STANCE.c.id == stance_id, STANCE.c.site_id == site_id)
        return found[0] if found else None

    def standing(self, wave_ids: Collection[UUID]) -> dict[UUID, Stance]:
        """Give what goes for comments that arrive now; nobody takes it back before the transaction ends.

        What was decided of a wave goes for those that it was merged with, too; the latest is what counts.
        """
        if not wave_ids:
            return {}
        rows = self.connection.execute(STANDING, {"ids": list(wave_ids)}).mappings()
        return {row["asked"]: Stance(**{name: row[name] for name in Stance.__dataclass_fields__}) for row in rows}

    def of(self, wave_ids: Collection[UUID]) -> list[Stance]:
        """Give what was decided of waves, the newest first."""
        return self._stances(STANCE.c.wave_id.in_(wave_ids))

    def covered(self, stance: Stance, most: int) -> list[UUID]:
        """Name some of what is still to be decided: what is as it was when the person looked, or arrived since.

        What an author appeals is decided by itself, by somebody who read why; waves that were merged into this one
        after the person looked are left alone.
        """
        seen, own = stance.seen_at, and_(DECISION.c.comment_id == COMMENT.c.id, DECISION.c.stance == stance.id)
        state = or_(HELD, and_(APPROVED, UNTOUCHED)) if stance.status in TAKES_DOWN else HELD
        lasts = stance.status in LASTS
        same = as_shown_or_later(seen, stance.created_at) if lasts else as_shown(seen, flagged=True)
        merged = select(WAVE.c.id).where(WAVE.c.merged_into == stance.wave_id, WAVE.c.merged_at <= seen)
        waves = [stance.wave_id, *self.connection.execute(merged).scalars()]
        left = (COMMENT.c.wave.in_(waves), state, ~COMMENT.c.id.in_(appealed(stance.site_id)), *same)
        found = select(COMMENT.c.id).where(*left, ~select(DECISION.c.id).where(own).exists())
        return list(self.connection.execute(found.order_by(COMMENT.c.id).limit(most)).scalars())

    def hold(self, stance: Stance) -> bool:
        """Let nobody take a decision back before the transaction ends; False where somebody did."""
        found = select(STANCE.c.id).where(STANCE.c.id == stance.id, STANCE.c.undone_at.is_(None))
        return self.connection.execute(found.with_for_update(read=True)).first() is not None

    def withdraw(self, stance: Stance, now: datetime, person_id: UUID) -> bool:
        """Take a decision back: it goes for nothing more; False where it was taken back before."""
        standing = update(STANCE).where(STANCE.c.id == stance.id, STANCE.c.undone_at.is_(None))
        return (
            self.connection.execute(standing.values(undone_at=now, undone_by=person_id, unfinished=True)).rowcount == 1
        )

    def standing_decisions(self, stance: Stance, most: int) -> list[Decision]:
        """Give some of the decisions that followed it and after which nothing else was decided."""
        found = select(DECISION).join(COMMENT, COMMENT.c.id == DECISION.c.comment_id)
        latest = (DECISION.c.stance == stance.id, COMMENT.c.version == DECISION.c.version)
        rows = self.connection.execute(found.where(*latest).order_by(DECISION.c.comment_id).limit(most)).mappings()
        return [decision_of(row) for row in rows]

    def unfinished(self, most: int) -> list[Stance]:
        """Give some decisions of which a part is still to be done, the oldest first."""
        return self._stances(UNFINISHED, most=most, oldest=True)

    def finish(self, stance: Stance) -> None:
        """Say that all of it is done, unless it was taken back meanwhile."""
        taken = STANCE.c.undone_at.is_(None) if stance.undone_at is None else STANCE.c.undone_at.is_not(None)
        self.connection.execute(update(STANCE).where(STANCE.c.id == stance.id, taken).values(unfinished=False))

    def _stances(self, *conditions: ColumnElement[bool], most: int = 100, oldest: bool = False) -> list[Stance]:
        found = select(STANCE).where(*conditions).order_by(STANCE.c.id if oldest else STANCE.c.id.desc())
        return [Stance(**row) for row in self.connection.execute(found.limit(most)).mappings()]


def _swollen(wave: UUID, held: Sequence[Comment]) -> dict[str, Any]:
    ids = [comment.id for comment in held]
    return {"wave": wave, "latest": max(ids), "first": min(ids), "worth": max(comment.worth for comment in held)}
