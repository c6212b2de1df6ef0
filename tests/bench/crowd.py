"""A crowd of comments as a busy site has them: in every state, with words, reasons and flags, one each second."""

from typing import Final

from bench.filling import fill, tidy
from makers import World
from sqlalchemy import Connection, text

from moderation.adapters.db.uow import Database

SINCE: Final = 1_700_000_000
"""When the first of them came."""
_STATUS: Final = (
    "CASE WHEN s.n % 10 = 0 THEN 'held' WHEN s.n % 20 = 1 THEN 'spam' WHEN s.n % 20 = 3 THEN 'rejected' "
    "ELSE 'approved' END"
)
_REASONS: Final = "CASE WHEN s.n % 50 = 0 THEN '[\"toxicity\"]' ELSE '[]' END"
_WORDS: Final = (
    "'calm a and friendly remark'||CASE WHEN {n} % 10 = 0 THEN ' tenth' ELSE '' END||"
    "CASE WHEN {n} % 1000 = 0 THEN ' thousandth' ELSE '' END||' w'||{n}"
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
_NUMBER: Final = "row_number() OVER (ORDER BY id)"


def gather(world: World, rows: int) -> None:
    """Fill a database with so many comments, each with its words; one in a hundred is flagged."""
    database = Database(world.settings.database_url, silence=3600.0)
    own = _OWN[database.dialect] | {"status": _STATUS, "worth": "-s.n", "name": "'Ann ' || (s.n % 5000)"}
    fill(world, rows, own)
    with database.uow(None) as uow:
        if database.dialect == "postgresql":
            uow.connection.execute(text("SET LOCAL statement_timeout = 0"))
        _say(uow.connection)
        _flag(uow.connection)
        uow.commit()
    database.engine.dispose()
    tidy(world)


def _say(connection: Connection) -> None:
    """Keep words for all of them, as they would be kept one by one; PostgreSQL's index is built afterwards."""
    postgresql = connection.dialect.name == "postgresql"
    words = _WORDS.format(n="c.n")
    kept = f"to_tsvector('simple', {words})" if postgresql else words
    numbered = f"(SELECT id, site_id, {_NUMBER} AS n FROM comment) AS c"  # noqa: S608
    if postgresql:
        connection.execute(text("DROP INDEX ix_wording_words"))
    said = f"SELECT 1000000000 + c.n, c.id, c.site_id, {kept} FROM {numbered} WHERE c.n > 0"  # noqa: S608 (our own words)
    connection.execute(text(f"INSERT INTO wording {said}"))
    if postgresql:
        connection.execute(text("CREATE INDEX ix_wording_words ON wording USING gin (words)"))


def _flag(connection: Connection) -> None:
    blob = "sha256(id::text::bytea)" if connection.dialect.name == "postgresql" else "randomblob(32)"
    some = f"(SELECT id, site_id, received_at, {_NUMBER} AS n FROM comment) AS c"  # noqa: S608
    flagged = f"SELECT id, {blob}, site_id, 'spam', received_at FROM {some} WHERE n % 100 = 7"  # noqa: S608
    connection.execute(text(f"INSERT INTO flag (comment_id, network_print, site_id, reason, created_at) {flagged}"))
