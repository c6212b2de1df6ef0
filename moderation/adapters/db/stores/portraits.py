"""What a site has seen of an author, read from their latest comments by the author's index."""

from typing import Any, Final

from sqlalchemy import Select, and_, case, func, select

from moderation.adapters.db.models import CommentRow, DecisionRow
from moderation.adapters.db.stores.base import Store, table
from moderation.adapters.db.stores.comments import latest_of_author
from moderation.domain.author import Seen
from moderation.domain.comment import Comment, Status
from moderation.domain.decision import HUMAN, Actor

COMMENT, DECISION = table(CommentRow), table(DecisionRow)
PERSON, BACK = DECISION.alias("person"), DECISION.alias("back")
REFUSED: Final = (Status.SPAM, Status.REJECTED)
FINAL: Final = (Status.APPROVED, *REFUSED)
NAMES: Final = 10


class SqlPortraits(Store):
    """Looks over what somebody wrote at a site."""

    def of(self, comment: Comment) -> Seen | None:
        """Look over the latest comments of whoever wrote this one; None where nothing tells them from others."""
        if comment.fingerprint is None:
            return None
        latest = latest_of_author(comment).subquery()
        moments = select(COMMENT.c.received_at).where(_own(comment))
        first, last = (
            self.connection.execute(moments.order_by(order).limit(1)).scalar_one()
            for order in (COMMENT.c.id, COMMENT.c.id.desc())
        )
        return Seen(first, last, self._names(latest), *self._decided(latest))

    def _names(self, latest: Any) -> tuple[tuple[str, int], ...]:
        """Give the names that were given, the most frequent first."""
        often = func.count().label("often")
        named = select(COMMENT.c.name, often).join(latest, latest.c.id == COMMENT.c.id).group_by(COMMENT.c.name)
        found = self.connection.execute(named.order_by(often.desc(), COMMENT.c.name).limit(NAMES))
        return tuple((row.name, row.often) for row in found)

    def _decided(self, latest: Any) -> tuple[int, int]:
        """Count what policy decided for good, and what a person decided the other way."""
        own = select(DECISION.c.comment_id).join(latest, latest.c.id == DECISION.c.comment_id)
        final = own.where(DECISION.c.by == Actor.POLICY, DECISION.c.status.in_(FINAL))
        against = final.where(_against().exists())
        return self._different(final), self._different(against)

    def _different(self, wanted: Select[Any]) -> int:
        part = wanted.distinct().subquery()
        return int(self.connection.execute(select(func.count()).select_from(part)).scalar_one())


def _own(comment: Comment) -> Any:
    return and_(COMMENT.c.site_id == comment.site_id, COMMENT.c.fingerprint == comment.fingerprint)


def _against() -> Select[Any]:
    """Find a person's decision that turned what policy decided into its opposite, and was not taken back."""
    refused = case((PERSON.c.status.in_(REFUSED), 1), (PERSON.c.status == Status.APPROVED, 0))
    meant = case((DECISION.c.status == Status.APPROVED, 1), else_=0)
    same = (PERSON.c.comment_id == DECISION.c.comment_id, PERSON.c.version > DECISION.c.version)
    taken_back = select(BACK.c.id).where(BACK.c.comment_id == PERSON.c.comment_id, BACK.c.undoes == PERSON.c.id)
    by_people = PERSON.c.by.in_(sorted(HUMAN))
    return select(PERSON.c.id).where(
        *same, by_people, PERSON.c.undoes.is_(None), refused == meant, ~taken_back.exists()
    )
