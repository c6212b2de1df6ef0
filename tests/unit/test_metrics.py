"""Metrics: by examples that can be worked out by hand."""

import numpy as np
import pytest

from moderation.lab import metrics
from moderation.lab.evaluation import Labelled, evaluate, kept_under_attack
from moderation.lab.plot import drawn


def numbers(*values: float) -> metrics.Floats:
    return np.array(values, float)


def test_the_area_counts_how_often_a_positive_is_above_a_negative() -> None:
    assert metrics.auc(numbers(0.9, 0.4, 0.6, 0.1), numbers(1, 1, 0, 0)) == pytest.approx(0.75)
    assert metrics.auc(numbers(0.5, 0.5), numbers(1, 0)) == pytest.approx(0.5)
    assert np.isnan(metrics.auc(numbers(0.5, 0.6), numbers(1, 1)))


def test_recall_at_one_per_cent_lets_one_negative_in_a_hundred_through() -> None:
    negatives = [place / 200 for place in range(100)]
    scores = numbers(*negatives, 0.485, 0.4945, 0.9)
    labels = numbers(*[0.0] * 100, 1, 1, 1)
    assert metrics.recall_at(scores, labels) == pytest.approx(2 / 3)
    assert metrics.recall_at(scores, labels, 0.0) == pytest.approx(1 / 3)


def test_precision_and_recall_at_a_threshold() -> None:
    assert metrics.precision_recall(numbers(0.9, 0.8, 0.3), numbers(1, 0, 1), 0.5) == (0.5, 0.5)


def test_the_calibration_error_is_how_far_what_is_said_lies_from_what_comes() -> None:
    assert metrics.calibration_error(numbers(0.8, 0.8, 0.8, 0.8, 0.8), numbers(1, 1, 1, 1, 0)) == pytest.approx(0)
    assert metrics.calibration_error(numbers(0.9, 0.9), numbers(0, 0)) == pytest.approx(0.9)


def test_naming_a_group_is_seen_to_raise_the_score() -> None:
    scores, labels = numbers(0.8, 0.7, 0.6), numbers(0, 1, 1)
    assert metrics.bpsn_auc(scores, labels, np.array([True, False, False])) == 0.0


def test_each_part_has_a_line_of_its_own() -> None:
    rows = [
        Labelled("you fool", {"toxicity": 1.0}, "en", "here"),
        Labelled("thank you", {"toxicity": 0.0}, "en", "here"),
        Labelled("danke", {"toxicity": 0.0}, "de", "there"),
        Labelled("who knows", {}, "fr", "there"),
    ]
    lines = evaluate(rows, {"toxicity": numbers(0.9, 0.1, 0.2, 0.5), "spam": numbers(0, 0, 0, 0)})
    assert [(line.question, line.texts, line.rows) for line in lines] == [
        ("toxicity", "all", 3),
        ("toxicity", "language de", 1),
        ("toxicity", "language en", 2),
        ("toxicity", "source here", 2),
        ("toxicity", "source there", 1),
    ]
    assert lines[0].auc == 1.0
    assert lines[1].document()["auc"] is None


def test_what_is_kept_under_attack_is_a_share_of_what_was_found() -> None:
    rows = [Labelled("you silly fool", {"toxicity": 1.0}), Labelled("thank you all", {"toxicity": 0.0})]

    def literal(texts: list[str]) -> dict[str, metrics.Floats]:
        return {"toxicity": numbers(*(float("fool" in text) for text in texts))}

    kept = kept_under_attack(rows, literal, "toxicity")  # type: ignore[arg-type]
    assert len(kept) == 10
    assert kept["full-width"] == (0.0, 0.0)


def test_a_picture_has_a_bar_for_each_part_and_a_tick_for_who_is_named() -> None:
    rows = [
        Labelled(f"{word} women, {place}", {"toxicity": float(word == "Damn")}, source="here")
        for word in ("Damn", "Dear")
        for place in range(30)
    ]
    scores = {"toxicity": numbers(*[0.9] * 25, *[0.2] * 10, *[0.1] * 25)}

    picture = drawn("toxicity", rows, scores, evaluate(rows, scores))

    assert picture.count('class="bar"') == 4
    assert "names women (60)" in picture
    assert picture.count('class="tick"') == 0  # Nobody is toxic without naming them, so nothing can be said.

    others = [*rows, *[Labelled(f"Damn you, {place}", {"toxicity": 1.0}, source="here") for place in range(30)]]
    scores = {"toxicity": np.append(scores["toxicity"], np.full(30, 0.9))}
    picture = drawn("toxicity", others, scores, evaluate(others, scores))

    assert picture.count('class="tick"') == 1
    assert "BPSN 1.000" in picture
