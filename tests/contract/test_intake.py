"""Intake keeps its promises on every database: once, in its place, and only where it is allowed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fakes.scorers import obedient
from makers import Seconds, World
from servers.valkey import Broker
from sqlalchemy import select, text, update

from moderation.adapters.db.stores.journal import ONCE
from moderation.adapters.limits import MovingLimits
from moderation.domain.comment import FormToken, Status
from moderation.domain.decision import Actor, Ruling
from moderation.domain.errors import Busy, Conflict, Invalid, TooMany, UnderWay
from moderation.services import authors, intake, sites, sweep
from moderation.services.decisions import settle
from moderation.services.intake import Staff
from moderation.services.ports import FormReading


def test_the_same_key_and_body_give_the_first_answer_again(world: World) -> None:
    said = world.arrival("Once only.", idempotency_key="k1")
    first, second = (intake.receive(world.deps, world.site, said) for _ in range(2))

    assert second.replayed
    assert first.comment.id == second.comment.id
    assert first.comment.received_at == second.comment.received_at


def test_the_same_key_with_another_body_is_refused(world: World) -> None:
    world.receives("One thing.", idempotency_key="k1")

    with pytest.raises(Invalid) as refused:
        world.receives("Another thing.", idempotency_key="k1")
    assert refused.value.faults[0].code == "idempotency-key-reused"


def test_a_form_sent_twice_gives_one_comment_and_reused_for_another_is_noticed(world: World) -> None:
    form = FormReading(FormToken.SOUND, 20.0, "nonce-1")
    said = world.arrival("From a form.", form=form)
    first, second = (intake.receive(world.deps, world.site, said) for _ in range(2))
    other = world.receives("Something else from the same form.", form=form)

    assert first.comment.id == second.comment.id
    assert world.look(other).circumstances.form_token is FormToken.REUSED


def test_saying_the_same_again_is_a_conflict_until_it_is_withdrawn(world: World) -> None:
    first = world.receives("Again and again.", email="ann@example.com")
    with pytest.raises(Conflict) as refused:
        world.receives("Again and again.", email="ann@example.com")
    assert refused.value.code == "duplicate"

    authors.withdraw(world.deps, first.id)
    assert world.receives("Again and again.", email="ann@example.com").id != first.id


def test_the_same_words_elsewhere_or_by_somebody_else_are_welcome(world: World) -> None:
    world.receives("Thanks!", email="ann@example.com")
    world.receives("Thanks!", email="ann@example.com", thread="article-2")
    world.receives("Thanks!", email="bob@example.com")


def test_only_what_is_public_in_the_same_thread_can_be_answered(world: World) -> None:
    public, elsewhere = world.has("Public."), world.has("Elsewhere.", thread="article-2")
    waiting = world.receives("Waiting.")

    assert world.receives("An answer.", parent=public.id).depth == 1
    for parent in (waiting.id, elsewhere.id, world.deps.new_id()):
        with pytest.raises(Invalid) as refused:
            world.receives("An answer.", parent=parent)
        assert refused.value.faults[0].code == "parent-not-found"


def test_a_thread_closes_by_hand_and_by_age(world: World) -> None:
    comment = world.receives()
    sites.change_thread(world.deps, world.site.id, world.look(comment).thread_id, closed=True)
    with pytest.raises(Conflict) as by_hand:
        world.receives("Too late.")

    sites.change_thread(world.deps, world.site.id, world.look(comment).thread_id, closed=False)
    world.site = sites.change(world.deps, world.site.id, close_after_days=7)
    world.receives("In time.")
    world.clock.forward(days=8)
    with pytest.raises(Conflict) as by_age:
        world.receives("Too late again.")

    assert by_hand.value.code == by_age.value.code == "thread-closed"
    sites.change_thread(world.deps, world.site.id, world.look(comment).thread_id, closed=False)
    assert world.receives("Open for another week.").status is Status.PENDING


def test_a_refused_reply_leaves_nothing_behind(world: World) -> None:
    with pytest.raises(Invalid):
        world.receives("An answer to nothing.", parent=world.deps.new_id(), idempotency_key="k1", thread="new")

    assert world.receives("Better.", idempotency_key="k1", thread="other").status is Status.PENDING
    assert [row["key"] for row in sites.threads(world.deps, world.site.id, cursor=None, limit=9).rows] == ["other"]


def test_staff_are_published_without_scoring_and_wear_a_badge(world: World) -> None:
    comment = world.receives("From the editors.", staff=Staff(world.deps.new_id()))

    assert world.look(comment).staff
    assert world.status_of(comment) is Status.APPROVED
    world.scores()
    assert world.look(comment).html == "<p>From the editors.</p>\n"
    assert world.deps.scorers["spam"].looked == 0  # type: ignore[attr-defined]


def test_haste_is_refused_but_repeating_oneself_is_answered(world_with: Callable[..., World]) -> None:
    world = world_with()
    world.deps = replace(world.deps, limits=MovingLimits(None, clock=Seconds()))
    said = world.arrival("Quickly said.", email="ann@example.com", idempotency_key="k1")
    first = intake.receive(world.deps, world.site, said)

    assert intake.receive(world.deps, world.site, said).comment.id == first.comment.id
    with pytest.raises(Conflict):
        world.receives("Quickly said.", name=said.name, email="ann@example.com")
    with pytest.raises(TooMany) as refused:
        world.receives("And more.", email="ann@example.com")
    assert refused.value.retry_after == timedelta(seconds=3)


def test_an_edit_waits_for_a_verdict_of_its_own(world: World) -> None:
    comment = world.has("Lovely photos!")
    world.clock.forward(minutes=4)
    edited = authors.edit(world.deps, comment.id, "SPAM now")
    assert (edited.status, edited.html, edited.revision) == (Status.PENDING, None, 2)

    world.scores()
    assert world.look(comment).status is Status.SPAM


def test_editing_ends_after_five_minutes_and_withdrawing_never(world: World) -> None:
    comment = world.has("Lovely photos!")
    world.clock.forward(minutes=5)
    with pytest.raises(Conflict) as refused:
        authors.edit(world.deps, comment.id, "Better.")
    assert refused.value.code == "edit-window-closed"

    world.clock.forward(days=300)
    assert authors.withdraw(world.deps, comment.id).status is Status.DELETED
    assert authors.withdraw(world.deps, comment.id).status is Status.DELETED
    assert len(world.log_of(comment)) == 2


def test_an_author_is_known_by_a_receipt_and_never_by_typed_text(world: World) -> None:
    world.site = sites.change(world.deps, world.site.id, policy=FIRST_COMMENTS_WAIT)
    first = world.receives("My first.", email="ann@example.com")
    with world.deps.uow(None) as uow:
        settle(world.deps, uow, [Ruling(first.id, 1, Status.APPROVED, Actor.KEY)])
        uow.commit()
    receipt = world.deps.seals.receipt(first.id)

    typed = world.has("Only typed the same address.", email="ann@example.com")
    proved = world.has("Brought the receipt along.", email="ann@example.com", receipt=receipt)
    stolen = world.has("A receipt of somebody else.", email="eve@example.com", receipt=receipt)

    assert [typed.status, proved.status, stolen.status] == [Status.HELD, Status.APPROVED, Status.HELD]


FIRST_COMMENTS_WAIT = """
[[rules]]
code = "first-comment"
signal = "first-comment"
at_least = 1
outcome = "held"
"""


def test_requests_that_are_the_same_and_come_at_once_all_get_the_first_answer(
    world_with: Callable[..., World], valkey: Broker
) -> None:
    world = world_with(rate_limits="on", broker_url=valkey.url)
    said = world.arrival("Clicked twice.", email="ann@example.com", idempotency_key="k1")

    with ThreadPoolExecutor(6) as clicks:
        accepted = [
            done.result() for done in [clicks.submit(intake.receive, world.deps, world.site, said) for _ in range(6)]
        ]

    assert len({one.comment.id for one in accepted}) == 1
    assert sorted(one.replayed for one in accepted) == [False, True, True, True, True, True]


@pytest.mark.parametrize(
    "other", [{"thread_title": "Another title"}, {"honeypot": True}, {"website": "https://a.example"}]
)
def test_another_body_under_a_key_is_refused_whatever_differs(world: World, other: dict[str, Any]) -> None:
    world.receives("Once only.", idempotency_key="k1")

    with pytest.raises(Invalid) as refused:
        world.receives("Once only.", idempotency_key="k1", **other)

    assert [fault.code for fault in refused.value.faults] == ["idempotency-key-reused"]


def test_whoever_waits_for_anything_but_their_own_first_request_is_not_told_that_it_is_under_way(
    postgres_url: str,
) -> None:
    """On SQLite its one lock is waited for in the inbox, whose test says the same."""
    with closing(World.at(postgres_url, scorers=obedient())) as world:
        said = world.arrival("Once only.", idempotency_key="k1")
        with world.deps.uow(world.site.id) as uow:
            uow.connection.execute(text("LOCK TABLE comment IN ACCESS EXCLUSIVE MODE"))  # As a migration may.
            with pytest.raises(Busy) as refused:
                intake.receive(world.deps, world.site, said)

        assert not isinstance(refused.value, UnderWay)
        assert intake.receive(world.deps, world.site, said).comment.status is Status.PENDING


def test_a_second_request_waits_for_the_first_under_its_key_and_then_gives_up(postgres_url: str) -> None:
    """On SQLite there is one writer at a time, and no second request to wait."""
    with closing(World.at(postgres_url, scorers=obedient())) as world:
        said = world.arrival("Once only.", idempotency_key="k1")
        with world.deps.uow(world.site.id) as uow:
            uow.once.claim(world.site.id, "key:k1", b"another request, still under way", world.deps.new_id())
            with pytest.raises(Conflict) as refused:
                intake.receive(world.deps, world.site, said)

        assert refused.value.code == "idempotency-in-progress"
        assert intake.receive(world.deps, world.site, said).comment.status is Status.PENDING


def test_a_key_and_the_same_words_are_remembered_for_a_day_and_no_longer(world: World) -> None:
    said = world.arrival("Once a day.", email="ann@example.com", idempotency_key="k1")
    first = intake.receive(world.deps, world.site, said).comment

    grown_old(world, timedelta(hours=23, minutes=59))
    assert intake.receive(world.deps, world.site, said).comment.id == first.id
    with pytest.raises(Conflict):
        world.receives("Once a day.", name=said.name, email="ann@example.com")

    grown_old(world, timedelta(hours=24, minutes=1))
    assert intake.receive(world.deps, world.site, said).comment.id != first.id


def test_what_may_happen_again_is_forgotten_and_what_is_younger_is_not(world: World) -> None:
    world.receives("Yesterday.", idempotency_key="old")
    grown_old(world, timedelta(hours=24, minutes=1))
    world.receives("Today.", idempotency_key="young")

    assert [sweep.purge_once(world.deps), sweep.purge_once(world.deps)] == [2, 0]

    with world.deps.reading(None) as uow:
        left = set(uow.connection.execute(select(ONCE.c.key)).scalars())  # type: ignore[attr-defined]
    assert {key.partition(":")[0] for key in left} == {"key", "repeat"}
    assert "key:young" in left


def grown_old(world: World, age: timedelta) -> None:
    """Let whatever happened once have happened so long ago."""
    with world.deps.uow(None) as uow:
        uow.connection.execute(update(ONCE).values(created_at=uow.clock() - age))  # type: ignore[attr-defined]
        uow.commit()
