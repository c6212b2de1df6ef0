"""Signals as events one can wait for."""

import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

ENDING: Final = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
"""Those that ask us to end. A hang-up that we were told to ignore, as by `nohup`, stays ignored."""
HEARD: Final = ENDING | {signal.SIGCHLD}


class Signals:
    """Hears that somebody asks us to end, and that a child has ended, without looking again and again."""

    def __init__(self, read_end: int) -> None:
        """Read the numbers of signals from here; `heard_signals` makes one."""
        self._read_end = read_end
        self._poll = select.poll()
        self._poll.register(read_end, select.POLLIN)

    def wait(self, seconds: float | None = None) -> frozenset[int]:
        """Sleep until a signal comes or the time is up; give those that came."""
        if not self._poll.poll(None if seconds is None else max(0.0, seconds) * 1000):
            return frozenset()
        return frozenset(os.read(self._read_end, 4096))


@contextmanager
def heard_signals() -> Iterator[Signals]:
    """Hear signals for a while, in the main thread; afterwards they do again what they did before."""
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    wakened = signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    before = {which: signal.getsignal(which) for which in HEARD}
    for which, handler in before.items():
        if which != signal.SIGHUP or handler != signal.SIG_IGN:
            signal.signal(which, _note)
    try:
        yield Signals(read_end)
    finally:
        for which, handler in before.items():
            signal.signal(which, handler)
        signal.set_wakeup_fd(wakened)
        os.close(read_end)
        os.close(write_end)


def _note(_number: int, _frame: object) -> None:
    """Do nothing: what is written to the pipe is all we want of a signal."""
