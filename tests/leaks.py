"""Canaries: what must not be found, in every spelling that a leak could have, and where to look for it."""

import base64
import hashlib
import html
import json
import logging
import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Final
from urllib.parse import quote, quote_plus

import structlog
from ahocorasick import Automaton
from redis import Redis
from sqlalchemy import create_engine, inspect, make_url, text
from sqlalchemy.pool import NullPool

from config.logs import configure

ADDRESSES: Final = (
    "canary.plain@example.com",
    "Canary.Upper+News@Example.COM",
    "kanarienvogel@b\u00fccher.example",
    "\u043a\u0430\u043d\u0430\u0440\u0435\u0439\u043a\u0430@example.org",
    "canary-of-an-idn@\u043f\u0440\u0438\u043c\u0435\u0440.example",
    f"{'canary' * 20}@example.net",
)
PLACES: Final = ("198.51.100.77", "203.0.113.199", "2001:db8:1:2:3:4:5:77", "2001:db8:9::77")
HASHES: Final = ("md5", "sha1", "sha256")


class Canaries:
    """Knows some secrets in every spelling; tells which of them are in what it is shown."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._exact, self._folded = Automaton(), Automaton()  # Thousands of spellings, found in one pass.
        for secret in secrets:
            for spelled in {secret, secret.lower(), secret.upper(), secret.casefold(), *_in_ascii(secret)}:
                self._learn(secret, spelled)
        self._exact.make_automaton()
        self._folded.make_automaton()

    def _learn(self, secret: str, spelled: str) -> None:
        octets = spelled.encode()
        digests = [hashlib.new(name, octets).digest() for name in HASHES]
        for needle in (*digests, *(form for each in (octets, *digests) for form in _base64(each))):
            self._exact.add_word(needle.decode("latin-1"), secret)
        texts = [spelled, quote(spelled), quote_plus(spelled), html.escape(spelled), json.dumps(spelled)[1:-1]]
        for said in (*texts, *(each.hex() for each in (octets, *digests))):
            self._folded.add_word(said.encode().lower().decode("latin-1"), secret)

    def in_(self, content: bytes) -> set[str]:
        """Name the secrets that are in there, however they are spelled."""
        exact = self._exact.iter(content.decode("latin-1"))
        folded = self._folded.iter(content.lower().decode("latin-1"))
        return {secret for found in (exact, folded) for _, secret in found}


def _in_ascii(secret: str) -> list[str]:
    """Spell an address with its domain as the name system has it."""
    local, at, domain = secret.rpartition("@")
    return [f"{local}@{domain.encode('idna').decode()}"] if at and not domain.isascii() else []


def _base64(octets: bytes) -> Iterator[bytes]:
    """Give what stays the same of a value in base64, wherever in a longer one it stands."""
    for before in range(3):
        whole = base64.b64encode(bytes(before) + octets)
        sure = whole[(0, 2, 3)[before] : -(4 if (before + len(octets)) % 3 else 0) or None]
        yield from (sure, sure.translate(bytes.maketrans(b"+/", b"-_")))


def database(url: str) -> bytes:
    """Give all that a database holds: every row as the database writes it, and SQLite's files as they lie there."""
    path = Path(make_url(url).database or "")
    files = [file.read_bytes() for file in path.parent.glob(f"{path.name}*")] if url.startswith("sqlite") else []
    return b"\n".join([rows(url), *files])


def rows(url: str, *, without: Collection[str] = ()) -> bytes:
    """Give every row of every table but these, as the database writes it."""
    with create_engine(url, poolclass=NullPool).connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT set_config('lychgate.site', '*', false)"))
        return b"\n".join(
            _written(value)
            for table in set(inspect(connection).get_table_names()) - set(without)
            for row in connection.execute(text(f'SELECT * FROM "{table}"'))  # noqa: S608
            for value in row
        )


def _written(value: object) -> bytes:
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    return (json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)).encode()


def broker(client: "Redis") -> bytes:
    """Give every key that a broker holds, and what it holds under it."""
    names = list(client.scan_iter())
    return b"\n".join([*names, *(client.dump(name) or b"" for name in names)])


@contextmanager
def logged() -> Iterator[StringIO]:
    """Log as a process of ours does, at its chattiest; leave the tests' own logging as it was."""
    root, ours, stderr = logging.getLogger(), StringIO(), sys.stderr
    before, level = root.handlers[:], root.level
    root.handlers.clear()  # Configuring closes what it finds there, and these are not ours.
    sys.stderr = ours
    try:
        configure("debug")
        yield ours
    finally:
        sys.stderr = stderr
        logging.captureWarnings(capture=False)
        root.handlers[:] = before
        root.setLevel(level)
        structlog.reset_defaults()
