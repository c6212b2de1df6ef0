"""One at a time: what belongs to one process alone, by a lock that the system lets go of when it ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from moderation.embedded.process import CannotStart

LOCK: Final = "lychgate.lock"
OWNER_ONLY: Final = 0o700


@contextmanager
def sole_owner(data: Path) -> Iterator[None]:
    """Hold a data folder, making it for its owner alone if need be; raise CannotStart while another holds it."""
    data.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
    sentence = f"already runs on the data folder {data}; stop it, or choose another with --data."
    with held(data / LOCK, sentence):
        yield


@contextmanager
def only_web(database: Path | None) -> Iterator[None]:
    """Be the one web process of a SQLite database; elsewhere, with None, there may be any number."""
    if database is None:
        yield
        return
    database.parent.mkdir(parents=True, exist_ok=True)
    sentence = "already serves this SQLite database, which takes one web process; use PostgreSQL for more."
    with held(database.with_name(f"{database.name}.web.lock"), sentence):
        yield


@contextmanager
def held(lock: Path, sentence: str) -> Iterator[None]:
    """Hold a lock file, or raise CannotStart with who holds it; a file that was left behind stops nobody."""
    with lock.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise CannotStart(f"Process {file.read().strip() or 'that is just starting'} {sentence}") from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
