"""One at a time: what belongs to one process alone, by a lock that the system lets go of when it ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from moderation.embedded.process import CannotStart

LOCK: Final = "lychgate.lock"
OWNER_ONLY, USUAL = 0o700, 0o777


@contextmanager
def sole_owner(data: Path) -> Iterator[None]:
    """Hold a data folder, making it for its owner alone if need be; raise CannotStart while another holds it."""
    _made(data, OWNER_ONLY, "choose another with --data")
    sentence = f"already runs on the data folder {data}; stop it, or choose another with --data."
    with held(data / LOCK, sentence):
        yield


@contextmanager
def only_web(database: Path | None) -> Iterator[None]:
    """Be the one web process of a SQLite database; elsewhere, with None, there may be any number."""
    if database is None:
        yield
        return
    _made(database.parent, USUAL, "choose another place for the database")
    sentence = "already serves this SQLite database, which takes one web process; use PostgreSQL for more."
    with held(database.with_name(f"{database.name}.web.lock"), sentence):
        yield


def _made(folder: Path, mode: int, advice: str) -> None:
    """Make a folder that is not there yet; raise CannotStart where we can make none or may not write in it."""
    try:
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(f"The folder {folder} cannot be made ({error.strerror}); {advice}.") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise CannotStart(f"Nothing can be written in the folder {folder}; {advice}.")


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
