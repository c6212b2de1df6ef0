"""Processes of ours: each in a group of its own, ended with everything it started, never left behind."""

import os
import select
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from time import monotonic
from typing import IO, Final, Self

from moderation.embedded.lifeline import LIFELINE

GRACE: Final = 5.0
"""Seconds a process has to end by itself once it was asked to."""
PATIENCE: Final = 10.0
"""Seconds a server has until it answers."""
GLANCE: Final = 0.01
"""Seconds between two questions whether a server answers; its death ends the wait at once."""
_LAST_WORDS: Final = 2000


class CannotStart(Exception):
    """Something could not be started; the message says to the person at the terminal what to do."""


class Process:
    """One child process with the group of processes it leads.

    It ends when we end, even if we are killed. Its output goes to the end of a file, or where
    our messages go. Whatever it leaves behind in its group when it ends is killed.
    """

    def __init__(self, started: subprocess.Popen[bytes], argv: Sequence[str], output: Path | None) -> None:
        """Watch over a process that was just started; `start` makes one."""
        self.pid: Final = started.pid
        self.argv: Final = tuple(argv)
        self._started = started
        self._output = output
        self._swept = False

    @classmethod
    def start(
        cls,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        output: Path | None = None,
        user: str | None = None,
    ) -> Self:
        """Start a program, as another user if we may; one that is not there ends with status 127."""
        with ExitStack() as files:
            log: IO[bytes] | None = files.enter_context(output.open("ab")) if output else None
            return cls(LIFELINE.start(argv, env=env, output=log, user=user), argv, output)

    @property
    def code(self) -> int | None:
        """How it ended: its exit status, or minus the signal that killed it; None while it runs."""
        code = self._started.poll()
        if code is not None:
            self._sweep()
        return code

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.code is None

    def wait(self, seconds: float) -> bool:
        """Wait until it ends, at most so long; tell whether it did."""
        if self.alive:
            _wait_for_end(self._started, seconds)
        return not self.alive

    def wait_until(self, ready: Callable[[], bool], *, patience: float = PATIENCE) -> None:
        """Return as soon as the server answers; raise CannotStart if it ends or stays silent instead."""
        deadline = monotonic() + patience
        while not ready():
            if self.wait(GLANCE) or monotonic() > deadline:
                raise self.failure(Path(self.argv[0]).name)

    def failure(self, name: str) -> CannotStart:
        """End it, and say how it failed to come up."""
        how = "gave no answer" if self.alive else f"ended with status {self.code}"
        self.kill()
        return CannotStart(f"{name} {how} as it was started. {self.last_words()}".rstrip())

    def ask_to_end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Ask the leader of the group to end; it knows best how to tell the others."""
        if self.alive:
            self._started.send_signal(how)

    def stop(self, *, how: signal.Signals = signal.SIGTERM, grace: float = GRACE) -> None:
        """End it: asked first, killed with its group after the grace. Twice is harmless."""
        self.ask_to_end(how)
        if not self.wait(grace):
            self.kill()

    def kill(self) -> None:
        """End it and its whole group at once."""
        if self.alive:
            self._signal_group(signal.SIGKILL)
            self._started.wait()
            self._sweep()

    def freeze(self) -> None:
        """Stop its group in its tracks, as a machine that hangs."""
        self._signal_group(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen group go on."""
        self._signal_group(signal.SIGCONT)

    def last_words(self) -> str:
        """Give the end of its output, where that goes to a file."""
        if self._output is None:
            return ""
        return self._output.read_bytes()[-_LAST_WORDS:].decode(errors="replace").strip()

    def _sweep(self) -> None:
        """Kill what it left behind in its group, once."""
        if not self._swept:
            self._swept = True
            self._signal_group(signal.SIGKILL)
            LIFELINE.spare(self.pid)

    def _signal_group(self, which: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):  # macOS denies what Linux does not find.
            os.killpg(self.pid, which)


def _wait_for_end(started: subprocess.Popen[bytes], seconds: float) -> None:
    """Sleep until the process ends or the time is up, without looking again and again where the system can tell."""
    if not hasattr(os, "pidfd_open"):
        with suppress(subprocess.TimeoutExpired):
            started.wait(seconds)
        return
    end = os.pidfd_open(started.pid)
    try:
        poll = select.poll()
        poll.register(end, select.POLLIN)
        poll.poll(seconds * 1000)
    finally:
        os.close(end)
