"""Every sentence that people read on our pages is there in every language."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from werkzeug.datastructures import LanguageAccept

from moderation.domain.errors import Fault
from moderation.http import words

HTTP = Path(words.__file__).parent
OTHERS = [language for language in words.LANGUAGES if language != "en"]
PLACES = re.compile(r"%\((\w+)\)s")


def sentences() -> Iterator[str]:
    """Give every sentence that is marked in code or stands in a template."""
    desk = [("console/**.py", "ignore"), ("templates/console/**.html", "ignore")]  # Has words of its own.
    readers = [*desk, ("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
    options = {"templates/**.html": {"newstyle_gettext": "true"}}
    keywords = {"marked": None, "_": None, "gettext": None, "ngettext": (1, 2)}
    for _, _, message, _, _ in extract_from_dir(HTTP, readers, options, keywords):
        yield from [message] if isinstance(message, str) else message[:1]


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_translated_and_none_is_left_over(language: str) -> None:
    with (words.MESSAGES / f"{language}.po").open("rb") as file:
        catalog = read_po(file, locale=language, abort_invalid=True)

    known = {message.id if isinstance(message.id, str) else message.id[0] for message in catalog if message.id}

    assert known == set(sentences())
    assert [message.id for message in catalog if message.id and (message.fuzzy or not all(message.string))] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_places_of_its_sentence(language: str) -> None:
    translated = {sentence: words.say(language, sentence) for sentence in sentences()}

    wrong = [said for said, there in translated.items() if set(PLACES.findall(said)) != set(PLACES.findall(there))]

    assert wrong == []


@pytest.mark.parametrize(
    ("asked", "accepted", "chosen"),
    [
        ("de", "fr", "de"),
        ("de-AT", "", "de"),
        ("FR", "", "fr"),
        ("nl", "es;q=0.5, fr;q=0.9", "fr"),
        (None, "es-MX", "es"),
        (None, "de-CH,fr;q=0.5", "de"),
        (None, "fr;q=0.5, de-CH", "de"),
        (None, "de-CH;q=0, fr-CA;q=0.1", "fr"),
        (None, "zh-Hant-TW, *;q=0.5", "en"),
        ("", "nl, pt", "en"),
        ("../../etc", "", "en"),
    ],
)
def test_the_form_chooses_its_language_before_the_browser(asked: str | None, accepted: str, chosen: str) -> None:
    header = [(part.partition(";q=")[0].strip(), float(part.partition(";q=")[2] or 1)) for part in accepted.split(",")]

    assert words.language_of(asked, LanguageAccept(header)) == chosen


def test_a_fault_says_its_limit_in_the_forms_language() -> None:
    too_long = Fault("/name", "too-long", "Use at most 245 characters.")

    assert words.fault_sentence("de", too_long) == "Bitte verwenden Sie höchstens 245 Zeichen."
    assert words.fault_sentence("en", too_long) == "Use at most 245 characters."


def test_a_fault_without_a_sentence_of_ours_keeps_its_own() -> None:
    assert words.fault_sentence("fr", Fault("/name", "brand-new", "Do this.")) == "Do this."


def test_a_refusal_without_a_sentence_of_ours_is_still_said() -> None:
    assert words.refusal_sentence("es", "brand-new", None) == words.say("es", words.REFUSED)
    assert "Moment" not in words.refusal_sentence("fr", "temporarily-unavailable", "2")
