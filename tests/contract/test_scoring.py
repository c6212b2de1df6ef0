"""Scoring keeps its promises on every database: once, complete, fenced, and never approved unscored."""

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.scorers import Obedient
from makers import World

from moderation.domain.comment import Status
from moderation.domain.decision import Action, Actor
from moderation.domain.signal import Signal
from moderation.services import review, scoring, sweep, wording
from moderation.services.ports import Bell
from moderation.services.record import record
from moderation.services.review import Moderator, Wish


def test_scoring_the_same_comment_twice_decides_once(world: World) -> None:
    comment = world.receives("Lovely photos!")

    for kind in ("spam", "toxicity", "render", "spam", "toxicity"):
        world.scores(kind)

    assert world.status_of(comment) is Status.APPROVED
    assert len(world.log_of(comment)) == 1


class Wavering(Obedient):
    """Has an answer every other time."""

    def _look(self, text: str) -> Signal | None:
        return super()._look(text) if self.looked % 2 else None


@pytest.mark.parametrize("times", [2, 3])
def test_of_a_text_that_is_scored_again_the_last_answer_stands(world: World, times: int) -> None:
    world.deps = replace(world.deps, scorers={**world.deps.scorers, "toxicity": Wavering("toxicity")})
    by = Moderator(world.site.id, world.deps.new_id())
    comment = world.has("Lovely photos!")
    for _ in range(times - 1):
        review.undo(world.deps, by, world.log_of(comment)[-1].id)
        world.scores()

    signals = review.dossier(world.deps, world.site.id, comment.id).signals
    last = "toxicity" if times % 2 else "toxicity-abstained"
    assert sorted(signal.kind for signal in signals) == ["spam", last]
    assert record(world.deps, world.site.id, comment.id).broken is None


@pytest.mark.parametrize("last", ["spam", "toxicity", "render"])
def test_nothing_is_approved_before_the_last_check_is_in(world: World, last: str) -> None:
    comment = world.receives("Lovely photos!")

    for kind in {"spam", "toxicity", "render"} - {last}:
        world.scores(kind)
    assert world.status_of(comment) is Status.PENDING

    world.scores(last)
    assert world.status_of(comment) is Status.APPROVED


@pytest.mark.parametrize(
    ("text", "status", "reasons"),
    [
        ("Lovely photos!", Status.APPROVED, ()),
        ("SPAM for everyone", Status.SPAM, ("spam",)),
        ("This is maybe-spam", Status.HELD, ("spam",)),
        ("TOXICITY", Status.REJECTED, ("toxicity",)),
        ("SPAM and TOXICITY", Status.REJECTED, ("spam", "toxicity")),
        ("no-toxicity-score here", Status.HELD, ("unscored-language",)),
        ("no-spam-score here", Status.HELD, ("unscored",)),
        ("See http://a.example http://b.example http://c.example", Status.HELD, ("links",)),
    ],
)
def test_every_fired_reason_is_kept_and_the_strictest_wins(
    world: World, text: str, status: Status, reasons: tuple[str, ...]
) -> None:
    comment = world.has(text)

    assert (comment.status, comment.reasons) == (status, reasons)


def test_a_late_worker_finds_its_lease_gone_and_changes_nothing(world: World) -> None:
    comment = world.receives("Lovely photos!")
    with world.deps.uow(None) as uow:
        (late,) = uow.jobs.claim("spam", 64, timedelta(0))  # A lease that has run out already.
        uow.commit()
    world.scores()
    assert world.status_of(comment) is Status.APPROVED

    with world.deps.uow(None) as uow:
        assert uow.jobs.redeem([late]) == []


def test_two_workers_never_hold_the_same_job(world: World) -> None:
    for _ in range(5):
        world.receives()
    with world.deps.uow(None) as uow:
        first = uow.jobs.claim("spam", 3, timedelta(seconds=5))
        uow.commit()
    with world.deps.uow(None) as uow:
        second = uow.jobs.claim("spam", 64, timedelta(seconds=5))
        uow.commit()

    assert len(first) == 3
    assert len(second) == 2
    assert not {claim.comment_id for claim in first} & {claim.comment_id for claim in second}


def test_what_was_tried_before_is_claimed_alone(world: World) -> None:
    for _ in range(3):
        world.receives()
    with world.deps.uow(None) as uow:
        tried = uow.jobs.claim("spam", 64, timedelta(seconds=5))
        uow.jobs.postpone(tried, timedelta(0))
        uow.commit()
    with world.deps.uow(None) as uow:
        again = uow.jobs.claim("spam", 64, timedelta(seconds=5))
        uow.commit()

    assert len(tried) == 3
    assert len(again) == 1
    assert again[0].attempts == 2


def test_three_failed_attempts_hold_the_comment_for_a_person(world: World) -> None:
    comment = world.receives("broken-spam")
    neighbour = world.receives("A good neighbour.")
    for _ in range(8):
        world.scores()
        _hurry(world)
    scoring.give_up(world.deps)

    assert world.look(comment).reasons == ("scoring-failed",)
    assert world.status_of(comment) is Status.HELD
    assert world.status_of(neighbour) is Status.APPROVED
    assert world.deps.scorers["spam"].looked <= 2 + 3 + 1  # type: ignore[attr-defined]


def _hurry(world: World) -> None:
    """Let every pause be over."""
    with world.deps.uow(None) as uow:
        uow.connection.exec_driver_sql("UPDATE job SET due_at = '2020-01-01 00:00:00'")  # type: ignore[attr-defined]
        uow.commit()


def test_what_waits_too_long_is_held(world: World) -> None:
    comment = world.receives()

    assert scoring.hold_overdue(world.deps, timedelta(minutes=10)) == 0
    assert scoring.hold_overdue(world.deps, timedelta(seconds=-1)) == 1
    assert world.look(comment).reasons == ("scoring-failed",)

    world.scores()
    assert world.status_of(comment) is Status.HELD


def test_a_person_may_decide_first_and_the_machine_changes_nothing_after(world: World) -> None:
    comment = world.receives("Lovely photos!")
    moderator = Moderator(world.site.id, world.deps.new_id())

    review.decide(world.deps, moderator, Wish(comment.id, 1, Action.REJECT, "off-topic"))
    world.scores()

    assert world.status_of(comment) is Status.REJECTED
    assert [decision.by for decision in world.log_of(comment)] == [Actor.KEY]


def test_rows_say_which_bells_should_ring(world: World) -> None:
    assert sweep.due(world.deps) == set()
    world.receives()
    assert sweep.due(world.deps) == {Bell.SPAM, Bell.TOXICITY, Bell.RENDER, Bell.DELIVER}
    world.scores()
    world.events()
    assert sweep.due(world.deps) == {Bell.WORDING}
    wording.fill(world.deps)
    assert sweep.due(world.deps) == set()


def test_the_same_words_by_others_are_noticed(world: World) -> None:
    words = "Everybody should really read what I wrote about this, and then tell all of their friends about it"
    statuses = [world.has(words + "!" * number, thread=f"article-{number}").status for number in range(5)]

    assert statuses == [*[Status.APPROVED] * 3, Status.HELD, Status.HELD]


def test_what_a_person_took_back_from_policy_is_not_published_by_policy_again(world: World) -> None:
    comment = world.has("Lovely photos!")
    (approved,) = world.log_of(comment)

    undone = review.undo(world.deps, Moderator(world.site.id, world.deps.new_id()), approved.id)
    world.scores()

    assert undone.status is Status.PENDING
    assert (world.status_of(comment), world.look(comment).reasons) == (Status.HELD, ("undone",))
