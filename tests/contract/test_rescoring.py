"""Scorers change, decisions do not: what waits is seen anew, and what is decided is proposed to a person and left."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from desk import hires
from fakes.scorers import Obedient
from makers import World
from test_backtest import decides, whole
from test_waves import copy

from moderation.adapters.db import verification
from moderation.domain.comment import Comment, Status, Submission
from moderation.domain.decision import Action, Actor
from moderation.domain.signal import Signal
from moderation.services import authors, flags, history, review, scoring, sites, waves
from moderation.services.intake import Staff
from moderation.services.ports import Period
from moderation.services.rescoring import Rescoring, rescore


class Version(Obedient):
    """One version of a scorer: the first reads what stands before the slash, the second what stands behind it."""

    def __init__(self, kind: str, number: int) -> None:
        super().__init__(kind)
        self.number = number
        self.name = f"obedient-{kind}-{number}"

    def look_at(self, submissions: Sequence[Submission]) -> list[Signal | None]:
        parts = [submission.text.split(" / ") for submission in submissions]
        read = [part[min(self.number, len(part)) - 1] for part in parts]
        return super().look_at([replace(one, text=text) for one, text in zip(submissions, read, strict=True)])


def version(number: int, of: type[Version] = Version) -> dict[str, Version]:
    return {kind: of(kind, number) for kind in ("spam", "toxicity")}


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """An installation with the first version of its scorers."""
    with closing(World.at(database_url, scorers=version(1))) as world:
        yield world


def rescored(world: World, *, dry_run: bool = False, of: type[Version] = Version) -> Rescoring:
    """Score again, with the next version, what arrived until now."""
    world.clock.forward(seconds=1)
    deps = replace(world.deps, scorers=version(2, of))
    now = deps.now()
    return rescore(deps, world.site, Period(now - timedelta(days=30), now), dry_run=dry_run)


def scorers_of(world: World, comment: Comment) -> set[str]:
    return {signal.scorer for signal in review.dossier(world.deps, world.site.id, comment.id).signals}


def proposals(found: Rescoring) -> list[tuple[Any, ...]]:
    return [(one.comment_id, one.status, one.verdict.outcome) for one in found.proposals]


OLD, NEW = ({f"obedient-{kind}-{number}" for kind in ("spam", "toxicity")} for number in (1, 2))


def test_what_is_held_says_anew_why_and_stays_held(world: World) -> None:
    held = world.has("This is maybe-spam / maybe-spam and maybe-toxicity, both")
    assert held.reasons == ("spam",)

    found = rescored(world)

    now = world.look(held)
    assert (now.status, now.reasons, now.version) == (Status.HELD, ("spam", "toxicity"), held.version + 1)
    assert (found.stored, found.refreshed, found.proposals) == (1, 1, [])
    assert scorers_of(world, held) == NEW
    database = world.deps.uow.__self__  # type: ignore[attr-defined]
    assert not any(verification.broken(database).values())


def test_what_is_held_for_nothing_any_more_waits_for_a_person_all_the_same(world: World) -> None:
    cleared, worse = world.has("This is maybe-spam / Lovely photos"), world.has("This is maybe-toxicity / SPAM")
    told = world.events()

    found = rescored(world)

    assert [world.look(comment).status for comment in (cleared, worse)] == [Status.HELD, Status.HELD]
    assert [world.look(comment).reasons for comment in (cleared, worse)] == [("rescored",), ("spam", "rescored")]
    assert world.events() == told
    assert found.moves == {
        (Status.HELD, Status.APPROVED, ()): 1,
        (Status.HELD, Status.SPAM, ("spam",)): 1,
    }


def test_what_is_held_with_its_wave_stays_so(world: World) -> None:
    copies = [world.has(f"{copy(number)} / maybe-spam", thread=f"article-{number}") for number in range(2)]
    wave = world.look(copies[0]).wave
    assert wave is not None
    wish = waves.Wish(wave, 0, world.deps.now(), Action.HOLD)
    stance = waves.decide(world.deps, world.site.id, wish, hires(world, "Ann")).stance
    later = world.has(f"{copy(7)} / maybe-spam", thread="later")
    assert (later.wave, later.reasons) == (wave, ("toxicity", "wave"))

    found = rescored(world)

    now, decision = world.look(later), world.log_of(later)[-1]
    assert (now.wave, now.status, now.reasons) == (wave, Status.HELD, ("spam", "wave"))
    assert (decision.by, decision.stance) == (Actor.POLICY, stance.id)
    assert found.refreshed == 1
    waves.undo(world.deps, stance, hires(world, "Bea"))
    assert world.log_of(later)[-1].undoes == decision.id, "it is found by the decision that it followed"


def test_nothing_that_is_decided_is_decided_again(world: World) -> None:
    public, aside = world.has("Lovely photos / SPAM"), world.has("SPAM / Lovely photos after all")
    before = whole(world)

    found = rescored(world)

    assert proposals(found) == [(public.id, Status.APPROVED, Status.SPAM), (aside.id, Status.SPAM, Status.APPROVED)]
    assert whole(world) == before
    assert scorers_of(world, public) == OLD
    assert (found.stored, found.refreshed) == (0, 0)
    assert dict(found.moves) == {
        (Status.APPROVED, Status.SPAM, ("spam",)): 1,
        (Status.SPAM, Status.APPROVED, ()): 1,
    }


def test_what_people_decided_is_not_even_looked_at(world: World) -> None:
    comment = world.has("Lovely photos / SPAM")
    decides(world, comment, Action.APPROVE)
    world.receives("Our own answer.", staff=Staff(world.deps.new_id()))
    authors.withdraw(world.deps, world.has("Not for long.").id)

    found = rescored(world)

    assert (found.scored, found.proposals) == (0, [])
    assert dict(found.left_out) == {"decided-by-people": 1, "staff": 1, "deleted": 1}


def test_a_dry_run_tells_the_same_and_changes_nothing(world: World) -> None:
    world.has("This is maybe-spam / maybe-spam and maybe-toxicity")
    world.has("Lovely photos / SPAM")
    world.has("Lovely photos")
    before = whole(world)

    dry = rescored(world, dry_run=True)
    assert whole(world) == before

    wet = rescored(world)
    assert (dry.moves, dry.proposals, dry.unchanged) == (wet.moves, wet.proposals, wet.unchanged)
    assert (dry.unchanged, dry.stored, wet.stored) == (1, 0, 1)


def test_doing_it_twice_changes_nothing_more(world: World) -> None:
    held = world.has("This is maybe-spam / maybe-spam and maybe-toxicity")

    rescored(world)
    first, again = world.look(held), rescored(world)

    assert world.look(held) == first
    assert (again.refreshed, again.moves) == (0, {})


def test_what_only_the_policy_changed_is_left_as_it_is(world: World) -> None:
    held, public = world.has("This is maybe-spam"), world.has("Lovely photos")
    sites.change(world.deps, world.site.id, policy='otherwise = "held"\nrequire = []\n')
    world.site = sites.get(world.deps, world.site.id)

    found = rescored(world)

    assert (found.refreshed, found.moves, found.proposals) == (0, {}, [])
    assert (world.look(held).reasons, world.status_of(public)) == (("spam",), Status.APPROVED)


def test_a_comment_that_nobody_could_score_gets_its_signals(world: World) -> None:
    comment = world.has("no-toxicity-score here / but here there is one")
    assert comment.reasons == ("unscored-language",)

    with world.deps.uow(None) as uow:
        kinds = {signal.kind for signal in uow.signals.of([comment])[comment.id]}
    assert kinds == {"spam", "toxicity-abstained"}

    rescored(world)

    now = review.dossier(world.deps, world.site.id, comment.id)
    assert {signal.kind for signal in now.signals} == {"spam", "toxicity"}
    assert (now.comment.status, now.comment.reasons, now.comment.language) == (Status.HELD, ("rescored",), "en")


def test_what_a_person_or_readers_hold_keeps_their_reasons(world: World) -> None:
    by_person, by_readers = world.has("Lovely photos / SPAM"), world.has("Lovely pictures / SPAM")
    decides(world, by_person, Action.HOLD)
    for network in ("192.0.2.1", "198.51.100.1", "203.0.113.1"):
        flags.flag(world.deps, world.site.id, by_readers.id, address=network, reason="spam")
    before = [world.look(comment) for comment in (by_person, by_readers)]

    found = rescored(world)

    assert [world.look(comment) for comment in (by_person, by_readers)] == [
        replace(comment, language="en") for comment in before
    ]
    assert (found.stored, found.refreshed) == (2, 0)


def test_what_is_pending_is_still_judged_by_its_workers(world: World) -> None:
    comment = world.receives("Lovely photos / SPAM")

    found = rescored(world)
    assert (found.stored, found.pending, found.moves, world.status_of(comment)) == (1, 1, {}, Status.PENDING)

    world.scores()
    assert world.status_of(comment) is Status.APPROVED


def test_a_scorer_that_fails_over_one_comment_fails_over_no_other(world: World) -> None:
    broken, fine = world.receives("broken-spam"), world.has("This is maybe-spam")

    found = rescored(world)

    assert (found.scored, found.stored, dict(found.left_out)) == (1, 1, {"unscored": 1})
    assert (scorers_of(world, fine), world.status_of(broken)) == (NEW, Status.PENDING)


def test_who_decides_meanwhile_is_right(world: World) -> None:
    decided, edited = world.has("This is maybe-spam"), world.has("This is maybe-spam, too")

    class Slow(Version):
        def look_at(self, submissions: Sequence[Submission]) -> list[Signal | None]:
            if self.kind == "spam":
                decides(world, decided, Action.APPROVE)
                authors.edit(world.deps, edited.id, "Lovely photos")
            return super().look_at(submissions)

    found = rescored(world, of=Slow)

    assert (found.stored, found.refreshed) == (0, 0)
    assert (world.status_of(decided), scorers_of(world, decided)) == (Status.APPROVED, OLD)
    assert (world.status_of(edited), scorers_of(world, edited)) == (Status.PENDING, set())


def test_a_decision_made_on_an_older_reason_is_turned_away(world: World) -> None:
    held = world.has("This is maybe-spam / maybe-spam and maybe-toxicity")
    rescored(world)

    with pytest.raises(Exception, match="meanwhile"):
        review.decide(
            world.deps,
            review.Moderator(world.site.id, world.deps.new_id()),
            review.Wish(held.id, held.version, Action.APPROVE),
        )
    assert world.log_of(held)[-1].by is Actor.POLICY


def test_batches_make_no_difference(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in range(5):
        world.has(f"Lovely photos {place} / SPAM" if place % 2 else f"This is maybe-spam {place}")
    at_once = rescored(world, dry_run=True)

    monkeypatch.setattr(history, "BATCH", 2)

    assert rescored(world, dry_run=True) == at_once
    assert scoring.hold_overdue(world.deps) == 0
