"""Languages: certain where there is enough to go by, and English where there is not."""

import pytest

from moderation.adapters.scorers.language import LISTENED, SCORED, Guess, Languages
from moderation.domain.fold import fold


@pytest.fixture(scope="module")
def languages() -> Languages:
    return Languages()


def guess(languages: Languages, text: str, hint: str | None = None) -> Guess:
    return languages.guess(text, fold(text).text, hint=hint)


ENGLISH = [
    "Lovely photos!",
    "Great article, thanks",
    "lol",
    "ok",
    "nice pics bro",
    "LOVELY PHOTOS FROM THE VALLEY",
    "I read this twice and sent it to my sister, who used to live there.",
    "lоvеlу рhоtоs frоm thе vаllеу оf thе kings",  # noqa: RUF001 (lookalikes)
    "𝓵𝓸𝓿𝓮𝓵𝔂 𝓹𝓱𝓸𝓽𝓸𝓼 𝓯𝓻𝓸𝓶 𝓽𝓱𝓮 𝓿𝓪𝓵𝓵𝓮𝔂",  # noqa: RUF001 (fancy letters)
    "Is the μ in μm a letter?",
]
OTHERS = [
    ("Kiitos paljon hienosta kirjoituksesta, tykkäsin kovasti", "fi"),
    ("Dzięki za świetny artykuł, bardzo mi się podobał", "pl"),
    ("Das ist ein wirklich schöner Artikel, vielen Dank dafür", "de"),
    ("Спасибо за статью, очень понравилось", "ru"),
    ("да", "ru"),
    ("とても良い記事でした", "ja"),
    ("좋은 글 감사합니다", "ko"),
    ("这篇文章写得很好", "zh"),
    ("مقال رائع شكرا لكم", "ar"),
    ("यह लेख बहुत अच्छा है", "hi"),
    ("ขอบคุณครับ", "th"),
    ("מאמר נהדר תודה", "he"),
    ("Πολύ ωραίο άρθρο", "el"),
    ("ძალიან კარგი სტატიაა", "und"),
]


@pytest.mark.parametrize("text", ENGLISH)
def test_english_is_scored_however_short(languages: Languages, text: str) -> None:
    found = guess(languages, text)

    assert found.language == "en"
    assert not found.is_unscored


@pytest.mark.parametrize(("text", "language"), OTHERS)
def test_another_language_is_recognised_where_there_is_enough(languages: Languages, text: str, language: str) -> None:
    found = guess(languages, text)

    assert found.language == language
    assert found.is_unscored


@pytest.mark.parametrize("text", ["Schöne Fotos!", "hijo de puta", "merci beaucoup", "Du bist ein Arschloch"])
def test_a_short_text_is_never_surely_foreign_but_heard_in_several_languages(languages: Languages, text: str) -> None:
    found = guess(languages, text)

    assert not found.is_unscored
    assert len(found.plausible) > 1


@pytest.mark.parametrize("text", ["", "123", "👍👍👍", "...", "http://"[:0], "\ud800"])
def test_a_text_without_letters_has_no_language_and_needs_none(languages: Languages, text: str) -> None:
    assert guess(languages, text) == Guess("und", 0.0)


def test_foreign_script_behind_much_english_is_still_foreign(languages: Languages) -> None:
    text = "This is a perfectly ordinary sentence about nothing much. " * 20 + "Но это уже совсем другое предложение"  # noqa: RUF001 (Russian)

    assert guess(languages, text).is_unscored


def test_a_hint_decides_where_the_text_says_too_little(languages: Languages) -> None:
    assert guess(languages, "Mahtavaa!", hint="fi-FI").is_unscored
    assert not guess(languages, "Mahtavaa!", hint="en").is_unscored


def test_a_hint_does_not_overrule_what_the_text_says(languages: Languages) -> None:
    text = "Kiitos paljon hienosta kirjoituksesta, tykkäsin kovasti"

    assert guess(languages, text, hint="en").is_unscored


def test_what_is_scored_is_listened_to() -> None:
    assert SCORED <= LISTENED
