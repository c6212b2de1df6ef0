"""The promises that a run is held to: each becomes one line, which says 0 of what must not be, or names it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from faults.counting import Count


class Promise(NamedTuple):
    """What is promised, and the word for what breaks it."""

    never: str
    sentence: str


PROMISES: Final = {
    "G1": Promise("lost", "a comment that was answered with 202 is there, word for word, whatever dies"),
    "G2": Promise("twice", "one Idempotency-Key gives one comment and one answer, also where an answer was lost"),
    "G3": Promise("stuck", "every comment is decided, or with a person, within a minute of the last fault"),
    "G4": Promise("early", "nothing is public before its checks, and nothing that they forbid"),
    "G5": Promise("invalid", "each version has one decision, which begins where the one before it ended"),
    "G6": Promise("missing", "each change of state is told by exactly one event, in order and without a gap"),
    "G7": Promise("refused", "without the broker posting goes on; without the database a 503 says when to come back"),
    "G8": Promise("cut", "a rolling restart refuses nobody, cuts nobody off and loses no work"),
    "G10": Promise("unheld", "what kills or starves its scorer is with a person after three tries; others go on"),
    "G12": Promise("unbounded", "a flood leaves memory and queues as small as they were"),
    "G15": Promise("leaked", "nothing that people wrote, and no address, is in a log, bell, metric or refusal"),
}
BROKEN_BY: Final = {"lost": "G1", "doubled": "G2", "stuck": "G3", "early": "G4", "wrong": "G4", "missing": "G6"}
"""Which promise each list of a count breaks."""
VERIFIED: Final = {
    "each change has exactly one event": "G6",
    "nothing is approved by policy without its scores": "G4",
    "what waits has work planned": "G3",
}
"""Which promise each finding of `lychgate verify` breaks; all others are about the log, and break G5."""
COUNTED: Final = ("G1", "G2", "G3", "G4", "G5", "G6")
"""What every count after every block looks at."""
NAMED: Final = 5
"""So many of those who break a promise are named."""


@dataclass
class Tally:
    """What a run came to, promise by promise."""

    sigkills: int = 0
    figures: defaultdict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    _blocks: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _broken: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _unplayed: list[dict[str, Any]] = field(default_factory=list)
    _known: Counter[str] = field(default_factory=Counter)

    def note(self, block: str, count: Count) -> int:
        """Hold a count against the promises; what an earlier block broke is not blamed on this one."""
        for name in COUNTED:
            self.touched(name, block)
        found = [(name, one) for name, one in _named(count) if not self._known[f"{name} {one}"]]
        for name, one in found:
            self._known[f"{name} {one}"] += 1
            self.broke(name, block, one)
        return len(found)

    def touched(self, promise: str, block: str, **figures: Any) -> None:
        """Note that a block put a promise to the test, and what it measured."""
        if block not in self._blocks[promise]:
            self._blocks[promise].append(block)
        self.figures[promise].update(figures)

    def broke(self, promise: str, block: str, what: str) -> None:
        """Note that a block saw a promise broken."""
        self.touched(promise, block)
        self._broken[promise].append(f"{block}: {what}")

    def broke_off(self, block: str, error: Exception) -> None:
        """Note that a block could not be played to its end."""
        self._unplayed.append({"block": block, "kept": False, "broke_off": f"{type(error).__name__}: {error}"})

    def lines(self) -> Iterator[dict[str, Any]]:
        """Give one line for each promise that was put to the test, and for each block that broke off."""
        yield from self._unplayed
        for name, promise in PROMISES.items():
            if name in self._blocks:
                broken = self._broken[name]
                yield {
                    "guarantee": name,
                    "kept": not broken,
                    promise.never: len(broken),
                    "promise": promise.sentence,
                    "blocks": self._blocks[name],
                    **self.figures[name],
                    **({"broken_by": broken[:NAMED]} if broken else {}),
                }


def _named(count: Count) -> Iterator[tuple[str, str]]:
    """Give everything that breaks a promise, with the promise's name."""
    lists: Mapping[str, Iterable[str]] = {name: getattr(count, name) for name in BROKEN_BY}
    for name, broken in lists.items():
        yield from ((BROKEN_BY[name], f"{name} {one}") for one in broken)
    for sentence, broken in count.broken.items():
        yield from ((VERIFIED.get(sentence, "G5"), f"not so: {sentence}: {one}") for one in broken)
