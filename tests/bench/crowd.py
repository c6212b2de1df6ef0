"""A crowd of comments as a busy site has them: in every state, with words, reasons, flags, appeals, one each second."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, Final
from uuid import UUID

from bench.filling import GENEROUS, fill, tidy
from makers import World
from sqlalchemy import Connection, Row, select, text

from moderation.adapters.db.models import CommentRow, WordingRow
from moderation.adapters.db.stores.base import table
from moderation.adapters.db.types import Wording
from moderation.adapters.db.uow import Database
from moderation.domain.wording import wording

Said = tuple[int, UUID, UUID, Sequence[str]]
"""Which position, whose words at which site, and what they are."""

SINCE: Final = 1_700_000_000
"""When the first of them came."""
_STATUS: Final = (
    "CASE WHEN s.n % 10 = 0 THEN 'held' WHEN s.n % 20 = 1 THEN 'spam' WHEN s.n % 20 = 3 THEN 'rejected' "
    "ELSE 'approved' END"
)
_REASONS: Final = "CASE WHEN s.n % 50 = 0 THEN '[\"toxicity\"]' ELSE '[]' END"
_TEXT: Final = (
    "'A calm and friendly remark about the harvest, as long as such remarks tend to be'||"
    "CASE WHEN s.n % 10 = 0 THEN ' tenth' ELSE '' END||CASE WHEN s.n % 1000 = 0 THEN ' thousandth' ELSE '' END||"
    "' w'||s.n||'.'"
)
_OWN: Final = {
    "sqlite": {
        "id": f"printf('%012x%020x', ({SINCE} + s.n) * 1000, s.n)",
        "received_at": f"strftime('%Y-%m-%d %H:%M:%f000', {SINCE} + s.n, 'unixepoch')",
        "reasons": _REASONS,
    },
    "postgresql": {
        "id": f"(lpad(to_hex(({SINCE} + s.n) * 1000), 12, '0') || lpad(to_hex(s.n), 20, '0'))::uuid",
        "received_at": f"to_timestamp({SINCE} + s.n)",
        "reasons": f"({_REASONS})::jsonb",
    },
}
_AT_ONCE: Final = 20_000
_BEYOND: Final = 1_000_000_000
"""Words stand behind those of whatever came one by one."""
_UNNESTED: Final = (
    "INSERT INTO wording (position, comment_id, site_id, words) SELECT position, comment_id, site_id, words::tsvector "
    "FROM unnest(%s::bigint[], %s::uuid[], %s::uuid[], %s::text[]) AS told (position, comment_id, site_id, words)"
)
COMMENT, WORDING = table(CommentRow), table(WordingRow)
_NUMBER: Final = "row_number() OVER (ORDER BY id)"
_HASH: Final = {"sqlite": "randomblob({size})", "postgresql": "substr(sha256(id::text::bytea), 1, {size})"}
_BEFORE: Final = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}


def gather(world: World, rows: int) -> None:
    """Fill a database with so many comments, each with its words; one in a hundred is flagged, one in 200 appealed."""
    database = Database(world.settings.database_url, silence=3600.0)
    dialect = database.dialect
    own = _OWN[dialect] | {"status": _STATUS, "worth": "-s.n", "name": "'Ann ' || (s.n % 5000)", "text": _TEXT}
    fill(world, rows, own)
    with database.uow(None) as uow:
        for setting in GENEROUS[dialect]:
            uow.connection.exec_driver_sql(setting)
        _say(uow.connection)
        _flag(uow.connection)
        _appeal(uow.connection)
        uow.commit()
    database.engine.dispose()
    tidy(world)


def _say(connection: Connection) -> None:
    """Keep the words of all of them as the worker takes texts apart; PostgreSQL's index is built afterwards."""
    postgresql, number = connection.dialect.name == "postgresql", _BEYOND
    if postgresql:
        connection.execute(text("DROP INDEX ix_wording_words"))
    with ProcessPoolExecutor(mp_context=get_context("fork")) as pool:  # Taking apart is most of it.
        for piece in _pieces(connection):
            texts = ([row.name for row in piece], [row.text for row in piece])
            found = zip(piece, pool.map(wording, *texts, chunksize=1000), strict=True)
            told = [(number + at, row.id, row.site_id, words) for at, (row, words) in enumerate(found)]
            (_unnest if postgresql else _insert)(connection, told)
            number += len(piece)
    if postgresql:
        connection.execute(text("CREATE INDEX ix_wording_words ON wording USING gin (words)"))


def _pieces(connection: Connection) -> Iterator[Sequence[Row[Any]]]:
    """Go through all comments in their order, many at once."""
    after = UUID(int=0)
    while True:
        found = select(COMMENT.c.id, COMMENT.c.site_id, COMMENT.c.name, COMMENT.c.text).where(COMMENT.c.id > after)
        piece = connection.execute(found.order_by(COMMENT.c.id).limit(_AT_ONCE)).all()
        if not piece:
            return
        yield piece
        after = piece[-1].id


def _insert(connection: Connection, told: Sequence[Said]) -> None:
    names = ("position", "comment_id", "site_id", "words")
    connection.execute(WORDING.insert(), [dict(zip(names, each, strict=True)) for each in told])


def _unnest(connection: Connection, told: Sequence[Said]) -> None:
    """Send a piece as four lists: row-level security lets nobody COPY."""
    spelt = Wording()
    columns = [list(column) for column in zip(*told, strict=True)]
    columns[3] = [spelt.process_bind_param(words, connection.dialect) for words in columns[3]]
    connection.exec_driver_sql(_UNNESTED, tuple(columns))


def _flag(connection: Connection) -> None:
    blob = _HASH[connection.dialect.name].format(size=32)
    some = f"(SELECT id, site_id, received_at, {_NUMBER} AS n FROM comment) AS c"  # noqa: S608
    flagged = f"SELECT id, {blob}, site_id, 'spam', received_at FROM {some} WHERE n % 100 = 7"  # noqa: S608
    connection.execute(text(f"INSERT INTO flag (comment_id, network_print, site_id, reason, created_at) {flagged}"))


def _appeal(connection: Connection) -> None:
    """Let one in 200 be appealed, each of them spam or rejected; the words are nothing that anybody opens."""
    blob, before = _HASH[connection.dialect.name].format(size=32), _BEFORE[connection.dialect.name]
    some = f"SELECT id, site_id, received_at, {_NUMBER} AS n FROM comment WHERE status IN ('spam', 'rejected')"  # noqa: S608
    appealed = f"SELECT {before}, site_id, id, {blob}, received_at, {before} FROM ({some}) AS c WHERE n % 20 = 0"  # noqa: S608
    connection.execute(text(f"INSERT INTO appeal (id, site_id, comment_id, text, created_at, against) {appealed}"))
