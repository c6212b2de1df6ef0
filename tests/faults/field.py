"""The field on which the blocks of the plan are played: one installation, its people, and what breaks it."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from random import Random
from time import monotonic
from typing import Any, Final
from uuid import UUID

from faults.ledger import Answer, Client, Outcome
from faults.line import Line
from faults.load import Load
from faults.promises import Tally
from faults.scene import Scene
from faults.stack import answers
from faults.waiting import pause, until
from servers.family import descendants_of
from servers.postgres import OwnPostgres

from moderation.domain.comment import Status

RATE: Final = 40.0
"""Comments a second, in the whole of the plan."""


@dataclass
class Window:
    """What clients were told, and how long it took, since some moment."""

    client: Client
    _lines: int = field(init=False)
    _times: int = field(init=False)

    def __post_init__(self) -> None:
        """Begin now."""
        self._lines, self._times = len(self.client.ledger.lines()), len(self.client.latencies)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What the ledger holds since."""
        return self.client.ledger.lines()[self._lines :]

    def outcomes(self) -> Counter[str]:
        """Count the calls by how they ended."""
        return Counter(str(line["outcome"]) for line in self.lines if line["outcome"] != Outcome.SENT)

    def refusals(self) -> Counter[int]:
        """Count the answers that were no acceptance, by their number."""
        return Counter(line["status"] for line in self.lines if line["outcome"] == Outcome.REFUSED)

    def milliseconds(self) -> dict[str, int]:
        """Say how long posting took for half of them, and for all but one in a hundred."""
        times = sorted(self.client.latencies[self._times :]) or [0.0]
        return {"p50_ms": round(times[len(times) // 2] * 1000), "p99_ms": round(times[len(times) * 99 // 100] * 1000)}


@dataclass
class Field:
    """Everything that a block plays with."""

    scene: Scene
    database: OwnPostgres
    line: Line
    """Between everybody and the broker."""
    chance: Random
    tally: Tally
    size: float = 1.0
    """Part of the whole plan that is played: the short one has fewer rounds of everything."""

    @property
    def judges_time(self) -> bool:
        """Whether a bound in seconds counts: only where the whole plan is played, on a machine that is quiet."""
        return self.size >= 1

    def rounds(self, whole: int) -> int:
        """Say how often something is done, at least once."""
        return max(1, round(whole * self.size))

    @contextmanager
    def posting(self, client: Client | None = None, *, rate: float = RATE) -> Iterator[Load]:
        """Let people post, read and follow until the block ends."""
        load = Load(client or self.scene.client, self.scene.people, rate=rate)
        with self.scene.reader.reading(), load.posting():
            yield load

    def window(self, client: Client | None = None) -> Window:
        """Note from now on what clients are told."""
        return Window(client or self.scene.client)

    def kill(self, *names: str) -> None:
        """Kill whole processes of the installation at one moment, with all that they started."""
        self.scene.stack.kill(*names)
        self.tally.sigkills += len(names)

    def kill_one_of(self, name: str) -> None:
        """Kill one of the processes that make up a part, whichever."""
        leader = self.scene.stack.process(name).pid
        os.kill(self.chance.choice([leader, *descendants_of(leader)]), signal.SIGKILL)
        self.tally.sigkills += 1

    def kill_broker(self) -> None:
        """Kill the broker, which forgets everything."""
        self.scene.stack.broker.kill()
        self.tally.sigkills += 1

    def crash_database(self) -> None:
        """Kill the database and everything it started."""
        self.database.crash()
        self.tally.sigkills += 1

    def web_is_back(self) -> None:
        """Return when web answers; it is started again where it has ended, as a service manager does."""
        web = self.scene.stack.process("web")
        until(lambda: not web.alive or answers(f"{self.scene.stack.url}/readyz"), "web answers or has ended")
        if not web.alive:
            self.scene.stack.restart("web")

    def decided_after(self) -> float:
        """Post one comment and say how many seconds it takes until it is decided."""
        taken = self.scene.client.insist(self.scene.people.says())
        began = monotonic()
        until(lambda: self.decided(UUID(taken.json["id"])), "a comment is decided")
        return round(monotonic() - began, 2)

    def asks(self) -> Answer | None:
        """Post once, past the ledger; None where no whole answer came.

        It is a server that asks, as it is with all others: what people send from one network is counted, also what
        is answered 503, and those who come after would be told 429.
        """
        with suppress(OSError, HTTPException):
            return self.scene.client.send(self.scene.people.says())
        return None

    def heal(self) -> None:
        """See to it that everything runs again, whatever a block left behind."""
        stack = self.scene.stack
        self.line.pass_on()
        if self.database.process.alive:
            self.database.thaw()
        else:
            self.database.restart()
        stack.broker.thaw()
        if not stack.broker.process.alive:
            stack.broker.restart()
        for name, start in (("worker", stack.worker), ("sweep", stack.sweep), ("web", stack.web)):
            if not stack.runs(name):
                start()

    def decided(self, comment_id: UUID) -> bool:
        """Tell whether a comment waits for nothing any more."""
        with self.scene.stack.deps.reading(None) as uow:
            found = uow.comments.find(comment_id)
        return found is not None and found.status is not Status.PENDING

    def rest(self, seconds: float) -> None:
        """Let a moment of chance pass."""
        pause(self.chance.uniform(seconds / 10, seconds))
