"""The supervisor: starts our processes in order, keeps them running, and ends them all."""

import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final

import structlog

from moderation.embedded.lifeline import LIFELINE
from moderation.embedded.process import GLANCE, GRACE, PATIENCE, Process
from moderation.embedded.signals import ENDING, Signals, heard_signals

log = structlog.get_logger()
STEADY: Final = 10.0
"""Seconds after which a process counts as running well; what ends sooner is started again ever later."""
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """One process as it shall run."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] | None = None
    ready: Callable[[], bool] = lambda: True
    """Asked again and again until it says yes, so it answers at once."""
    output: Path | None = None
    patience: float = PATIENCE
    grace: float = GRACE
    leaned_on: bool = False
    """Whether the others need it as long as they run: it is asked to end when they have."""


class Supervisor:
    """Runs children until it is told to end.

    They start in order, each when the one before is ready. They are asked to end all at once, in
    reverse, and those that others lean on after these; each has its own grace. One that ends by
    itself is started again: at once if it ran well, ever later if it keeps ending. When the
    supervisor is killed the lifeline takes everything with it.
    """

    def __init__(self, children: Sequence[Child]) -> None:
        """Take the children in their order; nothing runs yet."""
        self._kept = [_Kept(child) for child in children]

    def run(self, when_ready: Callable[[], None]) -> None:
        """Start all, say so, and keep them running until SIGINT, SIGTERM or SIGHUP; then end all.

        Raises CannotStart, with nothing left running, if one of them does not come up. A second
        signal while they end kills them. Runs in the main thread.
        """
        with heard_signals() as signals:
            try:
                if self._start(signals):
                    when_ready()
                    self._keep(signals)
            finally:
                self._end(signals)

    def _start(self, signals: Signals) -> bool:
        """Start all in order; tell whether nobody asked us to end meanwhile."""
        for kept in self._kept:
            process = kept.start()
            deadline = monotonic() + kept.child.patience
            while not kept.child.ready():
                if signals.wait(GLANCE) & ENDING:
                    return False
                if not process.alive or monotonic() > deadline:
                    raise process.failure(kept.child.name)
        return True

    def _keep(self, signals: Signals) -> None:
        """Start again what ends, until somebody asks us to end."""
        while True:
            LIFELINE.renew()  # It is a process too, and may be killed as any other.
            due = [due for kept in self._kept if (due := kept.mend(monotonic())) is not None]
            if signals.wait(min(due) - monotonic() if due else None) & ENDING:
                return

    def _end(self, signals: Signals) -> None:
        patient = True
        for leaned_on in (False, True):
            asked = [kept for kept in reversed(self._kept) if kept.child.leaned_on is leaned_on]
            patient = patient and _end_by_themselves(asked, signals)
            for kept in asked:
                kept.kill()


class _Kept:
    """A child with the process that now runs in its place."""

    def __init__(self, child: Child) -> None:
        self.child: Final = child
        self._process: Process | None = None
        self._started = 0.0
        self._failures = 0
        self._due: float | None = None

    def start(self) -> Process:
        self._process = Process.start(self.child.argv, env=self.child.env, output=self.child.output)
        self._started = monotonic()
        self._due = None
        return self._process

    def mend(self, now: float) -> float | None:
        """Start the process again if it ended and its pause is over; give when it will be."""
        if self._process is None or self._process.alive:
            return None
        if self._due is None:
            self._due = now + self._pause(now)
            log.warning("child-ended", child=self.child.name, code=self._process.code, again_in=self._due - now)
        if self._due > now:
            return self._due
        self.start()
        return None

    def ask_to_end(self) -> None:
        if self._process is not None:
            self._process.ask_to_end(signal.SIGTERM)

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.alive

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def _pause(self, now: float) -> float:
        if now - self._started >= STEADY:
            self._failures = 0
        self._failures += 1
        return 0.0 if self._failures == 1 else min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (self._failures - 2))


def _end_by_themselves(asked: Sequence[_Kept], signals: Signals) -> bool:
    """Ask these to end and give each its grace; tell whether nobody lost patience meanwhile."""
    for kept in asked:
        kept.ask_to_end()
    began = monotonic()
    while graces := [kept.child.grace for kept in asked if kept.alive and monotonic() < began + kept.child.grace]:
        if signals.wait(began + min(graces) - monotonic()) & ENDING:
            return False
    return True
