"""Pages of rows for screens, straight from SQL; nothing here changes anything.

Every page is read by keyset from one index, so that the last page costs what the first does.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, cast, func, literal, literal_column, or_, select, tuple_

from moderation.adapters.db.models import (
    PEOPLE,
    AttemptRow,
    CommentRow,
    DecisionRow,
    DeliveryRow,
    EventRow,
    FlagRow,
    SignalRow,
    ThreadRow,
)
from moderation.adapters.db.stores.appeals import appealed
from moderation.adapters.db.stores.base import Store, first_id, table
from moderation.adapters.db.stores.comments import latest_of_author
from moderation.adapters.db.stores.seeking import sought, walks
from moderation.adapters.db.stores.shown import as_shown
from moderation.adapters.db.stores.telling import telling
from moderation.adapters.db.stores.waving import as_cards, wave_counted, wave_waiting, waves_page
from moderation.adapters.db.trail import trail
from moderation.domain.comment import Comment, Status
from moderation.domain.signal import SCORED

COMMENT, DECISION, THREAD, EVENT = (table(row) for row in (CommentRow, DecisionRow, ThreadRow, EventRow))
FLAG, SIGNAL = table(FlagRow), table(SignalRow)
DELIVERY, ATTEMPT = table(DeliveryRow), table(AttemptRow)
CHILD = COMMENT.alias("child")
APPROVED: Final = COMMENT.c.status == literal_column("'approved'")
HELD: Final = COMMENT.c.status == literal_column("'held'")
HOUR: Final = timedelta(hours=1)
LOOSE: Final = ("language", "name", "reason", *(kind + end for kind in SCORED for end in ("", "_to")))
"""Filters for which there is no index."""
BY_WORTH: Final = (COMMENT.c.worth, COMMENT.c.id)
PUBLIC: Final = (
    COMMENT.c.id,
    COMMENT.c.parent_id,
    COMMENT.c.depth,
    COMMENT.c.status,
    COMMENT.c.name,
    COMMENT.c.website,
    COMMENT.c.staff,
    COMMENT.c.text,
    COMMENT.c.html,
    COMMENT.c.received_at,
    COMMENT.c.edited_at,
)
LED: Final = func.coalesce(THREAD.c.merged_into, THREAD.c.id)
"""The thread itself, or the one it was merged into."""
NUMBERED: Final = select(
    *PUBLIC, COMMENT.c.thread_id, THREAD.c.key.label("thread"), THREAD.c.url.label("thread_url")
).join(THREAD, THREAD.c.id == COMMENT.c.thread_id)

LISTED: Final = (
    COMMENT.c.id,
    COMMENT.c.status,
    COMMENT.c.name,
    COMMENT.c.website,
    COMMENT.c.text,
    COMMENT.c.received_at,
)

Row = Mapping[str, Any]
IN_REVIEW: Final = (Status.PENDING, Status.HELD)


class SqlViews(Store):
    """Reads for screens, in the transaction and the site that its owner opened."""

    def thread_page(self, thread_id: UUID, *, newest: bool, after: UUID | None, limit: int) -> list[Row]:
        """Give a page of a thread: what is approved, and a gap for what is not but has public replies."""
        own = COMMENT.c.thread_id == thread_id
        shown = self._rows(_after(select(*PUBLIC).where(own, APPROVED), newest, after).limit(limit))
        last = shown[-1]["id"] if len(shown) == limit else None
        both = [*shown, *self._gaps(thread_id, newest=newest, after=after, until=last)]
        return sorted(both, key=itemgetter("id"), reverse=newest)[:limit]

    def _gaps(self, thread_id: UUID, *, newest: bool, after: UUID | None, until: UUID | None) -> list[Row]:
        """Give what is not public but has public replies below it, between two places; found from its replies."""
        answered = (CHILD.c.thread_id == thread_id, CHILD.c.parent_id.is_not(None))
        between = [
            CHILD.c.parent_id > bound if beyond else CHILD.c.parent_id < bound
            for bound, beyond in ((after, not newest), (until, newest))
            if bound is not None
        ]
        replies = select(CHILD.c.parent_id.label("top"), CHILD.c.id, CHILD.c.status).where(*answered, *between)
        hidden = replies.join(COMMENT, COMMENT.c.id == CHILD.c.parent_id).where(~APPROVED)
        below = hidden.cte("below", recursive=True)
        deeper = select(below.c.top, CHILD.c.id, CHILD.c.status).join(below, CHILD.c.parent_id == below.c.id)
        below = below.union(deeper.where(*answered, below.c.status != literal_column("'approved'")))
        public = select(below.c.top).where(below.c.status == literal_column("'approved'"))
        return self._rows(select(*PUBLIC).where(COMMENT.c.id.in_(public)))

    def pinned(self, thread_id: UUID, pins: Sequence[str]) -> list[Row]:
        """Give what is approved of a thread among these comments, in their order."""
        places = {UUID(pinned): place for place, pinned in enumerate(pins)}
        found = select(*PUBLIC).where(COMMENT.c.id.in_(list(places)), COMMENT.c.thread_id == thread_id, APPROVED)
        return sorted(self._rows(found), key=lambda row: places[row["id"]])

    def recent(self, site_id: UUID, *, newest: bool, after: UUID | None, limit: int) -> list[Row]:
        """Give a site's approved comments, over all its threads."""
        found = select(*PUBLIC, THREAD.c.key.label("thread")).join(THREAD, THREAD.c.id == COMMENT.c.thread_id)
        return self._rows(_after(found.where(COMMENT.c.site_id == site_id, APPROVED), newest, after).limit(limit))

    def public(self, site_id: UUID, within: Mapping[str, Any], *, newest: bool, offset: int, limit: int) -> list[Row]:
        """Give a page of a site's approved comments by counting, of some threads or under some parents."""
        chosen = _after(NUMBERED.where(*self._within(site_id, within)), newest, None)
        return self._rows(chosen.offset(offset).limit(limit))

    def publicly(self, site_id: UUID, within: Mapping[str, Any], *, most: int) -> int:
        """Count the public comments of some threads or under some parents, up to so many."""
        found = select(COMMENT.c.id).where(*self._within(site_id, within)).limit(most).subquery()
        return int(self.connection.execute(select(func.count()).select_from(found)).scalar_one())

    def between(self, site_id: UUID, spans: Sequence[tuple[UUID, UUID]]) -> list[Row]:
        """Give a site's comments, whatever their status, from the first to the last id of each span."""
        chosen = or_(*(COMMENT.c.id.between(first, last) for first, last in spans))
        return self._rows(NUMBERED.where(COMMENT.c.site_id == site_id, chosen).order_by(COMMENT.c.id))

    def _within(self, site_id: UUID, within: Mapping[str, Any]) -> list[ColumnElement[bool]]:
        """Turn what is wanted into conditions; threads are looked up first, so that their index is found."""
        conditions: list[ColumnElement[bool]] = [COMMENT.c.site_id == site_id, APPROVED]
        if within["threads"] is not None:
            led = select(LED).where(THREAD.c.site_id == site_id, THREAD.c.key.in_(within["threads"]))
            conditions.append(COMMENT.c.thread_id.in_(self.connection.execute(led).scalars().all()))
        if within["parents"] is not None:
            named = [parent for parent in within["parents"] if parent is not None]
            roots = [COMMENT.c.parent_id.is_(None)] if None in within["parents"] else []
            conditions.append(or_(COMMENT.c.parent_id.in_(named), *roots))
        return conditions

    def counts(self, site_id: UUID, keys: Sequence[str]) -> dict[str, int]:
        """Give the number of approved comments of many threads, in one query."""
        target = THREAD.alias("target")
        found = select(THREAD.c.key, target.c.approved).join(target, target.c.id == LED)
        rows = self.connection.execute(found.where(THREAD.c.site_id == site_id, THREAD.c.key.in_(keys)))
        return dict.fromkeys(keys, 0) | {row.key: row.approved for row in rows}

    def queue(
        self,
        site_id: UUID,
        wanted: Mapping[str, Any],
        *,
        after: UUID | None,
        limit: int,
        below: float | None = None,
        until: UUID | None = None,
    ) -> list[Row]:
        """Give a page of a site's comments in any state, as moderators filter them, up to the last to be looked at.

        The page is cut before its threads are looked up: joined first, a site with few pages would be sorted whole.
        """
        found = select(COMMENT).where(*self._asked_first(site_id, wanted))
        if until is not None:
            found = found.where(COMMENT.c.id <= until if wanted.get("sort") == "oldest" else COMMENT.c.id >= until)
        found = found.where(*(_alone(wanted) if wanted.get("folded") else _filters(wanted)))
        if wanted.get("sort") == "worth":
            return self._titled(_below(found, below, after).limit(limit), "worth", "id", down=True)
        newest = wanted.get("sort") != "oldest"
        return self._titled(_after(found, newest, after).limit(limit), "id", down=newest)

    def horizon(self, site_id: UUID, wanted: Mapping[str, Any], *, after: UUID | None, most: int) -> UUID | None:
        """Name the last of so many comments that filters without an index look at; None where an index leads."""
        few = wanted.get("flagged") or wanted.get("appealed")
        if wanted.get("sort") == "worth" or few or not self._looks(wanted):
            return None
        led = {name: wanted.get(name) for name in ("status", "fingerprint", "waves", "since", "until")}
        here = (*self._where(site_id, wanted), *_filters(led))
        base = _after(select(COMMENT.c.id).where(*here), wanted.get("sort") != "oldest", after)
        return self.connection.execute(base.offset(most - 1).limit(1)).scalar()

    def _looks(self, wanted: Mapping[str, Any]) -> bool:
        """Say whether comments have to be looked at one by one, however few of them are found."""
        if wanted.get("q") and not walks(self.connection, wanted["q"]):
            return False
        return bool(wanted.get("q")) or any(wanted.get(name) not in {None, ""} for name in LOOSE)

    def waves(
        self, site_id: UUID, sort: str, *, after: UUID | None, limit: int, below: float | None = None
    ) -> list[Row]:
        """Give a page of waves of which something waits, each as its newest comment that does, at the wave's place."""
        told = as_cards(self._rows(waves_page(site_id, sort, after=after, below=below, limit=limit)))
        newest = select(COMMENT).where(COMMENT.c.id.in_([row["newest"] for row in told]))
        comments = {row["id"]: row for row in self._titled(newest, "id", down=True)} if told else {}
        return [{**comments[row["newest"]], **row, "wave": row["rolls"]} for row in told]

    def wave(self, wave_ids: Collection[UUID]) -> Row:
        """Count what waits of waves, up to a thousand, its networks, since when it came, and what policy published."""
        return self._rows(wave_counted(wave_ids))[0]

    def wave_waiting(self, site_id: UUID, wave_id: UUID) -> int:
        """Count what waits at this site of a wave and of those that were merged into it, up to a thousand."""
        return int(self.connection.execute(wave_waiting(site_id, wave_id)).scalar_one())

    def wave_members(self, wave_ids: Collection[UUID], most: int) -> list[Row]:
        """Give what waits of waves, the newest first."""
        found = select(COMMENT).where(COMMENT.c.wave.in_(wave_ids), HELD).order_by(COMMENT.c.id.desc())
        return self._titled(found.limit(most), "id", down=True)

    def _titled(self, page: Select[Any], *order: str, down: bool) -> list[Row]:
        """Give a page of comments with their threads, in the order it was cut by."""
        part = page.subquery()
        ordered = [part.c[name].desc() if down else part.c[name] for name in order]
        titled = select(part, THREAD.c.key.label("thread"), THREAD.c.title.label("thread_title"))
        return self._rows(titled.join(THREAD, THREAD.c.id == part.c.thread_id).order_by(*ordered))

    def _asked_first(self, site_id: UUID, wanted: Mapping[str, Any]) -> list[ColumnElement[bool]]:
        """Keep to a place, to words, to what was flagged or appealed: what the database is to begin with."""
        words = sought(self.connection, wanted["q"]) if wanted.get("q") else []
        flagged = [COMMENT.c.id.in_(_flagged(site_id))] if wanted.get("flagged") else []
        disputed = [COMMENT.c.id.in_(appealed(site_id))] if wanted.get("appealed") else []
        return [*self._where(site_id, wanted), *words, *flagged, *disputed]

    def _where(self, site_id: UUID, wanted: Mapping[str, Any]) -> list[ColumnElement[bool]]:
        """Keep to the site, or to the thread of it that is wanted; only that is asked, so its index is found."""
        if wanted.get("thread") is None:
            return [COMMENT.c.site_id == site_id]
        return [COMMENT.c.thread_id == self.connection.execute(_named(site_id, wanted["thread"])).scalar()]

    def waiting(self, site_id: UUID, wanted: Mapping[str, Any], most: int) -> int:
        """Count what a moderator's filters find at a site, up to so many."""
        within = (*self._asked_first(site_id, wanted), *_filters(wanted))
        found = select(COMMENT.c.id).where(*within).limit(most).subquery()
        return int(self.connection.execute(select(func.count()).select_from(found)).scalar_one())

    def latest(self, site_id: UUID, *, since: datetime, after: UUID | None, limit: int) -> list[Row]:
        """Give a page of what arrived at a site since a moment, newest first; ids lead to where it ends."""
        found = select(*LISTED).where(COMMENT.c.site_id == site_id, COMMENT.c.id > first_id(since))
        kept = found.where(COMMENT.c.status != Status.DELETED, COMMENT.c.staff.is_(False))
        return self._rows(_after(kept, True, after).limit(limit))  # noqa: FBT003 (a direction)

    def record(self, comment: Comment) -> dict[str, int]:
        """Count an author's latest comments at this site by status, up to a thousand; nobody's record is empty."""
        if comment.fingerprint is None:
            return {}
        latest = latest_of_author(comment).subquery()
        rows = self.connection.execute(select(latest.c.status, func.count()).group_by(latest.c.status))
        return {str(status): count for status, count in rows}

    def threads(self, site_id: UUID, *, words: str = "", after: UUID | None, limit: int) -> list[Row]:
        """Give a site's threads, newest first; those in whose title, id or address these words stand."""
        found = select(THREAD).where(THREAD.c.site_id == site_id, THREAD.c.merged_into.is_(None))
        if words:
            places = (func.lower(THREAD.c[name]) for name in ("title", "key", "url"))
            found = found.where(or_(*(place.contains(words.lower(), autoescape=True) for place in places)))
        if after is not None:
            found = found.where(THREAD.c.id < after)
        return self._rows(found.order_by(THREAD.c.id.desc()).limit(limit))

    def begun(self, site_id: UUID) -> tuple[bool, bool]:
        """Say whether any comment came to a site, and whether a person decided one."""
        came = select(COMMENT.c.id).where(COMMENT.c.site_id == site_id).limit(1)
        decided = select(DECISION.c.id).where(DECISION.c.site_id == site_id, PEOPLE).limit(1)
        return bool(self._rows(came)), bool(self._rows(decided))

    def feed(self, site_id: UUID, *, after: int, limit: int) -> list[Row]:
        """Give numbered events after a position, each with its comment as it is now.

        The page is cut before anything is joined to it: who comes late joins nothing that another page gives.
        """
        page = select(EVENT.c.id).where(EVENT.c.site_id == site_id, EVENT.c.position > after)
        cut = page.order_by(EVENT.c.position).limit(limit)
        return self._rows(telling().where(EVENT.c.id.in_(cut)).order_by(EVENT.c.position))

    def waits(self, site_id: UUID, most: int) -> list[timedelta]:
        """Say how long the comments waited that people decided last, of so many decisions.

        What readers had seen before they flagged it did not wait all that time, and staff do not wait at all.
        """
        latest = select(DECISION).where(DECISION.c.site_id == site_id, PEOPLE).order_by(DECISION.c.id.desc())
        made = latest.limit(most).subquery()
        arrived = select(made.c.created_at, made.c.previous_reasons, COMMENT.c.received_at, COMMENT.c.edited_at)
        found = arrived.join(COMMENT, COMMENT.c.id == made.c.comment_id).where(
            made.c.previous.in_(IN_REVIEW), COMMENT.c.staff.is_(False)
        )
        rows = self._rows(found.where(made.c.undoes.is_(None)))
        waited = [row["created_at"] - _begun(row) for row in rows if "flagged" not in row["previous_reasons"]]
        return [each for each in waited if each >= timedelta()]

    def deliveries(self, endpoint_id: UUID, wanted: Mapping[str, Any], *, after: UUID | None, limit: int) -> list[Row]:
        """Give a page of an endpoint's deliveries, newest first, each with its attempts, oldest first."""
        exact = [DELIVERY.c[name] == wanted[name] for name in ("state", "event_id") if wanted.get(name) is not None]
        found = select(DELIVERY).where(DELIVERY.c.endpoint_id == endpoint_id, *exact)
        if after is not None:
            found = found.where(DELIVERY.c.id < after)
        rows = self._rows(found.order_by(DELIVERY.c.id.desc()).limit(limit))
        tries = select(ATTEMPT).where(ATTEMPT.c.delivery_id.in_([row["id"] for row in rows])).order_by(ATTEMPT.c.id)
        made = self._rows(tries) if rows else []
        return [{**row, "log": [each for each in made if each["delivery_id"] == row["id"]]} for row in rows]

    def position_of(self, site_id: UUID, event_id: UUID) -> int | None:
        """Give the position of one event of a site."""
        found = select(EVENT.c.position).where(EVENT.c.id == event_id, EVENT.c.site_id == site_id)
        return self.connection.execute(found).scalar()

    def trail(self, site_id: UUID, wanted: Mapping[str, Any], *, after: UUID | None, limit: int) -> list[Row]:
        """Give a page of what was done at a site, the latest first."""
        return trail(self.connection, site_id, wanted, after=after, limit=limit)

    def _rows(self, wanted: Select[Any]) -> list[Row]:
        return [dict(row) for row in self.connection.execute(wanted).mappings()]


def _begun(row: Row) -> datetime:
    """Say since when a comment waited: since it arrived, or since its author changed it."""
    edited = row["edited_at"]
    begun: datetime = edited if edited and edited <= row["created_at"] else row["received_at"]
    return begun


def _after(wanted: Select[Any], newest: bool, after: UUID | None) -> Select[Any]:  # noqa: FBT001 (a direction)
    order = COMMENT.c.id.desc() if newest else COMMENT.c.id
    if after is not None:
        wanted = wanted.where(COMMENT.c.id < after if newest else COMMENT.c.id > after)
    return wanted.order_by(order)


def _below(wanted: Select[Any], worth: float | None, after: UUID | None) -> Select[Any]:
    """Keep to what waits, what is most worth a person's time first; the condition finds the partial index."""
    if worth is not None and after is not None:
        last = tuple_(literal(worth, COMMENT.c.worth.type), literal(after, COMMENT.c.id.type))
        wanted = wanted.where(tuple_(*BY_WORTH) < last)
    return wanted.where(HELD).order_by(*(column.desc() for column in BY_WORTH))


def _alone(wanted: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """Keep what waits and is in no wave; nothing else says what status it has, so that the partial index is found."""
    return [HELD, COMMENT.c.wave.is_(None), *_filters({**wanted, "status": None})]


def _filters(wanted: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """Turn what a moderator asked for into conditions; what was not asked for adds none."""
    plain = ("status", "language", "fingerprint")
    exact = {name: COMMENT.c[name] for name in plain}
    conditions = [column == wanted[name] for name, column in exact.items() if wanted.get(name) is not None]
    if wanted.get("waves") is not None:
        conditions.append(COMMENT.c.wave.in_(wanted["waves"]))
    if wanted.get("shown") is not None:
        conditions += as_shown(wanted["shown"], flagged=bool(wanted.get("flagged")))
    if wanted.get("name") is not None:
        conditions.append(COMMENT.c.name == wanted["name"])
    if wanted.get("reason"):
        conditions.append(cast(COMMENT.c.reasons, String).contains(f'"{wanted["reason"]}"', autoescape=True))
    conditions += _in_time(wanted.get("since"), wanted.get("until"))
    if wanted.get("flagged"):
        conditions.append(COMMENT.c.status.in_(("held", "approved")))
    bands = {kind: (wanted.get(kind), wanted.get(f"{kind}_to")) for kind in SCORED}
    conditions += [_scored(kind, *band) for kind, band in bands.items() if band != (None, None)]
    return conditions


def _in_time(since: datetime | None, until: datetime | None) -> Iterator[ColumnElement[bool]]:
    """Keep what arrived in a period; its ids lead there, and say within an hour when it came."""
    if since is not None:
        yield COMMENT.c.id >= first_id(since - HOUR)
        yield COMMENT.c.received_at >= since
    if until is not None:
        yield COMMENT.c.id < first_id(until + HOUR)
        yield COMMENT.c.received_at < until


def _scored(kind: str, at_least: float | None, at_most: float | None) -> ColumnElement[bool]:
    """Keep what a scorer gave a number of this band, in the present text."""
    same = (SIGNAL.c.comment_id == COMMENT.c.id, SIGNAL.c.revision == COMMENT.c.revision)
    within = SIGNAL.c.value.between(0.0 if at_least is None else at_least, 1.0 if at_most is None else at_most)
    return select(SIGNAL.c.value).where(*same, SIGNAL.c.kind == kind, within).exists()


def _flagged(site_id: UUID) -> Select[Any]:
    """Name what readers flagged at a site: few of all comments, found by their own index."""
    return select(FLAG.c.comment_id).where(FLAG.c.site_id == site_id)


def _named(site_id: UUID, key: str) -> Select[Any]:
    """Name the thread of a page, by the way of the one it was merged into."""
    return select(LED).where(THREAD.c.site_id == site_id, THREAD.c.key == key)
