"""What an installation of `lychgate up` holds in memory, and whether that grows with what it takes in."""

from collections import defaultdict
from time import monotonic, sleep
from typing import Final
from urllib.parse import urlsplit

from bench.measuring import command_of, memory_of
from bench.sending import send
from servers.family import descendants_of
from servers.up import Up
from sqlalchemy import text

from moderation.adapters.db.uow import Database

WARM: Final = 2000
"""Comments after which everything that is loaded on first use is there."""
KINDS: Final = {"valkey-server": "broker", "cli web": "web", "celery": "worker", "cli sweep": "sweep"}
WITHIN: Final = 300.0


def weigh(up: Up, comments: int) -> dict[str, float]:
    """Take in some comments, weigh, take in many more, and weigh again."""
    began = _weighed(up)
    _take_in(up, min(WARM, comments), first=1)
    warm = _weighed(up)
    _take_in(up, comments, first=1_000_000)
    later = _weighed(up)
    grown = {f"grown_{kind}": later[kind] / warm[kind] for kind in later}
    return {f"began_{kind}": value for kind, value in began.items()} | later | grown | {"comments": float(comments)}


def _take_in(up: Up, comments: int, *, first: int) -> None:
    port = urlsplit(up.url).port
    assert port
    send(port, f"/v1/sites/{up.facts['site_key']}/comments", first=first, enough=comments)
    database = Database(f"sqlite:///{up.folder / 'lychgate.db'}")
    deadline = monotonic() + WITHIN
    while _waiting(database) and monotonic() < deadline:
        sleep(0.1)
    database.engine.dispose()


def _waiting(database: Database) -> int:
    with database.reading(None) as uow:
        return int(uow.connection.execute(text("SELECT count(*) FROM comment WHERE status = 'pending'")).scalar_one())


def _weighed(up: Up) -> dict[str, float]:
    """Weigh each kind of process with all that it started, and the whole."""
    found: defaultdict[str, float] = defaultdict(float)
    for pid in [up.process.pid, *descendants_of(up.process.pid)]:
        found[_kind(pid)] += memory_of([pid])
    return dict(found) | {"all": sum(found.values())}


def _kind(pid: int) -> str:
    command = command_of(pid)
    return next((kind for words, kind in KINDS.items() if words in command), "supervisor")
