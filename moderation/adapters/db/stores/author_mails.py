"""Mails on their way to authors: planned from events, claimed by lease."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, literal_column, or_, select, update

from moderation.adapters.db.models import AuthorMailRow, CommentRow, EventRow, FollowRow, MailboxRow, SiteRow
from moderation.adapters.db.stores.base import Store, fields_of, table
from moderation.adapters.db.types import among, db_now
from moderation.domain.delivery import State
from moderation.domain.event import EventType
from moderation.domain.mailbox import MOST_TOLD, AuthorMail
from moderation.domain.notice import Posted
from moderation.services.ports import Row

MAIL, EVENT, COMMENT, SITE = table(AuthorMailRow), table(EventRow), table(CommentRow), table(SiteRow)
MAILBOX, FOLLOW = table(MailboxRow), table(FollowRow)
ANSWERED: Final = FOLLOW.alias("answered")
WAITS: Final = MAIL.c.state == literal_column("'waiting'")
"""Written out, not bound: a prepared statement must still find the partial index."""
DUE: Final = and_(WAITS, MAIL.c.due_at <= db_now())
OF_MAIL: Final = [MAIL.c[name] for name in AuthorMail.__dataclass_fields__]
NEEDLESS: Final = Posted("needless", final=True)
NEWS: Final = (EventType.RECEIVED, EventType.APPROVED, EventType.REJECTED)
HEARD: Final = (
    select(
        EVENT.c.type,
        EVENT.c.by,
        COMMENT.c.id,
        COMMENT.c.site_id,
        COMMENT.c.parent_id,
        COMMENT.c.fingerprint,
        COMMENT.c.network,
        COMMENT.c.circumstances,
        COMMENT.c.confirmed,
        COMMENT.c.member,
        SITE.c.confirm,
        SITE.c.tell_authors,
        FOLLOW.c.comment_id.label("followed"),
        FOLLOW.c.decision,
        ANSWERED.c.replies,
        ANSWERED.c.fingerprint.label("answered"),
    )
    .join(COMMENT, COMMENT.c.id == EVENT.c.comment_id)
    .join(SITE, SITE.c.id == EVENT.c.site_id)
    .outerjoin(FOLLOW, FOLLOW.c.comment_id == COMMENT.c.id)
    .outerjoin(ANSWERED, ANSWERED.c.comment_id == COMMENT.c.parent_id)
    .where(among(EVENT.c.id, "ids"), or_(SITE.c.confirm, SITE.c.tell_authors), EVENT.c.type.in_(NEWS))
    .order_by(EVENT.c.position)
)
"""Events of sites that write to authors, with everything by which it is seen whether there is something to write."""


class SqlAuthorMails(Store):
    """Mails to authors. What somebody holds is due again when the lease runs out."""

    def heard(self, event_ids: Collection[UUID]) -> list[Row]:
        """Give those of these events that may be worth a mail to an author."""
        if not event_ids:
            return []
        return [dict(row) for row in self.connection.execute(HEARD, {"ids": list(event_ids)}).mappings()]

    def plan(self, mails: Sequence[AuthorMail], after: timedelta = timedelta()) -> None:
        """Plan mails; one that was planned before stays as it is, unless there was nothing to say then."""
        for mail in mails:
            now = {"state": State.WAITING, "due_at": db_now(after), "planned_at": db_now()}
            new = self.upsert(MAIL).values(**fields_of(mail), **now)
            afresh = {"state": State.WAITING, "attempts": 0, "failure": None, "finished_at": None}
            again = new.on_conflict_do_update(
                index_elements=["comment_id", "about_id", "cause"],
                set_=afresh | {"due_at": new.excluded.due_at, "daily": new.excluded.daily},
                where=MAIL.c.failure == NEEDLESS.failure,
            )
            self.connection.execute(again)

    def claim(self, token: UUID, lease: timedelta) -> list[AuthorMail]:
        """Lease the mail that is due for longest; with one for a digest, all that wait for the same digest."""
        due = select(MAIL.c.id).where(DUE).order_by(MAIL.c.due_at).limit(1)
        one = due.with_for_update(skip_locked=True).scalar_subquery()
        claimed = self._leased(MAIL.c.id == one, token, lease)
        if claimed and claimed[0].daily:
            claimed += self._gathered(claimed[0], token, lease)
        return sorted(claimed, key=lambda mail: mail.id)

    def _gathered(self, first: AuthorMail, token: UUID, lease: timedelta) -> list[AuthorMail]:
        same = and_(MAIL.c.site_id == first.site_id, MAIL.c.fingerprint == first.fingerprint, MAIL.c.daily)
        rest = select(MAIL.c.id).where(same, DUE).order_by(MAIL.c.due_at).limit(MOST_TOLD - 1)
        # Materialised, because PostgreSQL may otherwise run the subquery anew for each row and pass the limit.
        few = rest.with_for_update(skip_locked=True).cte("few").prefix_with("MATERIALIZED")
        return self._leased(MAIL.c.id.in_(select(few.c.id)), token, lease)

    def _leased(self, which: ColumnElement[bool], token: UUID, lease: timedelta) -> list[AuthorMail]:
        leased = {"token": token, "attempts": MAIL.c.attempts + 1, "due_at": db_now(lease)}
        claimed = update(MAIL).where(which).values(**leased).returning(*OF_MAIL)
        return [AuthorMail(**row) for row in self.connection.execute(claimed).mappings()]

    def put_off(self, token: UUID, first: AuthorMail) -> bool:
        """Give back a digest that is not due before its day is over; False where it is."""
        day = select(MAILBOX.c.digest_at).where(
            MAILBOX.c.site_id == first.site_id,
            MAILBOX.c.fingerprint == first.fingerprint,
            MAILBOX.c.digest_at > db_now(),
        )
        until = self.connection.execute(day).scalar()
        if until is None:
            return False
        back = {"token": None, "attempts": MAIL.c.attempts - 1, "due_at": until}
        self.connection.execute(update(MAIL).where(MAIL.c.token == token, WAITS).values(**back))
        return True

    def settle(self, token: UUID, posted: Posted, pause: timedelta | None) -> int:
        """Write down what came of an attempt whose lease still holds; it is tried again after the pause, or over."""
        told: dict[str, Any] = {"token": None, "failure": posted.failure}
        if pause is not None:
            told |= {"due_at": db_now(pause)}
        else:
            told |= {"state": State.DEAD if posted.failure else State.DELIVERED, "finished_at": db_now()}
        return self.connection.execute(update(MAIL).where(MAIL.c.token == token, WAITS).values(**told)).rowcount

    def drop(self, token: UUID, needless: Collection[UUID]) -> None:
        """End those of what was claimed of which there is nothing to say."""
        over = {"token": None, "state": State.DEAD, "failure": NEEDLESS.failure, "finished_at": db_now()}
        mine = and_(MAIL.c.token == token, MAIL.c.id.in_(needless))
        self.connection.execute(update(MAIL).where(mine).values(**over))

    def due(self) -> bool:
        """Say whether a mail is due."""
        return self.connection.execute(select(MAIL.c.id).where(DUE).limit(1)).first() is not None

    def purge(self, age: timedelta, most: int) -> int:
        """Forget some of the mails that ended before that."""
        old = select(MAIL.c.id).where(MAIL.c.finished_at < db_now(-age)).order_by(MAIL.c.finished_at).limit(most)
        return self.connection.execute(delete(MAIL).where(MAIL.c.id.in_(old))).rowcount
