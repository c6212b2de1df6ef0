"""Development comments: what is measured on end to end is mixed alike each time, and nothing was fitted on it."""

from collections import Counter

import pytest
from corpora import small

from moderation.domain.label import Label, Labels
from moderation.lab import development
from moderation.lab.corpora import Row
from moderation.lab.training import is_blended_on


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    return development.comments(small(tmp_path_factory.mktemp("development") / "data"), 2026)


def test_only_what_nothing_was_fitted_on_and_what_is_no_template_is_given(rows: list[Row]) -> None:
    assert rows
    assert {row.split for row in rows} == {"dev"}
    assert not [row for row in rows if is_blended_on(row.text) or row.group]


def test_what_people_wrote_to_each_other_is_no_spam_and_of_the_rest_nothing_is_assumed(rows: list[Row]) -> None:
    said = {(row.source, row.text.split()[0], development.labels_of(row)) for row in rows}

    assert ("jigsaw_balanced", "you", Labels(spam=False, toxic=True)) in said
    assert ("x", "dummer", Labels(spam=None, toxic=True)) in said
    assert ("sms_spam", "buy", Labels(spam=True, toxic=None)) in said


def test_a_mixture_is_the_same_each_time_and_has_of_each_label_what_it_should() -> None:
    spoken = [Row(f"Reply {place}", {"toxicity": float(place % 2)}, "cad_reddit", "dev") for place in range(400)]
    sold = [Row(f"Offer {place}", {"spam": 1.0}, "sms_spam", "dev") for place in range(10)]

    drawn = development.mixed([*spoken, *sold], 100, 1)

    labels = Counter(development.labels_of(row).label for row in drawn)
    assert labels == {Label.CLEAN: 50, Label.TOXIC: 25, Label.SPAM: 10}
    assert drawn == development.mixed([*spoken, *sold], 100, 1)
    assert len({row.text for row in drawn}) == len(drawn)
