"""Processes as the system sees them: who started whom, and when they are gone."""

import os
import select
import signal
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from threading import Event
from time import monotonic
from typing import Final

PATIENCE: Final = 10.0
"""Seconds that what was killed has to be gone; a busy machine may need some of them."""


def descendants_of(pid: int) -> list[int]:
    """Name every process that this one started, directly or not."""
    started_by: dict[int, list[int]] = defaultdict(list)
    listed = subprocess.run(["/bin/ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    for line in listed.stdout.splitlines():
        child, parent = map(int, line.split())
        started_by[parent].append(child)
    found: list[int] = []
    waiting = [pid]
    while waiting:
        children = started_by[waiting.pop()]
        found += children
        waiting += children
    return found


def kill_all(pids: Iterable[int]) -> None:
    """Kill these at once and return when they are gone."""
    pids = list(pids)
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    left = left_of(pids)
    assert not left, f"processes {left} survived SIGKILL"


def left_of(pids: Iterable[int]) -> list[int]:
    """Wait until these processes have ended; name those that do not."""
    deadline = monotonic() + PATIENCE
    return [pid for pid in pids if not _ends(pid, max(0.0, deadline - monotonic()))]


def _ends(pid: int, seconds: float) -> bool:
    if not hasattr(os, "pidfd_open"):
        return _vanishes(pid, seconds)
    with ExitStack() as stack:
        try:
            end = os.pidfd_open(pid)
        except ProcessLookupError:
            return True
        stack.callback(os.close, end)
        poll = select.poll()
        poll.register(end, select.POLLIN)
        return bool(poll.poll(seconds * 1000))


def _vanishes(pid: int, seconds: float) -> bool:
    """Look again and again, where the system cannot tell us."""
    deadline = monotonic() + seconds
    with suppress(ProcessLookupError):
        while monotonic() < deadline:
            os.kill(pid, 0)
            Event().wait(0.01)
        return False
    return True
