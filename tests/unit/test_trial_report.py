"""A trial leaves nothing out: what was refused, what was decided, and what nobody ever decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final

import pytest

from moderation.domain.comment import Status
from moderation.domain.label import Label, Labels
from moderation.domain.share import Share
from moderation.services.trial import Labelled, Outcome, Pace, Posted, trial

CLEAN, TOXIC, SPAM, HALF = Labels(spam=False, toxic=False), Labels(toxic=True), Labels(spam=True), Labels(spam=False)
FAST: Final = Pace(rate=1000, patience=0.3)


@dataclass
class Scripted:
    """A service that says to each text what stands in it: a status, "refuse" or "forget"."""

    events: list[dict[str, Any]] = field(default_factory=list)

    def post(self, text: str, place: int) -> Posted:
        if text == "refuse":
            return Posted(None, "/text too-long")
        self.tell(f"id-{place}", "received")
        if text != "forget":
            self.tell(f"id-{place}", text)
        return Posted(f"id-{place}")

    def tell(self, comment_id: str, what: str) -> None:
        comment = {"id": comment_id, "reasons": [what] if what == "held" else []}
        self.events.append({"type": f"comment.{what}", "data": {"comment": comment}})

    def happened(self, after: str | None) -> tuple[Sequence[Mapping[str, Any]], str | None]:
        """Give two events at a time; where nothing follows yet, there is no cursor either."""
        begin = int(after or 0)
        page = self.events[begin : begin + 2]
        return page, str(begin + len(page)) if page else None


def tried(*rows: tuple[str, Labels], service: Scripted | None = None, pace: Pace = FAST) -> Outcome:
    comments = [Labelled(line, text, labels) for line, (text, labels) in enumerate(rows, 1)]
    return trial(service or Scripted(), comments, pace)


def test_everything_that_was_posted_is_told() -> None:
    outcome = tried(("approved", CLEAN), ("held", TOXIC), ("refuse", SPAM), ("forget", CLEAN), ("spam", SPAM))

    assert [(result.of.line, result.status, result.missing) for result in outcome.results] == [
        (1, Status.APPROVED, None),
        (2, Status.HELD, None),
        (3, None, "/text too-long"),
        (4, None, "undecided"),
        (5, Status.SPAM, None),
    ]
    assert outcome.results[1].reasons == ("held",)


def test_what_is_false_depends_on_the_label() -> None:
    outcome = tried(
        *[("approved", CLEAN)] * 6,
        *[("held", CLEAN)] * 2,
        ("rejected", CLEAN),
        ("spam", CLEAN),
        ("approved", TOXIC),
        ("held", TOXIC),
        ("approved", SPAM),
        ("approved", HALF),
        ("refuse", TOXIC),
    )

    assert outcome.false_approvals == Share(2, 3)
    assert outcome.false_holds == Share(2, 10)
    assert outcome.false_rejections == Share(2, 10)
    assert outcome.decided(Status.HELD) == Share(3, 14)
    assert outcome.labelled(Label.UNKNOWN).decided(Status.APPROVED) == Share(1, 1)


def test_what_happened_before_counts_for_nothing() -> None:
    service = Scripted()
    for place in range(7):
        service.tell(f"id-{place}", "rejected")  # The same ids, as if they had been others'.

    outcome = tried(("approved", CLEAN), ("held", CLEAN), service=service)

    assert [result.status for result in outcome.results] == [Status.APPROVED, Status.HELD]


def test_only_the_first_decision_counts() -> None:
    service = Scripted()
    original = service.post

    def post(text: str, place: int) -> Posted:
        posted = original(text, place)
        service.tell(f"id-{place}", "spam")  # A person was quick.
        return posted

    service.post = post  # type: ignore[method-assign]

    assert tried(("approved", CLEAN), service=service).results[0].status is Status.APPROVED


def test_comments_are_posted_no_faster_than_asked() -> None:
    began = monotonic()

    tried(*[("approved", CLEAN)] * 5, pace=Pace(rate=20, patience=1))

    assert monotonic() - began >= 0.2


@pytest.mark.parametrize("rows", [[], [("refuse", CLEAN)]])
def test_with_nothing_to_wait_for_nobody_waits(rows: list[tuple[str, Labels]]) -> None:
    began = monotonic()

    tried(*rows, pace=Pace(rate=1000, patience=60))

    assert monotonic() - began < 5
