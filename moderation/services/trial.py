"""Trial: labelled comments go through a service that runs, and what it decided is held against the labels."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Event
from time import monotonic
from typing import Any, Final, Protocol

from moderation.domain.comment import DECIDED, Status
from moderation.domain.event import EventType
from moderation.domain.label import BAD, Label, Labels
from moderation.domain.share import Share

VERDICTS: Final = {EventType(f"comment.{status}"): status for status in sorted(DECIDED)}
PUT_ASIDE: Final = frozenset({Status.SPAM, Status.REJECTED})
GLANCE: Final = 0.1
UNDECIDED: Final = "undecided"


@dataclass(frozen=True, slots=True)
class Labelled:
    """One comment of a file, with what people found in it."""

    line: int
    text: str
    labels: Labels
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """What the service said to one comment: its id, or the code of the problem for which it was refused."""

    comment_id: str | None
    refused: str | None = None


class Service(Protocol):
    """A service that runs, as whoever tries it speaks to it."""

    def post(self, text: str, place: int) -> Posted:
        """Post a comment by somebody new; waits where it is told to."""
        ...

    def happened(self, after: str | None) -> tuple[Sequence[Mapping[str, Any]], str | None]:
        """Give the events after a cursor, oldest first, and the cursor that leads on."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast comments are posted, and after how many seconds without any decision nobody waits for more."""

    rate: float = 20.0
    patience: float = 120.0


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one labelled comment: a decision with its reasons, or why there is none."""

    of: Labelled
    status: Status | None = None
    reasons: tuple[str, ...] = ()
    refused: str | None = None

    @property
    def missing(self) -> str | None:
        """Why there is no decision."""
        return None if self.status else self.refused or UNDECIDED


@dataclass(frozen=True, slots=True)
class Outcome:
    """How comments of one label, or of all, were decided."""

    results: Sequence[Result]

    def decided(self, *statuses: Status) -> Share:
        """Give the share that was decided so, of what was decided at all."""
        found = [result.status for result in self.results if result.status]
        return Share(sum(status in statuses for status in found), len(found))

    def labelled(self, *labels: Label) -> "Outcome":
        """Give those of these labels."""
        return replace(self, results=[result for result in self.results if result.of.labels.label in labels])

    @property
    def false_approvals(self) -> Share:
        """What is toxic or spam and was published."""
        return self.labelled(*BAD).decided(Status.APPROVED)

    @property
    def false_holds(self) -> Share:
        """What is clean and waits for a person."""
        return self.labelled(Label.CLEAN).decided(Status.HELD)

    @property
    def false_rejections(self) -> Share:
        """What is clean and was put aside."""
        return self.labelled(Label.CLEAN).decided(*PUT_ASIDE)


@dataclass(slots=True)
class Trial:
    """One run: what was posted, and what was heard of it since."""

    service: Service
    pace: Pace
    tell: Callable[[int, int], None]
    cursor: str | None = None
    posted: list[tuple[Labelled, Posted]] = field(default_factory=list)
    heard: dict[str, tuple[Status, tuple[str, ...]]] = field(default_factory=dict)

    def run(self, comments: Sequence[Labelled]) -> Outcome:
        """Post everything, wait until it is decided, and leave nothing out of what is told."""
        while self._listen(set()):
            pass  # What happened here before is none of ours.
        self._post(comments)
        self._wait()
        return Outcome([self._result(comment, posted) for comment, posted in self.posted])

    def _post(self, comments: Sequence[Labelled]) -> None:
        due = monotonic()
        for place, comment in enumerate(comments):
            _until(due)
            due = max(due, monotonic()) + 1 / self.pace.rate  # Who was told to wait does not make up for it.
            self.posted.append((comment, self.service.post(comment.text, place)))
            self.tell(len(self.posted), 0)

    def _wait(self) -> None:
        """Follow the events until nothing is open, or nothing has been decided for too long."""
        open_ = {posted.comment_id for _, posted in self.posted if posted.comment_id}
        last, left = monotonic(), len(open_)
        while open_ and monotonic() - last < self.pace.patience:
            if not self._listen(open_):
                Event().wait(GLANCE)
            if len(open_) < left:
                last, left = monotonic(), len(open_)
                self.tell(len(self.posted), left)

    def _listen(self, open_: set[str]) -> bool:
        """Read a page of events, and note the first decision on each comment that is open; say if there was any."""
        events, following = self.service.happened(self.cursor)
        self.cursor = following or self.cursor  # An empty page has none, and the last one stays good.
        for comment, status in _decisions(events):
            if comment["id"] in open_:
                open_.remove(comment["id"])
                self.heard[comment["id"]] = (status, tuple(comment["reasons"]))
        return bool(events)

    def _result(self, comment: Labelled, posted: Posted) -> Result:
        status, reasons = self.heard.get(posted.comment_id or "", (None, ()))
        return Result(comment, status, reasons, posted.refused)


def trial(
    service: Service,
    comments: Sequence[Labelled],
    pace: Pace,
    *,
    tell: Callable[[int, int], None] = lambda _posted, _open: None,
) -> Outcome:
    """Send labelled comments through a running service, and give what became of each, in their order.

    `tell` hears how many were posted, and of how many a decision is waited for.
    """
    return Trial(service, pace, tell).run(comments)


def _decisions(events: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], Status]]:
    return ((event["data"]["comment"], VERDICTS[event["type"]]) for event in events if event["type"] in VERDICTS)


def _until(moment: float) -> None:
    """Wait for a moment, if it is still to come."""
    Event().wait(max(0.0, moment - monotonic()))
