"""Learning from decisions: what a site's people say is said of what is alike, within bounds, and of nothing else."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
import pytest

from moderation.adapters.scorers import MODELS
from moderation.adapters.scorers.learned.bags import WIDTH, bags, vectors
from moderation.adapters.scorers.learned.fitting import BOUND, FARTHEST, GRAMS, NOTHING, residual, shift
from moderation.adapters.scorers.learned.learner import Learner
from moderation.adapters.scorers.learned.memory import LIKE, LOUDEST, Memory
from moderation.adapters.scorers.learned.model import DETAILS, FIRM, LearnedModel, Part, read, written
from moderation.adapters.scorers.trained import linear
from moderation.adapters.scorers.trained.blend import logit
from moderation.adapters.scorers.trained.linear import Linear
from moderation.domain.comment import Status, Submission
from moderation.domain.lesson import FIRST, Learnt, Lesson, OtherWeights, Unreadable, enough
from moderation.domain.signal import SPAM, TOXICITY, Finding, Signal
from moderation.services.ports import Remembered

OFFERS = [
    f"{greeting}, the {animal} method made my {relative} rich from home, ask me"
    for greeting in ("Hello", "Dear all", "Friends")
    for animal in ("kangaroo", "pelican", "badger", "walrus", "ostrich")
    for relative in ("uncle", "aunt", "cousin", "niece")
]
REPLIES = [
    f"The {place} was {state} when we walked there on {day}"
    for place in ("bridge", "mill", "market", "station", "harbour")
    for state in ("closed", "crowded", "flooded", "empty")
    for day in ("Monday", "Friday", "Sunday")
]


@pytest.fixture(scope="module")
def tier() -> Linear:
    return linear.read(MODELS)


@pytest.fixture(scope="module")
def learner() -> Learner:
    return Learner(MODELS)


def lessons(offers: Sequence[str], replies: Sequence[str], value: float = 0.1) -> list[Lesson]:
    """Offers that people called spam and replies that they published, in turn; to the scorer all are the same."""
    said = [(one, Status.SPAM) for one in offers] + [(one, Status.APPROVED) for one in replies]
    return [Lesson(UUID(int=place), Submission(text), word, {SPAM: value}) for place, (text, word) in enumerate(said)]


def model_of(learner: Learner, learnt: Learnt) -> LearnedModel:
    assert learnt.model is not None
    return kept(learner, learnt.model, learnt.vectors)


def asked(model: LearnedModel, text: str, value: float = 0.1, *findings: str) -> Signal:
    before = Signal(SPAM, value, "scorer-1", tuple(Finding(code, "It is.") for code in findings))
    (signal,) = model.adjusted(SPAM, [Submission(text)], [before])
    assert signal is not None
    return signal


def test_what_is_like_what_people_called_spam_rises_and_the_rest_does_not(learner: Learner) -> None:
    taught = lessons(OFFERS[:30], REPLIES[:30])
    model = model_of(learner, learner.learn(taught, None, [True] * 60))

    offer, reply = asked(model, OFFERS[-1]), asked(model, REPLIES[-1])

    assert offer.value > 0.5
    assert reply.value <= 0.1
    assert offer.scorer == "scorer-1+site-7"
    assert offer.findings == (Finding("site-like", DETAILS[SPAM]),)
    assert reply.findings == ()


def test_what_the_owner_lists_is_not_talked_down(learner: Learner) -> None:
    taught = lessons(OFFERS[:30], REPLIES[:30])
    model = model_of(learner, learner.learn(taught, None, [True] * 60))

    assert asked(model, REPLIES[-1], 0.9).value < 0.9
    for code in FIRM:
        assert asked(model, REPLIES[-1], 0.9, code).value == pytest.approx(0.9)


@pytest.mark.parametrize("short", [FIRST - 1, 2])
def test_too_few_decisions_or_too_few_of_a_kind_teach_nothing(learner: Learner, short: int) -> None:
    offers = OFFERS[:2] if short == 2 else OFFERS[: FIRST // 2]
    replies = REPLIES[:40] if short == 2 else REPLIES[: FIRST // 2 - 1]

    learnt = learner.learn(lessons(offers, replies), None, [True] * (len(offers) + len(replies)))

    assert learnt.model is None
    assert "learnt" not in learnt.figures[SPAM]


def test_words_by_chance_are_refused(learner: Learner) -> None:
    mixed = [*OFFERS[:20], *REPLIES[:20]]
    chance = np.random.default_rng(3).permutation(40)
    taught = lessons([mixed[place] for place in chance[:20]], [mixed[place] for place in chance[20:]], value=0.5)

    learnt = learner.learn(taught, None, [True] * 40)

    assert learnt.model is None
    assert learnt.figures[SPAM]["sound"] is False


def test_a_version_in_use_gives_way_only_to_what_does_better_on_what_it_has_not_seen(learner: Learner) -> None:
    taught = lessons(OFFERS[:20], REPLIES[:20])
    used = model_of(learner, learner.learn(taught, None, [True] * 40))
    few = lessons(OFFERS[:4], REPLIES[:16])
    unseen = [place in {1, 2, 6, 7, 8} for place in range(20)]

    learnt = learner.learn(few, used, unseen)

    assert learnt.figures[SPAM]["unseen"] == 5
    assert learnt.figures[SPAM]["new"]["loss"] > learnt.figures[SPAM]["used"]["loss"]
    assert learnt.model is None


def test_the_same_decisions_teach_the_same_bytes(learner: Learner) -> None:
    taught = lessons(OFFERS[:25], REPLIES[:25])

    one, other = (learner.learn(taught, None, [True] * 50) for _ in range(2))

    assert one == other


def test_what_was_learnt_survives_being_written_and_is_small(learner: Learner) -> None:
    learnt = learner.learn(lessons(OFFERS, REPLIES), None, [True] * (len(OFFERS) + len(REPLIES)))
    assert learnt.model is not None
    parts, words = read(learnt.model.removeprefix(learner.mark))

    again, said = read(written(parts, words))
    assert again.keys() == parts.keys() == {SPAM}
    assert said[SPAM].tolist() == words[SPAM].tolist() == [1] * len(OFFERS) + [-1] * len(REPLIES)
    assert 0 < len(parts[SPAM].residual.numbers) <= GRAMS
    assert len(learnt.model) < 50_000
    assert {len(vector) for vector in learnt.vectors} == {WIDTH}


def kept(learner: Learner, model: bytes, vectors: Sequence[bytes]) -> LearnedModel:
    return learner.model(uuid4(), lambda: Remembered(7, model, vectors))


def test_what_was_learnt_on_other_weights_or_is_broken_is_never_used(learner: Learner, tmp_path: Path) -> None:
    learnt = learner.learn(lessons(OFFERS[:30], REPLIES[:30]), None, [True] * 60)
    assert learnt.model is not None
    (tmp_path / "linear.npy").write_bytes(b"other weights")

    with pytest.raises(OtherWeights):
        kept(Learner(tmp_path), learnt.model, learnt.vectors)
    for model in (learnt.model[:-40], learner.mark, learner.mark + b"x" * 1000):
        with pytest.raises(Unreadable):
            kept(learner, model, learnt.vectors)
    for short in (learnt.vectors[1:], [b"short", *learnt.vectors[1:]]):
        with pytest.raises(Unreadable):
            kept(learner, learnt.model, short)


def test_no_part_adds_more_than_its_bound(tier: Linear) -> None:
    loud = Part(100.0)
    found = bags(tier, ["Anything."])
    nobody = Memory(np.zeros((0, WIDTH), np.int8), np.zeros(0, np.float32))

    assert loud.added(found, vectors(found), nobody)[1].tolist() == [BOUND]
    assert shift(np.full(500, -6.0), np.ones(500)) == pytest.approx(FARTHEST, abs=1e-4)


def test_a_shift_is_found_and_drawn_towards_nothing() -> None:
    base = np.full(100, logit(0.1))
    targets = (np.arange(100) < 30).astype(np.float32)

    assert 1.2 < shift(base, targets) < logit(0.3) - logit(0.1)


def test_texts_that_say_nearly_the_same_are_near_and_others_are_not(tier: Linear) -> None:
    one, other, far, nothing = vectors(bags(tier, [OFFERS[0], OFFERS[1], REPLIES[0], ""])).astype(float)

    def nearness(first: object, second: object) -> float:
        return float(np.dot(first, second) / np.linalg.norm(first) / np.linalg.norm(second))  # type: ignore[arg-type, call-overload]

    assert nearness(one, other) > 0.6
    assert nearness(one, far) < LIKE
    assert not nothing.any()


def test_neighbours_are_heard_by_how_near_they_are_and_never_oneself(tier: Linear) -> None:
    known = vectors(bags(tier, [OFFERS[0], REPLIES[0]]))
    memory = Memory(known, np.array([1, -1], np.float32))

    alike, unlike, empty = memory.votes(vectors(bags(tier, [OFFERS[1], "Ja, das sehe ich ganz genauso.", ""])))
    alone = memory.votes(known, np.eye(2, dtype=np.bool_))

    assert 0 < alike < LOUDEST
    assert unlike == empty == 0
    assert alone.tolist() == [0, 0]


def test_weights_of_grams_are_learnt_from_those_that_teach_alone(tier: Linear) -> None:
    found = bags(tier, [*OFFERS[:10], *REPLIES[:10]])
    targets = np.array([1] * 10 + [0] * 10, np.float32)

    learnt = residual(found, np.zeros(20, np.float32), targets, np.ones(20, np.float32)).logits(found)
    nothing = residual(found, np.zeros(20, np.float32), targets, np.zeros(20, np.float32))

    assert learnt[:10].min() > 0 > learnt[10:].max()
    assert nothing is NOTHING


def test_another_kind_and_what_was_not_said_stay_as_they_are(learner: Learner) -> None:
    taught = lessons(OFFERS[:30], REPLIES[:30])
    model = model_of(learner, learner.learn(taught, None, [True] * 60))
    harm = Signal(TOXICITY, 0.2, "scorer-2")

    assert model.adjusted(TOXICITY, [Submission(OFFERS[0])], [harm]) == [harm]
    assert model.adjusted(SPAM, [Submission(OFFERS[0])], [None]) == [None]


def test_more_is_learnt_after_twenty_decisions_and_then_after_a_tenth_more() -> None:
    assert [enough(before) for before in (0, 50, 200, 400, 1000)] == [20, 20, 20, 40, 100]
