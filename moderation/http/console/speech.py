"""What the desk says, in the language of whoever looks: the one they chose, else their browser's, else English."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from typing import Final, TypeVar

from babel.numbers import format_decimal
from flask import g, has_request_context, request
from werkzeug.datastructures import LanguageAccept

from moderation.domain.sentence import Sentence
from moderation.http import words

MESSAGES: Final = Path(__file__).parent / "messages"
COUNTED: Final = re.compile(r"(.+): (\d+)\.")
Key = TypeVar("Key")


class Spoken(Mapping[Key, str]):
    """Marked sentences by what they stand for; each is said in the language of whoever asks when it is looked up."""

    def __init__(self, sentences: Mapping[Key, str]) -> None:
        """Keep the English sentences."""
        self._sentences = dict(sentences)

    def __getitem__(self, key: Key) -> str:
        """Say one."""
        return gettext(self._sentences[key])

    def __iter__(self) -> Iterator[Key]:
        """Give what there is a sentence for, in their order."""
        return iter(self._sentences)

    def __len__(self) -> int:
        """Count the sentences."""
        return len(self._sentences)


@cache
def translations(language: str) -> NullTranslations:
    """Give the desk's sentences in one language, read from its `.po` file once."""
    return words.read(MESSAGES, language)


def language() -> str:
    """Name the language of this request; English where there is none.

    Whoever came by a link from a mail and is not signed in reads the language of whom the mail was for.
    """
    if not has_request_context():
        return words.LANGUAGES[0]
    reader = g.get("person") or g.get("addressee")
    return words.language_of(reader.language if reader else None, request.accept_languages)


def gettext(sentence: str, **values: object) -> str:
    """Say a sentence, with its values filled in."""
    return Tongue(translations(language())).gettext(sentence, **values)


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """Say a sentence in the form that fits a number, which it may name as %(num)s."""
    return Tongue(translations(language())).ngettext(one, many, num, **values)


@dataclass(frozen=True, slots=True)
class Tongue:
    """Says the desk's sentences in one language, outside of any request."""

    said: NullTranslations

    def gettext(self, sentence: str, **values: object) -> str:
        """Say a sentence, with its values filled in."""
        said = self.said.gettext(sentence)
        return said % values if values else said

    def ngettext(self, one: str, many: str, num: int, **values: object) -> str:
        """Say a sentence in the form that fits a number, which it may name as %(num)s."""
        return self.said.ngettext(one, many, num) % {"num": num, **values}


def voice_of(language: str | None) -> Tongue:
    """Speak a language, or English where it is none of ours."""
    return Tongue(translations(words.language_of(language, LanguageAccept())))


def spoken(sentence: str) -> str:
    """Say what a service or a scorer says; a sentence that is not known stays as it is.

    What scorers counted was kept with the number filled in, at the end.
    """
    if isinstance(sentence, Sentence):
        return gettext(sentence.pattern, **sentence.values)
    if counted := COUNTED.fullmatch(sentence):
        pattern = f"{counted[1]}: %(count)s."
        return gettext(pattern, count=counted[2])
    return gettext(sentence) if sentence else ""


def decimal(value: float, form: str | None = None) -> str:
    """Write a number as it is written in the language of this request."""
    return format_decimal(value, format=form, locale=language())
