"""What sites know of authors' addresses, by their fingerprints, and what authors want to be told."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select, tuple_, update

from moderation.adapters.db.models import AuthorMailRow, CommentRow, FollowRow, MailboxRow
from moderation.adapters.db.stores.base import Store, fields_of, table
from moderation.adapters.db.types import db_now
from moderation.domain.comment import Status
from moderation.domain.mailbox import ASKED_AGAIN, MOST_ASKED, VISIT, VISITED_AGAIN, Follow, Mailbox

MAILBOX, FOLLOW, MAIL, COMMENT = table(MailboxRow), table(FollowRow), table(AuthorMailRow), table(CommentRow)
KEEP: Final = FOLLOW.insert()
HOUR: Final = timedelta(hours=1)
DECIDED: Final = (Status.APPROVED, Status.REJECTED)


class SqlMailboxes(Store):
    """Mailboxes and follows; every address is known by its fingerprint alone."""

    def get(self, mailbox_id: UUID) -> Mailbox | None:
        """Find a mailbox by its id."""
        row = self.connection.execute(select(MAILBOX).where(MAILBOX.c.id == mailbox_id)).mappings().first()
        return None if row is None else Mailbox(**row)

    def of(self, site_id: UUID, fingerprint: bytes) -> Mailbox | None:
        """Find a mailbox by the fingerprint of its address."""
        row = self.connection.execute(select(MAILBOX).where(_there(site_id, fingerprint))).mappings().first()
        return None if row is None else Mailbox(**row)

    def touch(self, mailbox: Mailbox) -> None:
        """Keep a mailbox, or note that the one that is kept was used again, from this network."""
        new = self.upsert(MAILBOX).values(**fields_of(mailbox))
        fresh = {"touched_at": new.excluded.touched_at, "network": new.excluded.network}
        self.connection.execute(new.on_conflict_do_update(index_elements=["site_id", "fingerprint"], set_=fresh))

    def ask(self, site_id: UUID, fingerprint: bytes) -> bool:
        """Say whether a mailbox is to be asked now whether it is somebody's, and note that it is.

        It is where nobody said so yet, or that they want no question, where none came for a day, and where
        not too many were asked within the hour because of the network from which it was used.
        """
        quiet = or_(MAILBOX.c.asked_at.is_(None), MAILBOX.c.asked_at < db_now(-ASKED_AGAIN))
        open_ = and_(MAILBOX.c.confirmed_at.is_(None), MAILBOX.c.silent.is_(False), quiet)
        other = MAILBOX.alias("other")
        same = and_(other.c.network == MAILBOX.c.network, other.c.asked_at > db_now(-HOUR))
        asked = select(func.count()).select_from(other).where(same).correlate(MAILBOX).scalar_subquery()
        noted = update(MAILBOX).where(_there(site_id, fingerprint), open_, asked < MOST_ASKED)
        return self.connection.execute(noted.values(asked_at=db_now())).rowcount == 1

    def confirm(self, mailbox: Mailbox) -> bool:
        """Hold an address for confirmed; False where it was by then."""
        open_ = and_(_same(mailbox), MAILBOX.c.confirmed_at.is_(None))
        asked = update(MAILBOX).where(open_).values(confirmed_at=db_now(), silent=False)
        return self.connection.execute(asked).rowcount == 1

    def invite(self, site_id: UUID, fingerprint: bytes, secret: str) -> bool:
        """Let a link with this secret lead to one's own comments, unless one was sent within the hour."""
        quiet = or_(MAILBOX.c.visit_at.is_(None), MAILBOX.c.visit_at < db_now(-VISITED_AGAIN))
        invited = update(MAILBOX).where(_there(site_id, fingerprint), quiet)
        return self.connection.execute(invited.values(visit=secret, visit_at=db_now())).rowcount == 1

    def leave(self, mailbox_id: UUID) -> None:
        """Count from now for how long a link is good, since it leaves only now."""
        left = update(MAILBOX).where(MAILBOX.c.id == mailbox_id, MAILBOX.c.visit.is_not(None))
        self.connection.execute(left.values(visit_at=db_now()))

    def expected(self, mailbox_id: UUID, secret: str) -> bool:
        """Say whether a link to one's own comments is good still."""
        return self.connection.execute(select(MAILBOX.c.id).where(_invited(mailbox_id, secret))).first() is not None

    def visit(self, mailbox_id: UUID, secret: str) -> bool:
        """Use up a link to one's own comments, which confirms the address too; False where it is not good."""
        confirmed = func.coalesce(MAILBOX.c.confirmed_at, db_now())
        used = update(MAILBOX).where(_invited(mailbox_id, secret)).values(visit=None, confirmed_at=confirmed)
        return self.connection.execute(used).rowcount == 1

    def silence(self, mailbox: Mailbox) -> None:
        """Tell nobody there anything more, and where it is nobody's yet, ask no more either."""
        self._unfollow(mailbox.site_id, mailbox.fingerprint)
        self.connection.execute(update(MAILBOX).where(_same(mailbox)).values(silent=True))

    def hear_again(self, mailbox: Mailbox) -> None:
        """Tell whoever reads there again what they ask for."""
        self.connection.execute(update(MAILBOX).where(_same(mailbox)).values(silent=False))

    def wait_a_day(self, site_id: UUID, fingerprint: bytes, pause: timedelta) -> None:
        """Let no other digest leave before that."""
        self.connection.execute(update(MAILBOX).where(_there(site_id, fingerprint)).values(digest_at=db_now(pause)))

    def follow(self, follow: Follow) -> None:
        """Keep what the author of a comment wants to be told of it."""
        self.put(KEEP, [fields_of(follow)])

    def followed(self, comment_id: UUID) -> Follow | None:
        """Say what the author of a comment wants to be told of it."""
        row = self.connection.execute(select(FOLLOW).where(FOLLOW.c.comment_id == comment_id)).mappings().first()
        return None if row is None else Follow(**row)

    def decided_before(self, mailbox: Mailbox) -> list[UUID]:
        """Name the comments that were decided before their author's address was confirmed, who wanted to hear of it."""
        own = and_(FOLLOW.c.site_id == mailbox.site_id, FOLLOW.c.fingerprint == mailbox.fingerprint, FOLLOW.c.decision)
        found = select(COMMENT.c.id).join(FOLLOW, FOLLOW.c.comment_id == COMMENT.c.id)
        return list(self.connection.execute(found.where(own, COMMENT.c.status.in_(DECIDED))).scalars())

    def comments(self, site_id: UUID, fingerprint: bytes, most: int) -> list[UUID]:
        """Name the latest comments under an address that are kept."""
        own = and_(COMMENT.c.site_id == site_id, COMMENT.c.fingerprint == fingerprint)
        latest = select(COMMENT.c.id).where(own).order_by(COMMENT.c.id.desc()).limit(most)
        return list(self.connection.execute(latest).scalars())

    def approved(self, mailbox: Mailbox) -> UUID | None:
        """Name the latest approved comment under an address."""
        own = and_(COMMENT.c.site_id == mailbox.site_id, COMMENT.c.fingerprint == mailbox.fingerprint)
        public = select(COMMENT.c.id).where(own, COMMENT.c.status == Status.APPROVED)
        latest: UUID | None = self.connection.execute(public.order_by(COMMENT.c.id.desc()).limit(1)).scalar()
        return latest

    def forget(self, site_id: UUID, fingerprint: bytes) -> None:
        """Forget an address: what was confirmed, what was to be told, and every mail on its way."""
        self._unfollow(site_id, fingerprint)
        own = and_(MAIL.c.site_id == site_id, MAIL.c.fingerprint == fingerprint)
        self.connection.execute(delete(MAIL).where(own))
        self.connection.execute(delete(MAILBOX).where(_there(site_id, fingerprint)))

    def purge(self, age: timedelta, unused: timedelta, most: int) -> int:
        """Forget some of the addresses that nobody confirmed, last used longer than `age` ago, and of all `unused`."""
        open_ = and_(MAILBOX.c.confirmed_at.is_(None), MAILBOX.c.silent.is_(False))
        idle = and_(MAILBOX.c.touched_at < db_now(-age), open_)
        over = or_(idle, and_(MAILBOX.c.touched_at < db_now(-unused), ~_used(unused)))
        old = select(MAILBOX.c.site_id, MAILBOX.c.fingerprint).where(over).order_by(MAILBOX.c.touched_at).limit(most)
        gone = [tuple(row) for row in self.connection.execute(old)]
        if gone:
            for kept in (FOLLOW, MAIL, MAILBOX):
                self.connection.execute(delete(kept).where(tuple_(kept.c.site_id, kept.c.fingerprint).in_(gone)))
        return len(gone)

    def _unfollow(self, site_id: UUID, fingerprint: bytes) -> None:
        own = and_(FOLLOW.c.site_id == site_id, FOLLOW.c.fingerprint == fingerprint)
        self.connection.execute(delete(FOLLOW).where(own))


def forget_followed(connection: Connection, comment_ids: Collection[UUID]) -> None:
    """Forget what was to be told of comments whose texts are there no longer, and the mails under their addresses."""
    for kept in (FOLLOW, MAIL):
        connection.execute(delete(kept).where(kept.c.comment_id.in_(comment_ids)))


def _there(site_id: UUID, fingerprint: bytes) -> ColumnElement[bool]:
    return and_(MAILBOX.c.site_id == site_id, MAILBOX.c.fingerprint == fingerprint)


def _used(lately: timedelta) -> ColumnElement[bool]:
    """Ask whether a mailbox was confirmed, asked for one's own comments or written under so long ago or later."""
    since = db_now(-lately)
    own = and_(COMMENT.c.site_id == MAILBOX.c.site_id, COMMENT.c.fingerprint == MAILBOX.c.fingerprint)
    written = select(COMMENT.c.id).where(own, COMMENT.c.received_at >= since).correlate(MAILBOX).exists()
    moments = [func.coalesce(moment, MAILBOX.c.touched_at) for moment in (MAILBOX.c.confirmed_at, MAILBOX.c.visit_at)]
    return or_(*(moment >= since for moment in moments), written)


def _same(mailbox: Mailbox) -> ColumnElement[bool]:
    """Ask for a mailbox as it was read: one that was forgotten meanwhile has another stamp."""
    return and_(MAILBOX.c.id == mailbox.id, MAILBOX.c.stamp == mailbox.stamp)


def _invited(mailbox_id: UUID, secret: str) -> ColumnElement[bool]:
    return and_(MAILBOX.c.id == mailbox_id, MAILBOX.c.visit == secret, MAILBOX.c.visit_at > db_now(-VISIT))
