"""An author appeals once, somebody else decides it, and what is undone never happened to the appeal."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from desk import hires
from makers import World
from sqlalchemy import text

from moderation.adapters.db import chains, verification
from moderation.adapters.db.uow import Database
from moderation.domain.appeal import Appeal, Outcome
from moderation.domain.ban import Effect, Mark
from moderation.domain.comment import Comment, Status
from moderation.domain.decision import Action, Actor, Decision
from moderation.domain.errors import Conflict, Invalid, OwnDecision, Stale
from moderation.domain.person import Person, Role
from moderation.domain.share import Share
from moderation.domain.window import Window
from moderation.services import appeals, authors, bans, desk, people, review, waves
from moderation.services.bans import BanWish
from moderation.services.hearings import words_of
from moderation.services.review import Moderator, Wish
from moderation.services.statistics import statistics

ALIKE = (
    "Everybody maybe-toxicity should really read what our neighbours wrote about the harvest in this valley, and then "
    "tell all of their friends and relatives about it before the summer is over, because it concerns each of us, see http://site{0}.example/{0}"
)
WORDS = "It names no company: Anlage is <b>German</b> for a park."


@dataclass
class Court:
    """A site with two moderators."""

    world: World
    ada: Person
    bo: Person

    def rejects(self, by: Person | None = None, action: Action = Action.REJECT) -> Comment:
        comment = self.world.has("A remark that somebody dislikes.")
        self.decides(comment, action, by or self.ada)
        return self.world.look(comment)

    def decides(self, comment: Comment, action: Action, by: Person, seen: int | None = None) -> Decision:
        wish = Wish(comment.id, seen or self.world.look(comment).version, action)
        return review.decide(self.world.deps, self._moderator(by), wish)

    def undoes(self, decision: Decision, by: Person) -> Decision:
        return review.undo(self.world.deps, self._moderator(by), decision.id)

    def appeals(self, comment: Comment, words: str = WORDS) -> Comment:
        return appeals.appeal(self.world.deps, comment.id, words)

    def appeal(self, comment: Comment) -> Appeal:
        found = review.dossier(self.world.deps, comment.site_id, comment.id).appeal
        assert found is not None
        return found

    def tab(self) -> list[Any]:
        here = [self.world.site.id]
        rows = desk.queue(self.world.deps, here, {"appealed": True}).rows
        assert desk.count(self.world.deps, here, {"appealed": True}) == len(rows)
        return [row["id"] for row in rows]

    def told(self, comment: Comment) -> list[str]:
        return [str(event["type"]) for event in self.world.events() if event["comment_id"] == comment.id]

    def _moderator(self, person: Person) -> Moderator:
        return Moderator(self.world.site.id, person.id, Actor.PERSON)


@pytest.fixture
def court(world: World) -> Court:
    return Court(world, hires(world, "Ada"), hires(world, "Bo"))


@pytest.mark.parametrize("action", [Action.REJECT, Action.SPAM])
def test_what_a_person_turned_down_is_appealed_once_and_waits_in_its_tab(court: Court, action: Action) -> None:
    comment = court.rejects(action=action)
    assert appeals.hearing(court.world.deps, comment).until is not None

    appealed = court.appeals(comment)

    assert (appealed.status, appealed.reasons) == (comment.status, comment.reasons)
    assert court.tab() == [comment.id]
    made = court.appeal(comment)
    assert words_of(court.world.deps, made) == WORDS
    assert (made.open, made.against_by) == (True, court.ada.id)
    assert made.against == court.world.log_of(comment)[-2].id
    assert court.told(comment)[-2:] == [f"comment.{comment.status}", "comment.appealed"]
    _agrees(court.world)


def test_the_same_words_count_once_and_others_are_told_that_there_was_an_appeal(court: Court) -> None:
    comment = court.rejects()
    first = court.appeals(comment)

    assert court.appeals(comment).version == first.version
    with pytest.raises(Conflict) as refused:
        court.appeals(comment, "Other words.")
    assert refused.value.code == "already-appealed"
    assert court.told(comment).count("comment.appealed") == 1


def test_what_policy_turned_down_is_appealed_and_anybody_decides_it(court: Court) -> None:
    comment = court.world.has("SPAM and nothing else.")
    assert comment.status is Status.SPAM
    court.appeals(comment)

    court.decides(comment, Action.APPROVE, court.ada)

    assert court.appeal(comment).outcome is Outcome.UPHELD
    assert court.tab() == []


def test_whoever_is_banned_appeals_all_the_same(court: Court) -> None:
    comment = court.rejects()
    owner, _ = people.create(court.world.deps, name="Cy", roles={court.world.site.id: Role.OWNER})
    bans.ban(court.world.deps, owner, comment.site_id, comment.id, BanWish(Effect.BAN, Mark.ADDRESS, "Shouts.", days=7))

    court.appeals(comment)

    assert court.tab() == [comment.id]


@pytest.mark.parametrize(
    ("action", "outcome"),
    [(Action.APPROVE, Outcome.UPHELD), (Action.REJECT, Outcome.REFUSED), (Action.SPAM, Outcome.REFUSED)],
)
def test_somebody_else_decides_it_by_an_ordinary_decision(court: Court, action: Action, outcome: Outcome) -> None:
    comment = court.rejects()
    court.appeals(comment)
    with pytest.raises(OwnDecision):
        court.decides(comment, action, court.ada)
    assert court.appeal(comment).open

    decided = court.decides(comment, action, court.bo)

    closed = court.appeal(comment)
    assert (closed.outcome, closed.decision_id, closed.decided_by) == (outcome, decided.id, court.bo.id)
    assert court.world.status_of(comment) is action.status
    assert court.tab() == []
    _agrees(court.world)


def test_where_nobody_else_is_active_one_decides_the_appeal_against_ones_own_decision(court: Court) -> None:
    comment = court.rejects()
    court.appeals(comment)
    people.disable(court.world.deps, court.bo)

    court.decides(comment, Action.REJECT, court.ada)

    assert court.appeal(comment).outcome is Outcome.REFUSED


def test_a_decision_on_what_was_seen_before_the_appeal_does_not_decide_it(court: Court) -> None:
    comment = court.rejects()
    court.appeals(comment)

    with pytest.raises(Stale):
        court.decides(comment, Action.REJECT, court.bo, seen=comment.version)
    assert court.appeal(comment).open


def test_undoing_the_decision_lets_the_appeal_wait_again(court: Court) -> None:
    comment = court.rejects()
    court.appeals(comment)
    decided = court.decides(comment, Action.APPROVE, court.bo)

    court.undoes(decided, court.bo)

    assert court.tab() == [comment.id]
    assert court.world.status_of(comment) is Status.REJECTED
    _agrees(court.world)
    court.decides(comment, Action.SPAM, court.bo)
    assert court.appeal(comment).outcome is Outcome.REFUSED


def test_who_brought_a_rejection_back_by_an_undo_did_not_make_it(court: Court) -> None:
    comment = court.rejects()
    court.undoes(court.decides(comment, Action.APPROVE, court.bo), court.bo)

    court.appeals(comment)

    made = court.appeal(comment)
    assert (made.against_by, made.against) == (court.ada.id, court.world.log_of(comment)[1].id)
    assert court.decides(comment, Action.REJECT, court.bo).status is Status.REJECTED


def test_holding_decides_nothing_and_taking_that_back_neither(court: Court) -> None:
    comment = court.rejects()
    court.appeals(comment)
    held = court.decides(comment, Action.HOLD, court.ada)
    assert court.tab() == [comment.id]

    court.undoes(held, court.ada)

    assert court.appeal(comment).open
    assert court.world.status_of(comment) is Status.REJECTED
    with pytest.raises(Conflict) as refused:
        court.undoes(court.world.log_of(comment)[-4], court.ada)
    assert refused.value.code == "newer-decision"


def test_the_appeal_itself_is_not_undone(court: Court) -> None:
    comment = court.rejects()
    court.appeals(comment)

    with pytest.raises(Conflict) as refused:
        court.undoes(court.world.log_of(comment)[-1], court.bo)
    assert refused.value.code == "not-undoable"


def test_only_what_was_turned_down_lately_is_appealed(court: Court) -> None:
    late, public = court.rejects(), court.world.has()
    court.world.clock.forward(days=14, seconds=1)

    for comment in (late, public):
        with pytest.raises(Conflict) as refused:
            court.appeals(comment)
        assert refused.value.code == "not-appealable"
        assert court.told(comment).count("comment.appealed") == 0


def test_a_decision_on_a_wave_leaves_alone_what_is_appealed(court: Court) -> None:
    alike = [court.world.has(ALIKE.format(number), thread=f"article-{number}") for number in range(3)]
    wave = court.world.look(alike[0]).wave
    assert wave is not None
    court.decides(alike[0], Action.REJECT, court.ada)
    court.appeals(alike[0])
    court.decides(alike[0], Action.HOLD, court.bo)

    wish = waves.Wish(wave, 0, court.world.deps.now(), Action.SPAM)
    done = waves.decide(court.world.deps, court.world.site.id, wish, court.ada)

    assert (done.done, done.more) == (2, False)
    assert [court.world.status_of(comment) for comment in alike] == [Status.HELD, Status.SPAM, Status.SPAM]
    assert court.tab() == [alike[0].id]


def test_who_decided_on_a_wave_decided_what_policy_turned_down_after_it(court: Court) -> None:
    alike = [court.world.has(ALIKE.format(number), thread=f"article-{number}") for number in range(2)]
    wave = court.world.look(alike[0]).wave
    assert wave is not None
    waves.decide(
        court.world.deps, court.world.site.id, waves.Wish(wave, 0, court.world.deps.now(), Action.SPAM), court.ada
    )
    later = court.world.has(ALIKE.format(9), thread="later")
    assert (later.status, court.world.log_of(later)[-1].by) == (Status.SPAM, Actor.POLICY)
    court.appeals(later)

    with pytest.raises(OwnDecision):
        court.decides(later, Action.APPROVE, court.ada)
    court.decides(later, Action.APPROVE, court.bo)
    assert court.appeal(later).outcome is Outcome.UPHELD


def test_an_appeal_that_is_upheld_counts_as_a_decision_that_was_turned(court: Court) -> None:
    upheld, refused = court.rejects(), court.rejects()
    for comment in (upheld, refused):
        court.appeals(comment)
    court.decides(upheld, Action.APPROVE, court.bo)
    court.decides(refused, Action.REJECT, court.bo)

    window = Window(court.world.clock() + timedelta(hours=1), 1, "UTC")
    found = statistics(court.world.deps, [court.world.site.id], window)

    works = {work.actor_id: work for work in found.people}
    assert (works[court.ada.id].overturned, works[court.bo.id].overturned) == (Share(1, 2), Share(0, 2))


def test_an_installation_may_take_no_appeals(world_with: Callable[..., World]) -> None:
    world = world_with(appeal_days=0)
    comment = world.has("SPAM and nothing else.")

    assert appeals.hearing(world.deps, comment).until is None
    with pytest.raises(Conflict):
        appeals.appeal(world.deps, comment.id, WORDS)


@pytest.mark.parametrize(("words", "code"), [("\u200b \u202e", "required"), ("x" * 1001, "too-long")])
def test_words_are_as_clean_as_those_of_a_comment(court: Court, words: str, code: str) -> None:
    comment = court.rejects()

    with pytest.raises(Invalid) as refused:
        court.appeals(comment, words)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/text", code)]

    court.appeals(comment, "\u202eA\u0300\x07 word\r\n\u2066more")
    assert words_of(court.world.deps, court.appeal(comment)) == "\u00c0 word\nmore"


def test_an_appeal_lapses_with_its_comment_and_its_words_go_with_the_text(court: Court) -> None:
    comment = court.rejects()
    court.appeals(comment)

    authors.withdraw(court.world.deps, comment.id)

    assert court.appeal(comment).outcome is Outcome.LAPSED
    assert court.tab() == []
    with court.world.deps.uow(None) as uow:
        assert uow.comments.forget_deleted(timedelta(days=-1), 10) == 1
        uow.commit()
    assert review.dossier(court.world.deps, comment.site_id, comment.id).appeal is None
    _agrees(court.world)


def test_another_text_that_passes_ends_the_appeal(court: Court) -> None:
    comment = court.world.has("SPAM and nothing else.")
    court.appeals(comment)

    authors.edit(court.world.deps, comment.id, "A calm remark in the place of that one.")
    assert court.appeal(comment).open
    court.world.scores()

    assert court.world.status_of(comment) is Status.APPROVED
    assert court.appeal(comment).outcome is Outcome.LAPSED
    _agrees(court.world)


def test_no_word_of_it_is_stored_where_it_can_be_read(court: Court) -> None:
    comment = court.rejects()
    court.appeals(comment)

    with court.world.deps.reading(None) as uow:
        (kept,) = uow.connection.execute(text("SELECT text FROM appeal")).scalars()  # type: ignore[attr-defined]
    assert b"company" not in bytes(kept)


def test_verification_finds_an_appeal_that_nobody_decided_on_what_is_public(court: Court) -> None:
    comment = court.rejects()
    court.appeals(comment)
    decided = court.decides(comment, Action.APPROVE, court.bo)
    assert decided.status is Status.APPROVED

    with court.world.deps.uow(None) as uow:
        uow.connection.execute(text("UPDATE appeal SET outcome = NULL, decision_id = NULL"))  # type: ignore[attr-defined]
        uow.commit()

    assert _broken(court.world) == {"what is appealed waits or was decided": [str(comment.id)]}


def _agrees(world: World) -> None:
    world.events()
    assert _broken(world) == {}


def _broken(world: World) -> dict[str, list[str]]:
    database = Database(world.settings.database_url)
    found = verification.broken(database) | chains.broken(database)
    database.engine.dispose()
    return {name: ids for name, ids in found.items() if ids}
