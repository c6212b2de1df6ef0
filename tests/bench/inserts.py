"""The bare grouped insert: rows as wide as a comment, fifty to a commit, and nothing else of ours."""

import sqlite3
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Any, Final

import psycopg
from bench import writing
from sqlalchemy import make_url
from uuid_utils.compat import uuid7

GROUP: Final = 50
_COLUMNS: Final = ("id TEXT PRIMARY KEY", "site TEXT", "thread TEXT", "name TEXT", "email TEXT", "text TEXT")
_TABLE: Final = f"CREATE TABLE IF NOT EXISTS bare ({', '.join(_COLUMNS)})"


def bare_rate(database_url: str, folder: Path, seconds: float) -> float:
    """Give the rows a second that one writer makes durable on the same kind of database."""
    if database_url.startswith("sqlite"):
        with sqlite3.connect(folder / "bare.db", isolation_level=None) as connection:
            for pragma in ("journal_mode=WAL", "synchronous=FULL"):
                connection.execute(f"PRAGMA {pragma}")
            return _rate(connection, connection.executemany, "?", seconds)
    address = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection, connection.cursor() as cursor:
        return _rate(connection, cursor.executemany, "%s", seconds)


def _rate(connection: Any, many: Any, mark: str, seconds: float) -> float:
    insert = f"INSERT INTO bare VALUES ({', '.join([mark] * len(_COLUMNS))})"  # noqa: S608 (our own words)
    connection.execute(_TABLE)
    texts, rows, began = writing.texts(0), 0, monotonic()
    while monotonic() < began + seconds:
        connection.execute("BEGIN")
        many(insert, [_row(text) for text in islice(texts, GROUP)])
        connection.execute("COMMIT")
        rows += GROUP
    return rows / (monotonic() - began)


def _row(text: str) -> tuple[str, ...]:
    return (str(uuid7()), "site", "article", "Ann Miller", "ciphertext" * 8, text)
