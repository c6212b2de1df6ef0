"""What sites' decisions taught, as rows: versions, which of them is in use, and what they remember."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import LargeBinary, RowMapping, and_, delete, func, literal, literal_column, or_, select, update
from sqlalchemy.exc import IntegrityError

from moderation.adapters.db.models import DecisionRow, MemoryRow, SiteModelRow, SiteRow, StanceRow, WaveRow
from moderation.adapters.db.stores.base import Store, table
from moderation.adapters.db.stores.comments import READ, comment_of
from moderation.adapters.db.stores.unlearning import end, ids_in, unlearn
from moderation.adapters.db.types import among, db_now
from moderation.domain.comment import Comment
from moderation.domain.errors import Conflict
from moderation.domain.lesson import LESSONS, Learnt, Lesson, ModelState, ModelVersion, enough
from moderation.services.ports import Remembered

SITE = table(SiteRow)
MODEL = table(SiteModelRow)
MEMORY = table(MemoryRow)
DECISION = table(DecisionRow)
WAVE = table(WaveRow)
STANCE = table(StanceRow)
USABLE: Final = 3
"""So many versions of a site can be gone back to; of older ones, the figures are kept."""
PEOPLE: Final = DECISION.c.by.in_([literal_column("'person'"), literal_column("'key'")])
"""Written out, not bound: a prepared statement must still find the partial index."""
OF_A_WAVE: Final = (
    select(WAVE.c.id)
    .join(STANCE, STANCE.c.wave_id == WAVE.c.id)
    .where(STANCE.c.id == DECISION.c.stance, DECISION.c.comment_id.in_([WAVE.c.first, WAVE.c.latest]))
)
"""The first and the latest comment of a wave that was decided whole."""
FIELDS: Final = [MODEL.c[name] for name in ModelVersion.__dataclass_fields__]
REMEMBERED: Final = select(MEMORY.c.comment_id, MEMORY.c.vector).where(among(MEMORY.c.comment_id, "ids"))
_NONE: Final = UUID(int=0)


def _fresh() -> Any:
    """Count the decisions of people that a site's last version did not know of, up to where they are enough."""
    seen = func.coalesce(MODEL.c.newest, literal(_NONE, MODEL.c.id.type))
    new = select(DECISION.c.id).where(DECISION.c.site_id == SITE.c.id, PEOPLE, DECISION.c.id > seen)
    some = new.limit(enough(LESSONS)).correlate(SITE, MODEL).subquery("some")
    return select(func.count()).select_from(some).correlate(SITE, MODEL).scalar_subquery()


def _unmarked(model: Any, mark: bytes) -> Any:
    """Ask whether a model does not begin with a mark; of none there is nothing to say."""
    return func.substr(model, 1, len(mark), type_=LargeBinary) != mark


class SqlLearned(Store):
    """What sites' moderators taught.

    A site's `learning_until` is when whoever learns for it is no longer waited for. Who came to an end clears it, so
    that a moment that has passed says: somebody did not, or what was learnt is gone, and it is worth beginning anew.
    """

    def due(self, mark: bytes) -> list[UUID]:
        """Name the sites of which another version is worth making; those that use one without this mark, too."""
        latest, used = MODEL.alias("latest"), MODEL.alias("used")
        number = select(func.max(latest.c.number)).where(latest.c.site_id == SITE.c.id).correlate(SITE)
        free = or_(SITE.c.learning_until.is_(None), SITE.c.learning_until <= db_now())
        anew = or_(SITE.c.learning_until.is_not(None), _unmarked(used.c.model, mark))
        asked = (
            select(SITE.c.id, MODEL.c.lessons, anew.label("anew"), _fresh().label("fresh"))
            .select_from(SITE)
            .outerjoin(MODEL, and_(MODEL.c.site_id == SITE.c.id, MODEL.c.number == number.scalar_subquery()))
            .outerjoin(used, used.c.id == SITE.c.model)
            .where(SITE.c.learn, free)
        )
        rows = self.connection.execute(asked.order_by(SITE.c.id)).all()
        return [row.id for row in rows if row.anew or row.fresh >= enough(row.lessons or 0)]

    def claim(self, site_id: UUID, lease: timedelta) -> bool:
        """Take it upon oneself to learn for a site, for so long; False where somebody is at it."""
        free = or_(SITE.c.learning_until.is_(None), SITE.c.learning_until <= db_now())
        taken = update(SITE).where(SITE.c.id == site_id, SITE.c.learn, free).values(learning_until=db_now(lease))
        return self.connection.execute(taken).rowcount == 1

    def done(self, site_id: UUID, *, again: bool) -> None:
        """Give back what was claimed, unless it was taken meanwhile; `again`: it is worth beginning anew at once."""
        held = update(SITE).where(SITE.c.id == site_id, SITE.c.learning_until > db_now())
        self.connection.execute(held.values(learning_until=db_now() if again else None))

    def decided(self, site_id: UUID, most: int) -> tuple[UUID | None, list[UUID]]:
        """Give the newest decision of a person, and the comments that people decided last, the newest first.

        Of a wave two comments are enough: what says nearly the same a thousand times would leave no room for the rest.
        """
        own = (DECISION.c.site_id == site_id, PEOPLE)
        newest = select(DECISION.c.id).where(*own).order_by(DECISION.c.id.desc()).limit(1)
        last = select(DECISION.c.comment_id).where(*own, or_(DECISION.c.stance.is_(None), OF_A_WAVE.exists()))
        rows = self.connection.execute(last.order_by(DECISION.c.id.desc()).limit(most)).scalars()
        return self.connection.execute(newest).scalar(), list(dict.fromkeys(rows))

    def read(self, comment_ids: Collection[UUID]) -> list[Comment]:
        """Give these comments as they are, in the order of their ids."""
        return [comment_of(row) for row in self.connection.execute(READ, {"ids": list(comment_ids)}).mappings()]

    def taught(self, version: UUID) -> Collection[UUID]:
        """Name the comments that a version learnt from; none for one that is gone."""
        found = self.connection.execute(select(MODEL.c.taught).where(MODEL.c.id == version)).scalar()
        return set(ids_in(found or b""))

    def add(self, version: ModelVersion, learnt: Learnt, lessons: Sequence[Lesson], newest: UUID) -> None:
        """Keep a version, in use from now on if it is adopted; raises Conflict where its number is taken."""
        own = {name: getattr(version, name) for name in ModelVersion.__dataclass_fields__}
        adopted = version.state is ModelState.ADOPTED
        taught = b"".join(lesson.comment_id.bytes for lesson in lessons) if adopted else b""
        model = learnt.model if adopted else None
        try:
            self.connection.execute(MODEL.insert().values(**own, newest=newest, model=model, taught=taught))
        except IntegrityError:
            raise Conflict("Somebody else learnt for this site meanwhile.") from None
        if adopted:
            self._remember(version.site_id, learnt, lessons)
            self.use(version.site_id, version.id)
            self._let_go(version.site_id)

    def _remember(self, site_id: UUID, learnt: Learnt, lessons: Sequence[Lesson]) -> None:
        rows = [
            {"comment_id": lesson.comment_id, "site_id": site_id, "word": lesson.word, "vector": vector}
            for lesson, vector in zip(lessons, learnt.vectors, strict=True)
        ]
        new = self.upsert(MEMORY)
        anew = {name: new.excluded[name] for name in ("word", "vector")}
        self.connection.execute(new.on_conflict_do_update(index_elements=[MEMORY.c.comment_id], set_=anew), rows)

    def _let_go(self, site_id: UUID) -> None:
        """Drop what older versions learnt, and from memory what only they remember."""
        live = select(MODEL.c.id, MODEL.c.taught).where(MODEL.c.site_id == site_id, MODEL.c.model.is_not(None))
        rows = self.connection.execute(live.order_by(MODEL.c.number.desc())).all()
        for row in rows[USABLE:]:
            old = update(MODEL).where(MODEL.c.id == row.id)
            self.connection.execute(old.values(model=None, taught=b""))
        kept = list({one for row in rows[:USABLE] for one in ids_in(row.taught)})
        others = delete(MEMORY).where(MEMORY.c.site_id == site_id, ~among(MEMORY.c.comment_id, "ids"))
        self.connection.execute(others, {"ids": kept})

    def kept(self, version: UUID) -> Remembered | None:
        """Give a version with what it remembers; None for one that is gone."""
        found = select(MODEL.c.number, MODEL.c.model, MODEL.c.taught)
        row = self.connection.execute(found.where(MODEL.c.id == version, MODEL.c.model.is_not(None))).first()
        if row is None:
            return None
        ids = ids_in(row.taught)
        memory = {each.comment_id: each.vector for each in self.connection.execute(REMEMBERED, {"ids": ids})}
        return Remembered(row.number, row.model, [memory[one] for one in ids if one in memory])

    def of(self, site_id: UUID) -> list[ModelVersion]:
        """Give every version of a site, newest first."""
        rows = self.connection.execute(
            select(*FIELDS).where(MODEL.c.site_id == site_id).order_by(MODEL.c.number.desc())
        )
        return [_version(row) for row in rows.mappings()]

    def usable(self, site_id: UUID) -> list[ModelVersion]:
        """Give the versions that can be used, newest first."""
        found = select(*FIELDS).where(MODEL.c.site_id == site_id, MODEL.c.model.is_not(None))
        return [_version(row) for row in self.connection.execute(found.order_by(MODEL.c.number.desc())).mappings()]

    def use(self, site_id: UUID, version: UUID | None) -> None:
        """Let a site use this version, or none."""
        self.connection.execute(update(SITE).where(SITE.c.id == site_id).values(model=version))

    def end(self, version: UUID, state: ModelState) -> None:
        """Let nobody use a version any more: what it learnt is dropped, its figures are kept."""
        end(self.connection, version, state)

    def distrust(self, version: UUID) -> None:
        """Let nobody use a version that cannot be read, and let its site learn anew soon."""
        end(self.connection, version, ModelState.OUTDATED, soon=True)

    def outdate(self, site_id: UUID, mark: bytes) -> None:
        """Let nobody use the versions of a site that do not begin with this mark."""
        old = select(MODEL.c.id).where(MODEL.c.site_id == site_id, _unmarked(MODEL.c.model, mark))
        for version in self.connection.execute(old).scalars().all():
            end(self.connection, version, ModelState.OUTDATED)

    def forget(self, comment_ids: Collection[UUID]) -> None:
        """Drop what was learnt from these comments, whole versions with all else that they had learnt."""
        unlearn(self.connection, comment_ids)

    def forget_all(self, site_id: UUID) -> None:
        """Drop all that was learnt for a site, figures and all."""
        self.connection.execute(update(SITE).where(SITE.c.id == site_id).values(model=None, learning_until=None))
        for own in (MEMORY, MODEL):
            self.connection.execute(delete(own).where(own.c.site_id == site_id))


def _version(row: RowMapping) -> ModelVersion:
    return ModelVersion(**row)
