"""Comments as rows."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Select, Update, and_, bindparam, case, literal_column, select, update

from moderation.adapters.db.models import CommentRow, ThreadRow
from moderation.adapters.db.stores import emptying
from moderation.adapters.db.stores.base import Store, fields_of, first_id, table
from moderation.adapters.db.stores.receding import resketch
from moderation.adapters.db.types import among, db_now
from moderation.domain.comment import Circumstances, Comment, FormToken, Status
from moderation.services.ports import Period

COMMENT = table(CommentRow)
THREAD = table(ThreadRow)
PENDING: Final = COMMENT.c.status == literal_column("'pending'")
MEMBERS: Final[ColumnElement[bool]] = literal_column("comment.member")
"""Written out, not bound: a prepared statement must still find the partial index."""
ADD: Final = COMMENT.insert().values(waiting_since=db_now())
LATEST: Final = 1000
WITH_THREAD: Final = select(*COMMENT.c, THREAD.c.key.label("thread")).join(THREAD, THREAD.c.id == COMMENT.c.thread_id)
AMONG: Final = among(COMMENT.c.id, "ids")
"""Statements that workers send for each batch are built once: building one costs more than sending it."""
LOCK: Final = select(COMMENT.c.id).where(AMONG).order_by(COMMENT.c.id).with_for_update(key_share=True)
READ: Final = WITH_THREAD.where(AMONG).order_by(COMMENT.c.id)
SET_HTML: Final = update(COMMENT).where(COMMENT.c.id == bindparam("comment")).values(html=bindparam("page"))
SET_CIRCUMSTANCES: Final = (
    update(COMMENT)
    .where(COMMENT.c.id == bindparam("comment"))
    .values(circumstances=bindparam("seen", type_=COMMENT.c.circumstances.type))
)
SET_WORTH: Final = update(COMMENT).where(COMMENT.c.id == bindparam("comment")).values(worth=bindparam("place"))
SET_LANGUAGE: Final = update(COMMENT).where(AMONG).values(language=bindparam("spoken"))


def _moved(status: Status) -> Update:
    """Say what becomes of comments that move to this status; the sequence counts up where that is news."""
    news = 1 if status is Status.PENDING else case((COMMENT.c.status != status, 1), else_=0)
    return (
        update(COMMENT)
        .where(AMONG)
        .values(
            status=status,
            reasons=bindparam("why", type_=COMMENT.c.reasons.type),
            version=COMMENT.c.version + 1,
            sequence=COMMENT.c.sequence + news,
            deleted_at=bindparam("gone", type_=COMMENT.c.deleted_at.type),
            waiting_since=db_now() if status is Status.PENDING else COMMENT.c.waiting_since,
        )
    )


MOVE: Final = {status: _moved(status) for status in Status}


class SqlComments(Store):
    """Comments; every look-up names the site."""

    def add(self, comment: Comment) -> None:
        """Keep a new comment; it waits from now on, by the database's clock."""
        self.put(ADD, [_fields(comment)])

    def get(self, site_id: UUID, comment_id: UUID) -> Comment | None:
        """Find a comment of this site."""
        found = WITH_THREAD.where(COMMENT.c.id == comment_id, COMMENT.c.site_id == site_id)
        row = self.connection.execute(found).mappings().first()
        return None if row is None else comment_of(row)

    def find(self, comment_id: UUID) -> Comment | None:
        """Find a comment whatever its site, for whoever proved that it is their own."""
        row = self.connection.execute(WITH_THREAD.where(COMMENT.c.id == comment_id)).mappings().first()
        return None if row is None else comment_of(row)

    def lock(self, comment_ids: Collection[UUID]) -> list[Comment]:
        """Give these comments, locked until the transaction ends, in the order of their ids."""
        if not comment_ids:
            return []
        if self.connection.dialect.name == "postgresql":  # SQLite has one writer at a time, and that is us.
            self.connection.execute(LOCK, {"ids": list(comment_ids)})
        # Read only now: what was changed while we waited, its thread too, is seen as it is.
        return self.read(comment_ids)

    def read(self, comment_ids: Collection[UUID]) -> list[Comment]:
        """Give these comments as they are, in the order of their ids."""
        return [comment_of(row) for row in self.connection.execute(READ, {"ids": list(comment_ids)}).mappings()]

    def received(self, site_id: UUID, period: Period, *, after: UUID | None, limit: int) -> list[Comment]:
        """Give a page of what arrived at a site in a period, oldest first; ids lead to where the period begins."""
        beyond = max(after, first_id(period.since)) if after else first_id(period.since)
        arrived = and_(COMMENT.c.received_at >= period.since, COMMENT.c.received_at < period.until)
        found = WITH_THREAD.where(COMMENT.c.site_id == site_id, COMMENT.c.id > beyond, arrived)
        rows = self.connection.execute(found.order_by(COMMENT.c.id).limit(limit)).mappings()
        return [comment_of(row) for row in rows]

    def beginning(self, site_id: UUID, period: Period, most: int) -> datetime | None:
        """Say when the earliest of the latest so many comments of a period came; None where there are fewer."""
        here = (COMMENT.c.site_id == site_id, COMMENT.c.id > first_id(period.since))
        found = select(COMMENT.c.received_at).where(*here).order_by(COMMENT.c.id.desc()).offset(most - 1).limit(1)
        return self.connection.execute(found).scalar_one_or_none()

    def overdue(self, patience: timedelta, most: int) -> list[Comment]:
        """Give, locked, comments that have been pending for longer than `patience`."""
        late = select(COMMENT.c.id).where(PENDING, COMMENT.c.waiting_since < db_now(-patience))
        longest = late.order_by(COMMENT.c.waiting_since).limit(most)
        found = self.lock(self.connection.execute(longest).scalars().all())
        ids = [comment.id for comment in found]
        still = set(self.connection.execute(late.where(COMMENT.c.id.in_(ids))).scalars())  # An edit waits anew.
        return [comment for comment in found if comment.id in still]

    def move(self, comments: Sequence[Comment], status: Status, reasons: tuple[str, ...], now: datetime) -> None:
        """Write a new status for comments that are locked; the sequence counts up where that is news."""
        ids = [comment.id for comment in comments]
        gone = now if status is Status.DELETED else None
        self.connection.execute(MOVE[status], {"ids": ids, "why": list(reasons), "gone": gone})

    def set_worth(self, worth: Mapping[UUID, float]) -> None:
        """Keep the places of comments among what waits for a person."""
        if worth:
            self.connection.execute(
                SET_WORTH, [{"comment": comment, "place": place} for comment, place in worth.items()]
            )

    def reword(
        self,
        comment_id: UUID,
        *,
        text: str,
        text_print: bytes | None,
        sketch: int | None,
        link_print: bytes | None,
        salt: bytes,
        now: datetime,
    ) -> None:
        """Write the author's new text; its HTML, its signals, its echoes and its wave belong to the old one."""
        told = {"text": text, "text_print": text_print, "sketch": sketch, "link_print": link_print, "salt": salt}
        told |= {"wave": None}
        wave = self.connection.execute(select(COMMENT.c.wave).where(COMMENT.c.id == comment_id)).scalar()
        self.connection.execute(
            update(COMMENT)
            .where(COMMENT.c.id == comment_id)
            .values(**told, html=None, edited_at=now, revision=COMMENT.c.revision + 1)
        )
        emptying.forget_derived(self.connection, [comment_id])
        resketch(self.connection, [wave] if wave else [])

    def set_html(self, html: Mapping[UUID, str]) -> None:
        """Keep the HTML of texts."""
        if html:
            self.connection.execute(SET_HTML, [{"comment": comment, "page": page} for comment, page in html.items()])

    def set_languages(self, languages: Mapping[UUID, str]) -> None:
        """Keep the language each comment is written in."""
        alike: defaultdict[str, list[UUID]] = defaultdict(list)
        for comment, language in languages.items():
            alike[language].append(comment)
        for language, comments in alike.items():
            self.connection.execute(SET_LANGUAGE, {"ids": comments, "spoken": language})

    def next_sequence(self, comment_id: UUID) -> int:
        """Count one more event of a comment that is locked."""
        counted = update(COMMENT).where(COMMENT.c.id == comment_id).values(sequence=COMMENT.c.sequence + 1)
        return int(self.connection.execute(counted.returning(COMMENT.c.sequence)).scalar_one())

    def set_circumstances(self, comments: Sequence[Comment]) -> None:
        """Keep the circumstances of comments that are locked."""
        if comments:
            kept = [{"comment": one.id, "seen": fields_of(one.circumstances)} for one in comments]
            self.connection.execute(SET_CIRCUMSTANCES, kept)

    def vouched(self, comments: Sequence[Comment]) -> dict[UUID, int]:
        """Count the approved comments of each author who proved to be the same one."""
        return {item.id: self._approved_of(item) for item in comments if item.fingerprint and _proves(item)}

    def _approved_of(self, comment: Comment) -> int:
        """Count an author's approved comments among the latest, if one that vouches is among them or the site vouches.

        The fingerprint of a member is of nobody else: no address gives it, and no receipt of theirs lends it.
        """
        latest = latest_of_author(comment).subquery()
        approved = select(latest.c.id).where(latest.c.status == Status.APPROVED)
        ids = set(self.connection.execute(approved).scalars())
        return len(ids) if comment.member or comment.confirmed or comment.known_by in ids else 0

    def of_author(
        self, site_id: UUID, fingerprint: bytes, until: datetime, *, after: UUID | None, limit: int
    ) -> list[Comment]:
        """Give a page of an author's comments that are kept and were received until a moment, oldest first."""
        own = (COMMENT.c.site_id == site_id, COMMENT.c.fingerprint == fingerprint, COMMENT.c.received_at <= until)
        found = WITH_THREAD.where(*own, *([COMMENT.c.id > after] if after else []))
        return self._page(found, limit)

    def of_members(self, site_id: UUID, *, after: UUID | None, limit: int) -> list[Comment]:
        """Give a page of what is kept of the comments that members wrote, oldest first."""
        found = WITH_THREAD.where(COMMENT.c.site_id == site_id, MEMBERS, COMMENT.c.fingerprint.is_not(None))
        found = found.where(COMMENT.c.id > after) if after else found
        return self._page(found, limit)

    def _page(self, found: Select[Any], limit: int) -> list[Comment]:
        rows = self.connection.execute(found.order_by(COMMENT.c.id).limit(limit)).mappings()
        return [comment_of(row) for row in rows]

    def forget_deleted(self, age: timedelta, most: int) -> int:
        """Empty comments that were deleted longer than `age` ago: the row stays, for its replies' sake."""
        return emptying.forget_deleted(self.connection, age, most)

    def erase(self, comment_ids: Collection[UUID]) -> None:
        """Empty comments that are locked and deleted at once, of what people wrote about them, too."""
        emptying.erase(self.connection, comment_ids)


def _proves(comment: Comment) -> bool:
    """Say whether an author was signed in, or brought a confirmed address's token; where none is asked, a receipt."""
    if comment.member or comment.confirmed:
        return True
    return comment.confirmed is None and comment.known_by is not None


def latest_of_author(comment: Comment) -> Select[Any]:
    """Select the latest comments of a comment's author, by the author's index; never more than a thousand.

    What came under a confirmed address and what did not are the records of two, who may be two people.
    """
    alike = COMMENT.c.confirmed.is_(True) if comment.confirmed else COMMENT.c.confirmed.is_not(True)
    own = and_(COMMENT.c.site_id == comment.site_id, COMMENT.c.fingerprint == comment.fingerprint, alike)
    return select(COMMENT.c.id, COMMENT.c.status).where(own).order_by(COMMENT.c.id.desc()).limit(LATEST)


def _fields(comment: Comment) -> dict[str, Any]:
    fields = fields_of(comment)
    del fields["thread"], fields["waiting_since"]
    return fields | {"circumstances": fields_of(comment.circumstances)}


def comment_of(row: Mapping[str, Any] | RowMapping) -> Comment:
    """Read a comment from a row that carries its thread's key as `thread`."""
    fields = dict(row)
    kept = fields["circumstances"]
    fields["circumstances"] = Circumstances(**{**kept, "form_token": FormToken(kept["form_token"])})
    fields["reasons"] = tuple(fields["reasons"])
    return Comment(**fields)
