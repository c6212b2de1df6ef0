"""One at a time: a data folder belongs to the process that holds its lock."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from moderation.embedded.process import CannotStart

LOCK: Final = "lychgate.lock"


@contextmanager
def sole_owner(data: Path) -> Iterator[None]:
    """Hold a data folder, making it if need be; raise CannotStart while another process holds it.

    The system lets go of the lock when its holder ends, however it ends; a file that was left
    behind stops nobody.
    """
    data.mkdir(parents=True, exist_ok=True)
    with (data / LOCK).open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "that is just starting"
            raise CannotStart(
                f"Process {holder} already runs on the data folder {data}; stop it, or choose another with --data."
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
