"""What happens at the same moment happens as if one came after the other, on every database."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from makers import World

from moderation.adapters.db import verification
from moderation.domain.comment import Status
from moderation.domain.decision import Action, Actor
from moderation.domain.errors import Conflict, ModerationError, TemporaryFailure
from moderation.services import appeals, authors, events, intake, review, scoring, sites, sweep
from moderation.services.review import Moderator, Wish

ROUNDS = 12


def test_of_two_moderators_on_one_version_exactly_one_decides(world: World) -> None:
    for _ in range(ROUNDS):
        comment = world.receives()
        wishes = [Wish(comment.id, 1, action) for action in (Action.APPROVE, Action.REJECT, Action.SPAM, Action.HOLD)]
        outcomes = together(*(lambda wish=wish: review.decide(world.deps, moderator(world), wish) for wish in wishes))
        assert sum(not isinstance(outcome, Exception) for outcome in outcomes) == 1
    agrees(world)


def test_of_two_appeals_at_once_one_counts_and_of_a_decision_meanwhile_too(world: World) -> None:
    for number in range(ROUNDS):
        comment = world.receives()
        review.decide(world.deps, moderator(world), Wish(comment.id, 1, Action.REJECT))
        again = Wish(comment.id, 2, Action.SPAM if number % 2 else Action.REJECT)
        outcomes = together(
            lambda comment=comment: appeals.appeal(world.deps, comment.id, "One."),
            lambda comment=comment: appeals.appeal(world.deps, comment.id, "Another."),
            lambda again=again: review.decide(world.deps, moderator(world), again),
        )
        made = [outcome for outcome in outcomes[:2] if not isinstance(outcome, Exception)]
        found = review.dossier(world.deps, comment.site_id, comment.id)
        assert (len(made), found.appeal and found.appeal.open) == (1, True), "nobody decided what they had not seen"
        assert [decision.by for decision in found.history].count(Actor.AUTHOR) == 1
    agrees(world)


def test_scorers_that_finish_together_leave_nobody_undecided(world: World) -> None:
    comments = [world.receives() for _ in range(ROUNDS * 4)]
    kinds: list[Callable[[], Any]] = [
        lambda: scoring.score(world.deps, "spam", 3),
        lambda: scoring.score(world.deps, "toxicity", 3),
        lambda: scoring.render(world.deps, 3),
    ]
    for _ in range(ROUNDS * 2):
        together(*kinds)
    world.scores()

    assert {world.status_of(comment) for comment in comments} == {Status.APPROVED}
    agrees(world)


def test_threads_merge_while_people_write_in_them_and_workers_score(world: World) -> None:
    for number in range(ROUNDS):
        merge_in_the_middle_of_things(world, f"old-{number}", f"new-{number}")
    world.scores()
    agrees(world)


def merge_in_the_middle_of_things(world: World, old: str, new: str) -> None:
    first, other = world.has("The first here.", thread=old), world.has("Already there.", thread=new)
    source, target = world.look(first).thread_id, world.look(other).thread_id
    together(
        lambda: sites.merge_threads(world.deps, world.site.id, source, target),
        lambda: world.receives("Written meanwhile.", thread=old),
        world.scores,
        lambda: authors.withdraw(world.deps, first.id),
        lambda: review.decide(world.deps, moderator(world), Wish(other.id, 2, Action.HOLD)),
    )


def test_a_text_that_is_brought_back_as_it_is_purged_stays_whole(world: World) -> None:
    for _ in range(ROUNDS):
        comment = world.has("Worth keeping.")
        deleted = review.decide(world.deps, moderator(world), Wish(comment.id, comment.version, Action.DELETE)).id
        with world.deps.uow(None) as uow:
            uow.connection.exec_driver_sql("UPDATE comment SET deleted_at = '2020-01-01 00:00:00'")  # type: ignore[attr-defined]
            uow.commit()
        undo_and_purge(world, deleted)
        now = world.look(comment)
        assert (now.status is Status.DELETED) == (now.text == "")


def undo_and_purge(world: World, deleted: UUID) -> None:
    together(lambda: review.undo(world.deps, moderator(world), deleted), lambda: sweep.purge_deleted(world.deps))


def test_numbering_by_many_leaves_no_event_out(world: World) -> None:
    for _ in range(ROUNDS):
        together(*[world.receives] * 4, *[lambda: events.number(world.deps)] * 3)
    positions = [event["position"] for event in world.events()]

    assert positions == list(range(1, len(positions) + 1))


def test_what_an_author_wrote_anew_is_not_published_by_undoing_it(world: World) -> None:
    comment = world.has("Harmless.")
    authors.edit(world.deps, comment.id, "SPAM")
    edited = world.log_of(comment)[-1]

    with pytest.raises(Conflict) as refused:
        review.undo(world.deps, moderator(world), edited.id)
    assert refused.value.code == "not-undoable"


def test_a_withdrawal_frees_the_words_but_not_the_key(world: World) -> None:
    said = world.arrival("Said once.", email="ann@example.com", idempotency_key="k1")
    first = intake.receive(world.deps, world.site, said).comment
    authors.withdraw(world.deps, first.id)

    assert intake.receive(world.deps, world.site, said).comment.id == first.id


def test_texts_too_long_for_one_lease_are_taken_in_turns(world: World) -> None:
    for number in range(12):
        world.receives(f"{number} " + "long " * 1_999)
    with world.deps.uow(None) as uow:
        first = uow.jobs.claim("spam", 64, timedelta(seconds=5))
        uow.commit()
    with world.deps.uow(None) as uow:
        second = uow.jobs.claim("spam", 64, timedelta(seconds=5))
        uow.commit()

    assert [len(first), len(second)] == [10, 2]
    assert {claim.attempts for claim in (*first, *second)} == {1}


def moderator(world: World) -> Moderator:
    return Moderator(world.site.id, world.site.id)


def agrees(world: World) -> None:
    database = world.deps.uow.__self__  # type: ignore[attr-defined]
    assert {promise: ids for promise, ids in verification.broken(database).items() if ids} == {}


def together(*works: Callable[[], Any]) -> list[Any]:
    """Do everything at the same moment; what is refused is an outcome too, a fault of ours is not."""
    start = threading.Barrier(len(works))

    def one(work: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return work()
        except (ModerationError, TemporaryFailure) as refusal:
            return refusal

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))
