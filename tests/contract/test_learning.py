"""A site learns from its moderators: for itself alone, only what helps, and no longer than the text is there."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from fakes.scorers import obedient
from hearing import hear
from makers import ORIGIN, World
from sqlalchemy import delete, select, text, update
from tampering import unguard

from moderation.adapters.db.models import CommentRow, SiteModelRow, SiteRow
from moderation.domain.comment import Comment, Status, Submission
from moderation.domain.decision import Action, Decision
from moderation.domain.errors import Conflict
from moderation.domain.lesson import FIRST, Learnt, Lesson, ModelState, ModelVersion
from moderation.domain.signal import SPAM, Signal
from moderation.domain.site import Site
from moderation.services import authors, learning, review, sites, sweep
from moderation.services.ports import Learner, Remembered, SiteModel
from moderation.services.review import Moderator, Wish
from moderation.wiring import site_learner, starting_policy

OFFER = "My cousin earns a lot from home with the golden kangaroo method, number {} of many, ask me how it is done"
REPLY = "The council closed the bridge at the mill again, and bus {} has to take the long way round through the village"
PAIRS = FIRST // 2


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """An installation whose scorers find nothing in offers, and that learns."""
    with closing(World.at(database_url, scorers=obedient())) as world:
        yield replace(world, deps=replace(world.deps, learner=site_learner()))


def here(world: World, site: Site) -> World:
    return replace(world, site=site)


def teach(world: World, pairs: int = PAIRS, offer: str = OFFER, reply: str = REPLY) -> list[Comment]:
    """Let people call offers spam, and publish replies."""
    taught = []
    for number in range(pairs):
        for words in (offer, reply):
            world.count += 1
            taught.append(world.receives(words.format(number), thread=f"article-{world.count}"))
    world.scores()
    moderator = Moderator(world.site.id, world.deps.new_id())
    actions = [Action.SPAM, Action.APPROVE] * pairs
    wishes = [Wish(one.id, world.look(one).version, action) for one, action in zip(taught, actions, strict=True)]
    assert {type(made) for made in review.decide_many(world.deps, moderator, wishes)} == {Decision}
    return taught


def later(world: World, since: timedelta) -> None:
    """Let time go by for whoever learns."""
    with world.deps.uow(None) as uow:
        rows = uow.connection.execute(select(SiteRow.id, SiteRow.learning_until)).all()  # type: ignore[attr-defined]
        for site, until in rows:
            earlier = update(SiteRow).where(SiteRow.id == site).values(learning_until=until and until - since)
            uow.connection.execute(earlier)  # type: ignore[attr-defined]
        uow.commit()


def learns(world: World) -> ModelVersion | None:
    """Let workers learn what there is to learn, an hour later; give the newest version."""
    later(world, timedelta(hours=1))
    while learning.learn(world.deps):
        pass
    _, found = learning.versions(world.deps, world.site.id)
    return found[0] if found else None


def spam(world: World, words: str = OFFER.format("hundred")) -> Signal:
    """What is said of one more comment."""
    world.count += 1
    comment = world.has(words, thread=f"article-{world.count}")
    signals = review.dossier(world.deps, world.site.id, comment.id).signals
    return next(signal for signal in signals if signal.kind == SPAM)


def forgotten(world: World, comments: list[Comment]) -> None:
    """Let authors take comments back, and a day go by."""
    for comment in comments:
        authors.withdraw(world.deps, comment.id)
    with world.deps.uow(None) as uow:
        gone = update(CommentRow.__table__).where(CommentRow.id.in_([one.id for one in comments]))  # type: ignore[arg-type]
        uow.connection.execute(gone.values(deleted_at=world.clock() - timedelta(days=2)))  # type: ignore[attr-defined]
        uow.commit()
    assert sweep.purge_deleted(world.deps) == len(comments)


def states(world: World) -> list[ModelState]:
    """What became of each version, the newest first."""
    return [version.state for version in learning.versions(world.deps, world.site.id)[1]]


def in_its_place(world: World, model: bytes) -> World:
    """Keep other bytes for every version; give the installation with a worker that has read none of them."""
    with world.deps.uow(None) as uow:
        uow.connection.execute(update(SiteModelRow).values(model=model))  # type: ignore[attr-defined]
        uow.commit()
    return replace(world, deps=replace(world.deps, learner=site_learner()))


@dataclass
class Pupil:
    """A learner that does as it is told before it does what the real one does."""

    before: Callable[[], object] = lambda: None
    refuses: bool = False
    real: Learner = field(default_factory=site_learner)

    @property
    def mark(self) -> bytes:
        return self.real.mark

    def model(self, version: UUID, load: Callable[[], Remembered]) -> SiteModel:
        return self.real.model(version, load)

    def learn(self, lessons: Sequence[Lesson], used: object, unseen: Sequence[bool]) -> Learnt:
        self.before()
        learnt = self.real.learn(lessons, used, unseen)
        return replace(learnt, model=None) if self.refuses else learnt


def taught_by(world: World, **pupil: object) -> World:
    return replace(world, deps=replace(world.deps, learner=Pupil(**pupil)))  # type: ignore[arg-type]


def remembered(world: World) -> int:
    with world.deps.reading(None) as uow:
        return int(uow.connection.execute(text("SELECT count(*) FROM memory")).scalar_one())  # type: ignore[attr-defined]


def test_what_moderators_called_spam_is_found_here_and_nowhere_else(world: World) -> None:
    other = here(world, sites.create(world.deps, name="Other", origins=[ORIGIN], policy=starting_policy("default")))
    before = spam(world)
    teach(world)

    version = learns(world)

    assert version is not None
    assert (version.state, version.number, version.lessons) == (ModelState.ADOPTED, 1, 2 * PAIRS)
    assert learns(other) is None
    now = spam(world)
    assert now.value > before.value + 0.1
    assert (now.scorer, now.findings[-1].code) == ("obedient-spam+site-1", "site-like")
    assert spam(world, REPLY.format("hundred")).value <= before.value
    assert spam(other) == before


def test_nothing_is_learnt_from_policy_nor_from_few(world: World) -> None:
    for number in range(2 * FIRST):
        world.has(f"SPAM number {number}", thread=f"article-{number}")
    assert learns(world) is None

    teach(world, PAIRS - 1)

    assert learns(world) is None
    assert spam(world).scorer == "obedient-spam"


def test_what_does_no_better_is_refused_and_changes_nothing(world: World) -> None:
    teach(world, offer="SPAM, offer {}")

    version = learns(world)

    assert version is not None
    assert version.state is ModelState.REFUSED
    assert version.figures["spam"]["decisions"] == 2 * PAIRS
    assert spam(world).scorer == "obedient-spam"
    assert remembered(world) == 0


def test_learning_again_waits_for_decisions_and_is_done_by_one(world: World) -> None:
    teach(world)
    assert learns(world) is not None

    assert learning.learn(world.deps) == 0
    teach(world, PAIRS - 1)
    learns(world)
    with world.deps.uow(None) as uow:
        taken = [uow.learned.claim(world.site.id, timedelta(minutes=1)) for _ in range(2)]

    assert [version.number for version in learning.versions(world.deps, world.site.id)[1]] == [1]
    assert taken == [True, False]


def test_a_site_goes_back_to_the_version_before_and_then_to_the_scorers_alone(world: World) -> None:
    teach(world)
    first = learns(world)
    teach(world, 2 * PAIRS, offer="Win a caravan in our great raffle of the year, ticket {} is waiting for you here")
    second = learns(world)
    assert first is not None
    assert second is not None
    assert (second.number, second.state) == (2, ModelState.ADOPTED)
    assert spam(world).scorer == "obedient-spam+site-2"

    assert learning.roll_back(world.deps, world.site.id) == first
    assert spam(world).scorer == "obedient-spam+site-1"
    assert learning.roll_back(world.deps, world.site.id) is None
    assert spam(world).scorer == "obedient-spam"
    with pytest.raises(Conflict):
        learning.roll_back(world.deps, world.site.id)
    assert states(world) == [ModelState.WITHDRAWN, ModelState.WITHDRAWN]


def test_going_back_goes_back_to_what_people_said_then(world: World) -> None:
    taught = teach(world)
    learns(world)
    then = spam(world)
    moderator = Moderator(world.site.id, world.deps.new_id())
    actions = [Action.APPROVE, Action.SPAM] * PAIRS  # They change their minds about every one of them.
    wishes = [Wish(one.id, world.look(one).version, action) for one, action in zip(taught, actions, strict=True)]
    review.decide_many(world.deps, moderator, wishes)
    second = learns(world)
    assert second is not None
    assert (second.number, second.state) == (2, ModelState.ADOPTED)
    assert spam(world).value < then.value

    learning.roll_back(world.deps, world.site.id)

    anew = replace(world, deps=replace(world.deps, learner=site_learner()))
    assert spam(anew) == then


@pytest.mark.parametrize("marked", [False, True], ids=["other-weights", "broken"])
def test_a_version_that_means_nothing_here_counts_as_none_and_is_learnt_anew(
    world: World,
    marked: bool,  # noqa: FBT001 (a case)
) -> None:
    teach(world)
    learns(world)
    upgraded = in_its_place(world, (site_learner().mark if marked else b"") + b"and nothing that anybody can read")

    assert spam(upgraded).scorer == "obedient-spam"

    anew = learns(upgraded)
    assert anew is not None
    assert (anew.number, anew.state) == (2, ModelState.ADOPTED)
    assert spam(upgraded).scorer == "obedient-spam+site-2"
    assert states(upgraded) == [ModelState.ADOPTED, ModelState.OUTDATED]


def test_what_is_in_use_on_other_weights_goes_though_nothing_better_is_learnt(world: World) -> None:
    teach(world)
    learns(world)
    upgraded = taught_by(in_its_place(world, b"another mark, and whatever it marks"), refuses=True)

    learns(upgraded)

    assert states(upgraded) == [ModelState.REFUSED, ModelState.OUTDATED]
    assert learning.learn(upgraded.deps) == 0


def test_what_is_in_use_and_erased_is_learnt_anew_though_a_later_version_was_refused(world: World) -> None:
    taught = teach(world, PAIRS + 1)
    learns(world)
    teach(world)
    learns(taught_by(world, refuses=True))
    assert states(world) == [ModelState.REFUSED, ModelState.ADOPTED]

    forgotten(world, taught[:1])

    assert learning.learn(world.deps) == 1
    assert states(world) == [ModelState.ADOPTED, ModelState.REFUSED, ModelState.ERASED]
    assert learning.learn(world.deps) == 0


def test_learning_that_fails_rests_for_half_an_hour(world: World) -> None:
    teach(world)
    failing = taught_by(world, before=lambda: 1 / 0)

    assert learning.learn(failing.deps) == 1
    later(world, timedelta(minutes=29))
    assert learning.learn(world.deps) == 0
    later(world, timedelta(minutes=2))
    assert learning.learn(world.deps) == 1

    assert states(world) == [ModelState.ADOPTED]


def test_whoever_goes_back_while_it_is_learnt_is_not_overruled(world: World) -> None:
    teach(world)
    learns(world)
    teach(world)

    learning.learn(taught_by(world, before=partial(learning.roll_back, world.deps, world.site.id)).deps)

    assert states(world) == [ModelState.WITHDRAWN]
    assert learning.versions(world.deps, world.site.id)[0] is None


def test_batches_hold_no_more_characters_than_scorers_have_time_for(world: World) -> None:
    taught = teach(world, offer=OFFER + " money" * 1500)
    scorer, lengths = obedient()[SPAM], []

    class Measured:
        kind, name, patience = scorer.kind, scorer.name, scorer.patience

        @staticmethod
        def look_at(submissions: Sequence[Submission]) -> list[Signal | None]:
            lengths.append(sum(len(one.text) for one in submissions))
            return scorer.look_at(submissions)

    learns(replace(world, deps=replace(world.deps, scorers={SPAM: Measured})))  # type: ignore[dict-item]

    assert sum(lengths) == sum(len(one.text) for one in taught)
    assert len(lengths) > 1
    assert max(lengths) <= learning.CHARACTERS


def test_what_an_author_takes_back_is_no_longer_remembered_and_the_rest_is_learnt_anew(world: World) -> None:
    taught = teach(world, PAIRS + 1)
    learns(world)
    assert remembered(world) == len(taught)

    forgotten(world, taught[:1])

    assert remembered(world) == len(taught) - 1
    assert spam(world).scorer == "obedient-spam"
    anew = learns(world)
    assert anew is not None
    assert (anew.number, anew.state, anew.lessons) == (2, ModelState.ADOPTED, len(taught) - 1)
    assert spam(world).scorer == "obedient-spam+site-2"
    assert states(world) == [ModelState.ADOPTED, ModelState.ERASED]


def test_an_edit_takes_along_what_was_learnt_from_the_old_words(world: World) -> None:
    taught = teach(world, PAIRS + 1)
    learns(world)

    authors.edit(world.deps, taught[1].id, "The bridge is open again.")

    assert remembered(world) == len(taught) - 1
    assert learning.versions(world.deps, world.site.id)[0] is None


def test_a_comment_that_goes_takes_its_vector_along(world: World) -> None:
    taught = teach(world)
    learns(world)
    with world.deps.uow(None) as uow:
        unguard(uow.connection)  # type: ignore[attr-defined]
        for name in ("once", "event", "decision"):
            uow.connection.execute(text(f"DELETE FROM {name}"))  # type: ignore[attr-defined]  # noqa: S608
        uow.connection.execute(delete(CommentRow).where(CommentRow.id == taught[0].id))  # type: ignore[attr-defined]
        uow.commit()

    assert remembered(world) == len(taught) - 1


def test_a_text_that_goes_while_it_is_learnt_from_leaves_nothing(world: World) -> None:
    taught = teach(world)

    assert learning.learn(taught_by(world, before=partial(authors.withdraw, world.deps, taught[0].id)).deps) == 1

    assert learning.versions(world.deps, world.site.id) == (None, [])
    assert remembered(world) == 0


def test_turning_it_off_erases_what_was_learnt_and_on_begins_anew(world: World) -> None:
    teach(world)
    learns(world)

    sites.change(world.deps, world.site.id, learn=False)
    assert (learning.versions(world.deps, world.site.id), remembered(world)) == ((None, []), 0)
    assert learns(world) is None

    sites.change(world.deps, world.site.id, learn=True)
    version = learns(world)
    assert version is not None
    assert version.number == 1


def test_a_decision_that_is_undone_teaches_nothing(world: World) -> None:
    taught = teach(world, PAIRS + 1)
    decision = world.log_of(taught[0])[-1]
    review.undo(world.deps, Moderator(world.site.id, world.deps.new_id()), decision.id)

    version = learns(world)

    assert version is not None
    assert version.lessons == len(taught) - 1


def test_a_site_that_learnt_nothing_costs_no_statement_more(world: World) -> None:
    world.receives(REPLY.format(1))
    heard = hear(world, partial(world.scores, SPAM))

    assert [said for said, _ in heard if "site_model" in said or "memory" in said] == []
    assert world.status_of(world.has(REPLY.format(2), thread="article-2")) is Status.APPROVED
