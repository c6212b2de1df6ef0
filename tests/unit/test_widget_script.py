"""The widget's script: what it weighs, what it never does, and its words in every language."""

import json
import re
from gzip import compress

import pytest

from moderation.http.embed.script import LANGUAGES, PARTS, current

BUDGET = 12_000
PLACES = re.compile(r"{(\w+)}")
ENGLISH = json.loads(current().words["en"])


def places(said: str | dict[str, str]) -> set[str]:
    return set(PLACES.findall(said)) if isinstance(said, str) else set()


def test_a_reader_fetches_at_most_twelve_kilobytes() -> None:
    words = max(len(compress(said, mtime=0)) for said in current().words.values())

    assert len(current().packed) + words <= BUDGET


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_every_sentence_is_there_in_every_language(language: str) -> None:
    said = json.loads(current().words[language])

    assert said.keys() == ENGLISH.keys()
    assert all(said.values())
    assert {name for name in said if places(said[name]) != places(ENGLISH[name])} == set()
    assert "other" in said["count"]


def test_the_script_says_nothing_that_is_not_translated() -> None:
    asked = set(re.findall(r'(?:say|tell)\("([\w-]+)"', current().body.decode()))

    assert len(asked) > 20
    assert asked - ENGLISH.keys() == set()


def test_the_script_writes_no_style_no_cookie_and_no_html_but_the_servers() -> None:
    source = current().body.decode()

    assert len(PARTS) == len(set(PARTS))
    assert not re.search(
        r"\bcookie\b|\beval\b|\.style\b|\.cssText\b|insertAdjacentHTML|outerHTML|document\.write", source
    )
    assert re.findall(r"(\w+)\.innerHTML\b([^;}]*)", source) == [("place", "=policy.createHTML(html)")]
