"""The public lists of obscene words: fifteen languages, each held against texts of its own alone."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from moderation.adapters.scorers.language import LISTENED
from moderation.adapters.scorers.obscene import LANGUAGES, listed, words_in
from moderation.domain.comment import Comment, Status
from moderation.domain.observation import Past, observe
from moderation.domain.policy import Policy, parse_policy

ASKING = parse_policy('[[rules]]\ncode = "obscene-words"\nsignal = "obscene-words"\nat_least = 1\noutcome = "held"\n')
NOT_ASKING = replace(ASKING, rules=())
NOW = datetime(2026, 11, 24, tzinfo=UTC)
NOBODY = UUID(int=1)


def comment(text: str, language: str | None) -> Comment:
    return Comment(
        NOBODY, NOBODY, NOBODY, "t", None, 0, Status.PENDING, 1, 1, 1, "Ann", text, NOW, NOW, language=language
    )


def kinds(text: str, language: str | None, policy: Policy = ASKING) -> set[str]:
    return {signal.kind for signal in observe(comment(text, language), policy, Past(), words_in)}


def test_there_are_fifteen_languages_and_ours_are_among_them() -> None:
    assert len(LANGUAGES) == 15
    assert LISTENED <= LANGUAGES


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_each_list_is_read_and_found_in_a_text_of_its_language(language: str) -> None:
    entries = list(listed(language))
    found = [entry for entry in entries if words_in(language).spans(f"« {entry} »")]

    assert len(entries) >= 20
    assert len(found) >= 0.95 * len(entries)
    assert "obscene-words" in kinds(entries[-1], f"{language}-XX")


def test_a_word_of_one_language_is_innocent_in_another() -> None:
    [entry, *_] = [entry for entry in listed("sv") if not words_in("en").spans(entry)]

    assert "obscene-words" in kinds(entry, "sv")
    assert "obscene-words" not in kinds(entry, "en")
    assert "obscene-words" not in kinds(entry, None)
    assert "obscene-words" not in kinds(entry, "xx")


def test_the_list_is_read_only_where_a_rule_asks_for_it() -> None:
    [entry, *_] = listed("sv")

    assert "obscene-words" not in kinds(entry, "sv", NOT_ASKING)


def test_where_words_are_not_parted_by_blanks_they_are_found_inside() -> None:
    entry = max(listed("ja"), key=lambda one: (" " not in one, len(one)))
    text = f"これは{entry}です"

    assert [text[slice(*span)] for span in words_in("ja").spans(text) if text[slice(*span)] == entry] == [entry]
