"""Where tests look for a server: the environment names one, our wheel brings one, the machine has one."""

import os
from collections.abc import Callable
from pathlib import Path

from moderation.embedded.process import CannotStart

Search = Callable[[], Path | None]


def first_found(wheel: Search, machine: Search, *, otherwise: str) -> Path:
    """Look in the wheel, then on the machine; the other way round with LYCHGATE_TEST_SERVERS=machine.

    A test is never skipped for want of a server: it fails with the line that says what to install.
    """
    searches = (machine, wheel) if os.environ.get("LYCHGATE_TEST_SERVERS") == "machine" else (wheel, machine)
    for search in searches:
        if found := search():
            return found
    raise CannotStart(otherwise)
