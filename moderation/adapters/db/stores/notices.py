"""Who is told by mail, and the mails on their way, claimed by lease."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, literal_column, select, union_all, update

from moderation.adapters.db.models import AppealRow, CommentRow, EventRow, MailRow, NoticeRow, PersonRow, RoleRow
from moderation.adapters.db.stores.base import Store, fields_of, table
from moderation.adapters.db.types import db_now
from moderation.domain.comment import Status
from moderation.domain.delivery import State
from moderation.domain.event import EventType
from moderation.domain.notice import MOST_COUNTED, Backlog, Mail, Notice, Posted
from moderation.domain.person import Role

NOTICE, MAIL, EVENT, COMMENT = table(NoticeRow), table(MailRow), table(EventRow), table(CommentRow)
PERSON, ROLE, APPEAL = table(PersonRow), table(RoleRow), table(AppealRow)
WAITS: Final = MAIL.c.state == literal_column("'waiting'")
OF_MAIL: Final = [MAIL.c[name] for name in Mail.__dataclass_fields__]
ASKED: Final = (
    select(NOTICE)
    .join(ROLE, and_(ROLE.c.person_id == NOTICE.c.person_id, ROLE.c.site_id == NOTICE.c.site_id))
    .join(PERSON, PERSON.c.id == NOTICE.c.person_id)
    .where(NOTICE.c.confirmed, PERSON.c.active)
)
"""Wishes of people who still work there, at addresses that are theirs."""
HELD: Final = COMMENT.c.status == Status.HELD
ON_ITS_WAY: Final = (
    select(MAIL.c.id).where(MAIL.c.notice_id == NOTICE.c.id, MAIL.c.kind == literal_column("'waiting'"), WAITS).exists()
)
"""Whoever has not got the last mail yet wants no other: it will tell all that waits by then."""


class SqlNotices(Store):
    """Wishes to be told, and mails. What somebody holds is due again when the lease runs out."""

    def lock(self, person_id: UUID) -> None:
        """Let nobody else change what this person wants to hear, until the end of the transaction."""
        self.connection.execute(select(PERSON.c.id).where(PERSON.c.id == person_id).with_for_update())

    def of(self, person_id: UUID) -> list[Notice]:
        """List what somebody wants to hear."""
        rows = self.connection.execute(select(NOTICE).where(NOTICE.c.person_id == person_id)).mappings()
        return [Notice(**row) for row in rows]

    def get(self, notice_id: UUID) -> Notice | None:
        """Find a wish by its id."""
        row = self.connection.execute(select(NOTICE).where(NOTICE.c.id == notice_id)).mappings().first()
        return None if row is None else Notice(**row)

    def keep(self, notice: Notice) -> None:
        """Keep a wish, in the place of what the same person wanted to hear of the same site."""
        new = self.upsert(NOTICE).values(**fields_of(notice))
        fresh = {name: new.excluded[name] for name in ("how", "email", "confirmed", "stamp", "told", "next_at")}
        self.connection.execute(new.on_conflict_do_update(index_elements=["person_id", "site_id"], set_=fresh))

    def confirm(self, notice: Notice) -> bool:
        """Hold an address for confirmed; False where it was by then, or is another one."""
        asked = update(NOTICE).where(_same(notice), NOTICE.c.confirmed.is_(False))
        return self.connection.execute(asked.values(confirmed=True)).rowcount == 1

    def look(self, notice: Notice, told: int, next_at: datetime) -> bool:
        """Remember up to where was looked for a wish, and when to look again; False where it is another one by now."""
        looked = update(NOTICE).where(_same(notice)).values(told=told, next_at=next_at)
        return self.connection.execute(looked).rowcount == 1

    def drop(self, notice: Notice) -> bool:
        """Forget a wish, with the mails that were planned for it; False where it is another one by now."""
        return self.connection.execute(delete(NOTICE).where(_same(notice))).rowcount == 1

    def due(self, most: int) -> list[Notice]:
        """Lock wishes of people who still work there and to whom a mail may be sent now; the longest due come first."""
        due = ASKED.where(NOTICE.c.next_at <= db_now(), ~ON_ITS_WAY).order_by(NOTICE.c.next_at).limit(most)
        locked = due.with_for_update(of=NOTICE, skip_locked=True)
        return [Notice(**row) for row in self.connection.execute(locked).mappings()]

    def owners(self, site_id: UUID) -> list[Notice]:
        """Give the wishes of a site's owners, where their address is confirmed."""
        owners = ASKED.where(NOTICE.c.site_id == site_id, ROLE.c.role == Role.OWNER)
        return [Notice(**row) for row in self.connection.execute(owners).mappings()]

    def backlog(self, site_id: UUID) -> Backlog:
        """Say what waits for a person at a site, counted up to a thousand, and since when the oldest does."""
        here = select(COMMENT.c.id, COMMENT.c.received_at.label("since")).where(COMMENT.c.site_id == site_id, HELD)
        appeals = select(APPEAL.c.comment_id, APPEAL.c.created_at).join(COMMENT, COMMENT.c.id == APPEAL.c.comment_id)
        unheld = appeals.where(APPEAL.c.site_id == site_id, APPEAL.c.outcome.is_(None), ~HELD)
        each = [part.limit(MOST_COUNTED).subquery() for part in (here.order_by(COMMENT.c.id), unheld)]
        some = union_all(*(select(part) for part in each)).limit(MOST_COUNTED).subquery()
        found = select(func.count(), func.min(some.c.since), db_now()).select_from(some)
        waiting, oldest, now = self.connection.execute(found).one()
        return Backlog(waiting, max(now - oldest, timedelta()) if oldest else timedelta())

    def held_since(self, site_id: UUID, position: int) -> tuple[int, bool]:
        """Give the position of the latest event at a site, and say whether anything waits since another one."""
        after = (EVENT.c.site_id == site_id, EVENT.c.position > position)
        last = select(func.coalesce(func.max(EVENT.c.position), position)).where(*after)
        held = select(EVENT.c.id).where(*after, EVENT.c.type.in_([EventType.HELD, EventType.APPEALED])).limit(1)
        return int(self.connection.execute(last).scalar_one()), self.connection.execute(held).first() is not None

    def plan(self, mails: Collection[Mail]) -> None:
        """Plan mails, due at once."""
        if mails:
            now = self.connection.execute(select(db_now())).scalar_one()
            self.connection.execute(MAIL.insert(), [_row(mail, now) for mail in mails])

    def claim(self, token: UUID, lease: timedelta) -> Mail | None:
        """Lease the mail that is due for longest."""
        due = select(MAIL.c.id).where(WAITS, MAIL.c.due_at <= db_now()).order_by(MAIL.c.due_at).limit(1)
        one = due.with_for_update(skip_locked=True).scalar_subquery()
        leased = {"token": token, "attempts": MAIL.c.attempts + 1, "due_at": db_now(lease)}
        claimed = update(MAIL).where(MAIL.c.id == one).values(**leased).returning(*OF_MAIL)
        row = self.connection.execute(claimed).mappings().first()
        return None if row is None else Mail(**row)

    def settle(self, mail: Mail, token: UUID, posted: Posted, pause: timedelta | None) -> None:
        """Write down what came of an attempt whose lease still holds; it is tried again after the pause, or over."""
        told: dict[str, Any] = {"token": None, "failure": posted.failure}
        if pause is not None:
            told |= {"due_at": db_now(pause)}
        else:
            told |= {"state": State.DEAD if posted.failure else State.DELIVERED, "finished_at": db_now()}
        self.connection.execute(update(MAIL).where(MAIL.c.id == mail.id, MAIL.c.token == token, WAITS).values(**told))

    def mail_due(self) -> bool:
        """Say whether a mail is due."""
        due = select(MAIL.c.id).where(WAITS, MAIL.c.due_at <= db_now()).limit(1)
        return self.connection.execute(due).first() is not None

    def purge(self, age: timedelta, most: int) -> int:
        """Forget some of the mails that ended before that."""
        old = select(MAIL.c.id).where(MAIL.c.finished_at < db_now(-age)).order_by(MAIL.c.finished_at).limit(most)
        return self.connection.execute(delete(MAIL).where(MAIL.c.id.in_(old))).rowcount


def _same(notice: Notice) -> ColumnElement[bool]:
    """Ask for a wish as it was read: with another address, it has another stamp."""
    return and_(NOTICE.c.id == notice.id, NOTICE.c.stamp == notice.stamp)


def _row(mail: Mail, now: datetime) -> dict[str, Any]:
    return fields_of(mail) | {"state": State.WAITING, "due_at": now, "planned_at": now}
