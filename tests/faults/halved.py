"""A worker as `lychgate worker` runs it, whose scorers also meet what no database holds: `--app faults.halved`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from faults.odd import HALF, WHOLE

from config.settings import Settings
from moderation.domain.comment import Submission
from moderation.domain.signal import Signal
from moderation.services.ports import Scorer
from moderation.wiring import shipped_scorers
from workers import app as ordinary


@dataclass(frozen=True, slots=True)
class Halving:
    """The scorer that ships, which is given half a character wherever a text has the sign for one."""

    shipped: Scorer
    kind: str
    name: str
    patience: timedelta

    def look_at(self, submissions: Sequence[Submission]) -> list[Signal | None]:
        """Look at texts as a program would hand them over that checks nothing."""
        return self.shipped.look_at([replace(one, text=one.text.replace(WHOLE, HALF)) for one in submissions])


def halving_scorers(settings: Settings | None = None) -> dict[str, Scorer]:
    """Give what ships, halving."""
    found = shipped_scorers(settings)
    return {kind: Halving(scorer, scorer.kind, scorer.name, scorer.patience) for kind, scorer in found.items()}


ordinary.shipped_scorers = halving_scorers  # type: ignore[attr-defined]
app = ordinary.app
