"""Scorers that say what the text tells them to, so that a test can choose the verdict in plain words."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from moderation.domain.comment import Submission
from moderation.domain.signal import Finding, Signal

GRAVE: Final = re.compile(r"a-(slur|threat)\S*")


class Obedient:
    """Scores .99 where the text names its kind in capitals ("SPAM"), .6 for "maybe-spam", .01 otherwise.

    Abstains where the text says "no-spam-score", and fails where it says "broken-spam". Of toxicity it finds what
    calls itself "a-slur" or "a-threat".
    """

    def __init__(self, kind: str, patience: float = 5) -> None:
        self.kind = kind
        self.name = f"obedient-{kind}"
        self.patience = timedelta(seconds=patience)
        self.looked = 0

    def look_at(self, submissions: Sequence[Submission]) -> list[Signal | None]:
        self.looked += len(submissions)
        return [self._look(submission.text) for submission in submissions]

    def _look(self, text: str) -> Signal | None:
        if f"broken-{self.kind}" in text:
            raise RuntimeError(text)
        if f"no-{self.kind}-score" in text:
            return None
        value = 0.99 if self.kind.upper() in text else 0.6 if f"maybe-{self.kind}" in text else 0.01
        return Signal(self.kind, value, self.name, tuple(self._findings(text)), language="en")

    def _findings(self, text: str) -> Iterator[Finding]:
        yield Finding(self.kind, "The test says so.", ((0, 4),))
        for hit in GRAVE.finditer(text) if self.kind == "toxicity" else ():
            yield Finding(hit[1], "The text names itself so.", (hit.span(),))


def obedient() -> dict[str, Obedient]:
    """Give one for each kind."""
    return {kind: Obedient(kind) for kind in ("spam", "toxicity")}
