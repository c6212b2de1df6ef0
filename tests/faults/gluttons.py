"""A worker as `lychgate worker` runs it, but for its scorers: some texts starve or kill whoever reads them."""

import os
import signal
from collections.abc import Sequence
from typing import Final

from fakes.scorers import Obedient

from moderation.domain.comment import Submission
from moderation.domain.signal import SPAM, TOXICITY, Signal
from moderation.services.ports import Scorer
from workers import app as ordinary

FAULTS: Final = "This one is read beyond its end."
STARVES: Final = "This one needs more memory than there is."
MUCH: Final = 2 * 1024**3
"""More than a worker of these is given."""
PATIENCE: Final = 1.0
"""Seconds of lease, so that a run sees three of them."""


class Glutton(Obedient):
    """Dies as native code does that reads what is not there, or asks for too much memory, where the text says so."""

    def look_at(self, submissions: Sequence[Submission]) -> list[Signal | None]:
        """Look for the marks before anything else."""
        for submission in submissions:
            if FAULTS in submission.text:
                os.kill(os.getpid(), signal.SIGSEGV)
            if STARVES in submission.text:
                bytearray(MUCH)
        return super().look_at(submissions)


def gluttons(_settings: object) -> dict[str, Scorer]:
    """Give the ordinary one for spam, and the glutton for toxicity."""
    return {SPAM: Obedient(SPAM, PATIENCE), TOXICITY: Glutton(TOXICITY, PATIENCE)}


ordinary.shipped_scorers = gluttons  # type: ignore[attr-defined]
app = ordinary.app
