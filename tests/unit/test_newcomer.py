"""A simulated site: its figures come from what the learner of the service learns, and are drawn."""

from itertools import product

import numpy as np
import pytest

from moderation.adapters.scorers import MODELS
from moderation.adapters.scorers.learned.learner import Learner
from moderation.domain.signal import SPAM
from moderation.lab.curves import Curve, drawn
from moderation.lab.newcomer import STEPS, Newcomer, _mean, _round

ANIMALS = ("kangaroo", "pelican", "badger", "walrus", "ostrich", "beaver", "otter", "heron", "weasel", "magpie")
PLACES = ("bridge", "mill", "market", "station", "harbour", "museum", "library", "garden", "theatre", "stadium")
PEOPLE = ("uncle", "aunt", "cousin", "niece", "nephew", "sister", "brother", "father", "mother", "friend")


@pytest.fixture(scope="module")
def site() -> Newcomer:
    offers = [f"The {a} way made my {p} rich by the {w}" for a, p, w in product(ANIMALS, PEOPLE, PLACES[:3])]
    replies = [f"My {p} saw a {a} near the {w} today" for a, p, w in product(ANIMALS, PEOPLE, PLACES[:3])]
    texts, labels = [*offers, *replies], np.array([1.0] * len(offers) + [0.0] * len(replies))
    return Newcomer("village", SPAM, texts, np.full(len(texts), 0.2), labels)


def test_a_site_finds_more_with_every_step(site: Newcomer) -> None:
    found = _round(site, Learner(MODELS), np.random.default_rng(1))
    points = [_mean(site, decisions, [figures]) for decisions, figures in zip(STEPS, found, strict=True)]

    assert [point.decisions for point in points] == list(STEPS)
    assert (points[0].auc, points[0].adopted, points[0].found) == (0.5, 0, 0)
    assert points[-1].auc > 0.99
    assert (points[-1].adopted, points[-1].worst_auc) == (1, round(points[-1].auc - 0.5, 4))
    assert points[-1].found > 0.9
    assert points[-1].alarms < 0.05


def test_curves_are_drawn_with_their_names() -> None:
    picture = drawn([("Found & told", [Curve("one", [0, 0.5]), Curve("two", [1, 1])])], (0, 20))

    assert picture.startswith("<svg ")
    assert picture.count("<polyline") == 2
    assert "Found &amp; told" in picture
    assert [part for part in (">one<", ">two<", ">20<") if part not in picture] == []
