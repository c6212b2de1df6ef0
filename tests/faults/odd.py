"""Scorers that go wrong on purpose: on a marked text they crash, hang, fail or dawdle; on others they are obedient."""

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import RawIOBase
from pathlib import Path
from threading import Event
from typing import Final, Self

from fakes.scorers import Obedient

from moderation.domain.comment import Submission
from moderation.domain.signal import SPAM, TOXICITY, Signal
from moderation.services.ports import Scorer

CRASHES: Final = "This one kills whoever reads it."
HANGS: Final = "This one is never read to its end."
FAILS: Final = f"This one is broken-{TOXICITY}."
DAWDLES: Final = "This one takes longer than anybody has patience for."
POISONS: Final = {
    "long": "a" * 100_000,
    "marks": "e" + "\u0301" * 100_000,
    "emoji": "\U0001f600" * 25_000,
    "links": "http://x.example/a " * 10_000,
    "unseen": "\u202e\u200b" * 50_000,
    "apart": "h.a.t.e " * 12_500,
}
"""Texts that were made to be expensive, longer than anybody may send. Half a character cannot be stored at all."""
PATIENCE: Final = 10.0
"""Seconds of lease: enough for every calm text on a busy machine; that of an odd one a test lets run out itself."""
GATE: Final = "GATE"
"""Names, in the environment, the pipe from which whoever dawdles waits to be told to go on."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Where whoever dawdles waits; a turn that is given before anybody waits is kept."""

    path: Path
    _ends: RawIOBase
    """Both, so that neither side depends on when the other comes."""

    @classmethod
    @contextmanager
    def at(cls, path: Path) -> Iterator[Self]:
        """Put up a closed one, until the block ends."""
        os.mkfifo(path)
        with path.open("r+b", buffering=0) as ends:
            yield cls(path, ends)
        path.unlink()

    def let_one_through(self) -> None:
        """Give one of them its turn."""
        self._ends.write(b".")

    @staticmethod
    def await_turn(path: Path) -> None:
        """Wait before the gate that stands there."""
        with path.open("rb", buffering=0) as gate:
            gate.read(1)


class Odd(Obedient):
    """Dies by SIGKILL, never comes back, or comes back when it is told to, where the text says so."""

    def look_at(self, submissions: Sequence[Submission]) -> list[Signal | None]:
        """Look for the marks before anything else, as a crash in native code would come."""
        for submission in submissions:
            if CRASHES in submission.text:
                os.kill(os.getpid(), signal.SIGKILL)
            if HANGS in submission.text:
                Event().wait()
            if DAWDLES in submission.text:
                Gate.await_turn(Path(os.environ[GATE]))
        return super().look_at(submissions)


def odd_scorers(_settings: object = None) -> dict[str, Scorer]:
    """Give the ordinary one for spam, and the odd one for toxicity."""
    return {SPAM: Obedient(SPAM, PATIENCE), TOXICITY: Odd(TOXICITY, PATIENCE)}
