"""Where tests look for a server: the environment names one, our wheel brings one, the machine has one."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from moderation.embedded.process import CannotStart

Search = Callable[[], Path | None]
_unsaid: list[str] = []
"""The tests under way that did not say that they lead to a server."""


def machines_own() -> bool:
    """Tell whether the machine's own servers are to be tried, and not those that come along."""
    return os.environ.get("LYCHGATE_TEST_SERVERS") == "machine"


@contextmanager
def without_servers(test: str) -> Iterator[None]:
    """Let no server be started meanwhile: on the machine's own, a test that did would not be run."""
    _unsaid.append(test)
    try:
        yield
    finally:
        _unsaid.remove(test)


def first_found(wheel: Search, machine: Search, *, otherwise: str) -> Path:
    """Look in the wheel, then on the machine; the other way round with LYCHGATE_TEST_SERVERS=machine.

    A test is never skipped for want of a server: it fails with the line that says what to install.
    """
    assert not _unsaid, f"{_unsaid} starts a server; say so with @pytest.mark.servers, or ask for a fixture's"
    searches = (machine, wheel) if machines_own() else (wheel, machine)
    for search in searches:
        if found := search():
            return found
    raise CannotStart(otherwise)
