"""Seeking: conditions for comments by their words, in the way of each database."""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    exists,
    false,
    func,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy import column as plain_column

from moderation.adapters.db.models import CommentRow, WordingRow
from moderation.adapters.db.stores import base
from moderation.domain.search import Phrase, Search

COMMENT, WORDING = base.table(CommentRow), base.table(WordingRow)
FTS: Final = table("wording_fts", plain_column("rowid", Integer), plain_column("wording_fts"))
OWN: Final = WORDING.c.comment_id == COMMENT.c.id
THERE: Final = COMMENT.c.status != literal_column("'deleted'")
"""What was taken back is not found, though its text may still be there for a day."""
FEW: Final = 2000
"""So many are looked up and sorted; of more, the queue is read in its order until a page of them is found."""
SEEK: Final = text(
    "SELECT set_config('lychgate.sought', :sought, true), set_config('plan_cache_mode', 'force_custom_plan', true)"
)
"""For the transaction: row-level security lets those through that are looked for, and each search is planned anew."""


def sought(connection: Connection, typed: str) -> list[ColumnElement[bool]]:
    """Keep comments with the words that somebody looks for; from now on this transaction reads no other wording."""
    search = Search.of(typed)
    if search.vain:
        return [false()]
    if connection.dialect.name == "postgresql":
        connection.execute(SEEK, {"sought": _tsquery(search)})
        return [THERE, exists().where(OWN)]
    return [THERE, *(_matching(connection, typed, search) if has_fts(connection) else [_read_through(typed)])]


def walks(connection: Connection, typed: str) -> bool:
    """Say whether comments are asked one by one whether they have these words, since too many do or no index knows."""
    search = Search.of(typed)
    if search.vain or connection.dialect.name == "postgresql":
        return not search.vain and not search.wanted
    if not search.wanted or not has_fts(connection):
        return True
    return not _is_rare(connection, " AND ".join(map(_in_fts5, search.wanted)))


def has_fts(connection: Connection) -> bool:
    """Say whether SQLite has an index of words; it may have been built without FTS5."""
    made = "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'wording_fts')"
    known = "SELECT EXISTS (SELECT 1 FROM pragma_module_list WHERE name = 'fts5')"
    return all(connection.exec_driver_sql(asked).scalar() for asked in (made, known))


def _tsquery(search: Search) -> str:
    """Write it as PostgreSQL has it; words have no signs in them that would need care."""
    wanted = [_side_by_side(phrase) for phrase in search.wanted]
    return " & ".join([*wanted, *(f"!{_side_by_side(phrase)}" for phrase in search.unwanted)])


def _side_by_side(phrase: Phrase) -> str:
    quoted = " <-> ".join(f"'{word}'" for word in phrase.words)
    return f"({quoted}{':*' if phrase.begins else ''})"


def _matching(connection: Connection, typed: str, search: Search) -> Iterator[ColumnElement[bool]]:
    """Keep what FTS5 finds, where that is little; else, and for what must not be there, each wording is read.

    FTS5 is no quicker than that when it is asked about comments one by one.
    """
    wanted = " AND ".join(map(_in_fts5, search.wanted))
    rare = bool(wanted) and _is_rare(connection, wanted)
    if rare:
        yield _among(wanted)
    if search.unwanted or not rare:
        yield _read_through(typed)


def _in_fts5(phrase: Phrase) -> str:
    return f'"{" ".join(phrase.words)}"{" *" if phrase.begins else ""}'


def _is_rare(connection: Connection, wanted: str) -> bool:
    some = select(FTS.c.rowid).where(_match(wanted)).limit(FEW + 1).subquery()
    return bool(connection.execute(select(func.count()).select_from(some)).scalar_one() <= FEW)


def _among(wanted: str) -> ColumnElement[bool]:
    rows = select(FTS.c.rowid).where(_match(wanted))
    return COMMENT.c.id.in_(select(WORDING.c.comment_id).where(WORDING.c.position.in_(rows)))


def _match(wanted: str) -> ColumnElement[bool]:
    return FTS.c.wording_fts.op("MATCH", is_comparison=True)(wanted)


def _read_through(typed: str) -> ColumnElement[bool]:
    """Read each wording that comes along."""
    fits: Any = func.fits(typed, WORDING.c.words, type_=Integer)
    return exists().where(OWN, fits == 1)
