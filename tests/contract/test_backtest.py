"""Another policy is tried on what was seen: nothing is scored, nothing changes, nothing unknown is claimed."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from desk import hires
from makers import World
from test_waves import copy, roll

from moderation.domain.comment import Comment, Status
from moderation.domain.decision import Action
from moderation.domain.policy import Policy, parse_policy
from moderation.domain.share import Share
from moderation.services import authors, history, review, waves
from moderation.services.backtest import HELD, PUBLISHED, REFUSED, Backtest, backtest
from moderation.services.intake import Staff
from moderation.services.ports import Period
from moderation.services.review import Moderator, Wish
from moderation.wiring import starting_policy

A, H, S, R = Status.APPROVED, Status.HELD, Status.SPAM, Status.REJECTED
DEFAULT: Final = parse_policy(starting_policy("default"))
STRICT: Final = parse_policy(starting_policy("strict"))
LENIENT: Final = parse_policy(
    """
    [[rules]]
    code = "spam"
    signal = "spam"
    at_least = 0.95
    outcome = "spam"

    [[rules]]
    code = "form-reused"
    signal = "form-reused"
    at_least = 1
    outcome = "held"
    """
)


def decides(world: World, comment: Comment | UUID, action: Action) -> None:
    """Let a person decide on a comment as it is now."""
    now = world.look(comment)
    review.decide(world.deps, Moderator(world.site.id, world.deps.new_id()), Wish(now.id, now.version, action))


def tried(world: World, policy: Policy, days: float = 30) -> Backtest:
    """Try a policy on what arrived until now."""
    world.clock.forward(seconds=1)
    now = world.deps.now()
    return backtest(world.deps, world.site, policy, Period(now - timedelta(days=days), now))


def moves(found: Backtest) -> dict[tuple[Status, Status], int]:
    return dict(found.moves)


def whole(world: World) -> list[Mapping[str, Any]]:
    """Everything that could have changed."""
    with world.deps.views(world.site.id) as views:
        rows = views.queue(world.site.id, {}, after=None, limit=1000)
    return [*rows, *world.events()]


def test_the_policy_that_decided_would_decide_the_same(world: World) -> None:
    for text in ("Lovely photos!", "This is maybe-spam", "SPAM for everyone", "TOXICITY", "broken-spam"):
        world.has(text)

    found = tried(world, DEFAULT)

    assert moves(found) == {(A, A): 1, (H, H): 1, (S, S): 1, (R, R): 1}
    assert (found.read, found.compared, dict(found.left_out)) == (5, 4, {"pending": 1})
    assert found.notable == []


def test_another_policy_moves_comments_and_nothing_changes(world: World) -> None:
    world.has("Lovely photos!")
    held, spam = world.has("This is maybe-spam"), world.has("SPAM for everyone")
    toxic = world.has("TOXICITY")
    before = whole(world)
    looked = sum(scorer.looked for scorer in world.deps.scorers.values())  # type: ignore[attr-defined]

    strict, lenient = tried(world, STRICT), tried(world, LENIENT)

    assert moves(strict) == {(A, H): 1, (H, H): 1, (S, S): 1, (R, R): 1}
    assert moves(lenient) == {(A, A): 1, (H, A): 1, (S, S): 1, (R, A): 1}
    assert [(move.comment_id, move.before) for move in lenient.notable] == [(toxic.id, R), (held.id, H)]
    assert spam.id not in {move.comment_id for move in lenient.notable}
    assert (lenient.before.held, lenient.after.held) == (1, 0)
    assert whole(world) == before
    assert sum(scorer.looked for scorer in world.deps.scorers.values()) == looked  # type: ignore[attr-defined]


def test_what_followed_a_decision_on_a_wave_would_be_decided_the_same(world: World) -> None:
    copies = roll(world, 2)
    wave = world.look(copies[0]).wave
    assert wave is not None
    wish = waves.Wish(wave, 0, world.deps.now(), Action.SPAM)
    waves.decide(world.deps, world.site.id, wish, hires(world, "Ann"))
    assert world.has(copy(7), thread="later").status is S

    assert moves(tried(world, DEFAULT)) == {(H, H): 2, (S, S): 1}


def test_each_policy_is_compared_with_what_people_said(world: World) -> None:
    decides(world, world.has("Lovely photos!"), Action.SPAM)
    decides(world, world.has("This is maybe-spam"), Action.APPROVE)
    decides(world, world.has("This is maybe-spam, too"), Action.REJECT)
    decides(world, world.has("Is this maybe-toxicity?"), Action.HOLD)
    decides(world, world.has("TOXICITY"), Action.APPROVE)
    world.has("Nobody looked at this.")

    found = tried(world, LENIENT)

    assert found.before.share(PUBLISHED, REFUSED) == Share(1, 1)
    assert found.before.share(HELD, REFUSED) == Share(1, 2)
    assert found.before.share(REFUSED, PUBLISHED) == Share(1, 1)
    assert found.after.share(PUBLISHED, REFUSED) == Share(2, 4)
    assert found.after.share(HELD, REFUSED) == Share(0, 0)


def test_each_rule_is_told_how_people_took_it(world: World) -> None:
    decides(world, world.has("This is maybe-spam"), Action.APPROVE)
    decides(world, world.has("This is maybe-spam, too"), Action.SPAM)
    world.has("And this is maybe-spam")
    decides(world, world.has("Lovely photos!"), Action.REJECT)

    default, lenient = tried(world, DEFAULT), tried(world, LENIENT)

    held = default.rules["spam", H]
    assert (held.fired, held.upheld, held.overruled) == (3, Share(1, 2), Share(1, 2))
    assert default.rules["no-rule", A].upheld == Share(1, 1)
    assert (lenient.rules["spam", S].fired, lenient.rules["form-reused", H].fired) == (0, 0)


def test_what_goes_against_a_person_is_named_first(world: World) -> None:
    far = [world.has(f"TOXICITY number {place}") for place in range(12)]
    near = world.has("This is maybe-spam")
    decides(world, near, Action.SPAM)

    found = tried(world, LENIENT)

    assert [move.comment_id for move in found.notable] == [near.id, *(comment.id for comment in reversed(far[3:]))]
    assert found.notable[0].word is S


def test_what_cannot_be_known_is_left_out_and_counted(world: World) -> None:
    world.receives("Nobody has scored this yet, but soon.")
    world.receives("Our own answer.", staff=Staff(world.deps.new_id()))
    decides(world, world.receives("A person was quicker."), Action.APPROVE)
    world.scores("spam", "toxicity", "render")
    authors.withdraw(world.deps, world.has("Not for long.").id)
    world.receives("Nor this.")

    found = tried(world, DEFAULT)

    assert dict(found.left_out) == {"staff": 1, "unjudged": 1, "pending": 1, "deleted": 1}
    assert moves(found) == {(A, A): 1}


def test_of_an_edited_comment_the_present_text_is_judged(world: World) -> None:
    comment = world.has("SPAM for everyone")
    decides(world, comment, Action.APPROVE)
    authors.edit(world.deps, comment.id, "Lovely photos!")
    world.scores()

    found = tried(world, DEFAULT)

    assert (moves(found), found.edited) == ({(H, H): 1}, 1)
    assert found.rules["edited-after-review", H].fired == 1


def test_only_what_arrived_in_the_time_is_read(world: World) -> None:
    world.clock.forward(days=-40)
    world.has("Long ago.")
    world.clock.forward(days=40)
    world.has("Lovely photos!")

    assert (tried(world, DEFAULT).read, tried(world, DEFAULT, days=50).read) == (1, 2)


def test_batches_make_no_difference(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in range(7):
        world.has(f"This is maybe-spam {place}" if place % 2 else f"Lovely photos {place}")
    at_once, reads = tried(world, STRICT), []

    monkeypatch.setattr(history, "BATCH", 2)
    world.clock.forward(seconds=1)
    period = Period(world.deps.now() - timedelta(days=30), world.deps.now())
    in_batches = backtest(world.deps, world.site, STRICT, period, tell=reads.append)

    assert in_batches == at_once
    assert reads == [2, 4, 6, 7]


def test_scorers_are_told_apart(world: World) -> None:
    world.has("Lovely photos!")
    world.deps.scorers["spam"].name = "obedient-spam-2"
    world.has("Lovely pictures!")

    found = tried(world, DEFAULT)

    assert found.scorers == {
        ("spam", "obedient-spam"): 1,
        ("spam", "obedient-spam-2"): 1,
        ("toxicity", "obedient-toxicity"): 2,
    }


def test_another_sites_comments_are_none_of_its_business(world: World) -> None:
    world.has("Lovely photos!")
    other = world.deps.new_id()

    assert list(history.cases(world.deps, other, Period(world.deps.now() - timedelta(days=1), world.deps.now()))) == []


def test_of_a_long_period_the_latest_are_tried(world: World) -> None:
    for _ in range(3):
        world.clock.now = datetime.now(UTC)  # As the ids, which tell where a period begins, have it.
        world.has()
    now = datetime.now(UTC)
    month = Period(now - timedelta(days=30), now)

    period, cut = history.latest(world.deps, world.site.id, month, 2)

    assert (backtest(world.deps, world.site, STRICT, period).read, cut) == (2, True)
    assert history.latest(world.deps, world.site.id, month, 4) == (month, False)
