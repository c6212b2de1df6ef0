"""Scorers that go wrong on purpose: on a marked text they crash, hang or fail; on any other they are obedient."""

import os
import signal
from collections.abc import Sequence
from threading import Event
from typing import Final

from fakes.scorers import Obedient

from moderation.domain.comment import Submission
from moderation.domain.signal import SPAM, TOXICITY, Signal
from moderation.services.ports import Scorer

CRASHES: Final = "This one kills whoever reads it."
HANGS: Final = "This one is never read to its end."
FAILS: Final = f"This one is broken-{TOXICITY}."
PATIENCE: Final = 1.0
"""Seconds of lease, so that a test sees three of them."""


class Odd(Obedient):
    """Dies by SIGKILL, or never comes back, where the text says so."""

    def look_at(self, submissions: Sequence[Submission]) -> list[Signal | None]:
        """Look for the marks before anything else, as a crash in native code would come."""
        for submission in submissions:
            if CRASHES in submission.text:
                os.kill(os.getpid(), signal.SIGKILL)
            if HANGS in submission.text:
                Event().wait()
        return super().look_at(submissions)


def odd_scorers() -> dict[str, Scorer]:
    """Give the ordinary one for spam, and the odd one for toxicity."""
    return {SPAM: Obedient(SPAM, PATIENCE), TOXICITY: Odd(TOXICITY, PATIENCE)}
