"""What people type is kept as they meant it, without what nobody types on purpose."""
# ruff: noqa: RUF001  # Letters that look like others are what this is about.

import unicodedata

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.text import (
    NAME_MAX,
    TEXT_MAX,
    WEBSITE_MAX,
    Unfit,
    clean_line,
    clean_name,
    clean_text,
    clean_website,
)

TRICKY = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
        st.sampled_from(
            "e\u0301\u0300\u0344\u200b\u200c\u200d\u202e\u2066\ufeff\ufe0f\r\n\t \u00a0\u2028\U000e0041\U0001f3f4"
        ),
    ),
    max_size=60,
)

UNSEEN = "\u200b"
"""Is not ASCII and leaves no trace: what it stands beside is cleaned the long way."""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ann  Smith ", "Ann Smith"),
        ("Ann\r\nSmith\tJr", "Ann Smith Jr"),
        ("Ann\x07\x1b[31m", "Ann[31m"),
        ("Ann\u202egnp.exe\u2066", "Anngnp.exe"),
        ("A\u200bn\u200dn\ufeff\u2060\u00ad", "Ann"),
        ("Zoe\u0308", "Zoë"),
        ("Z" + "\u0336" * 40, "Z" + "\u0336" * 4),
        ("علی\u200cرضا", "علیرضا"),
        ("\u200f\u061cדוד", "דוד"),
        ("\u3164\u115f\u2800", ""),
        ("\u200b \u200d", ""),
        ("😀", "😀"),
    ],
)
def test_a_name_is_one_visible_line(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("one\r\ntwo\rthree\n", "one\ntwo\nthree"),
        ("a\tb", "a\tb"),
        ("a\x01b\x7f", "ab"),
        ("a\x85b\x9f", "ab"),
        ("evil\u202etxt.exe\u202c \u2067x\u2069", "eviltxt.exe x"),
        ("f\u200du\u200bc\u200ck", "fuck"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥"),
        (
            "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
            "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        ),
        ("hi\U000e0068\U000e0069", "hi"),
        ("e" + "\u0301\u0302\u0303" * 10, "é\u0302\u0303\u0301"),
        ("\u200e שלום", "\u200e שלום"),
        ("\u200e\u3164\n", ""),
        (" \n\t ", ""),
        ("café", "café"),
        ("cafe\u0301", "café"),
    ],
)
def test_a_text_keeps_its_lines_and_loses_its_tricks(typed: str, kept: str) -> None:
    assert clean_text(typed) == kept


@pytest.mark.parametrize("clean", [clean_name, clean_text, clean_website])
@pytest.mark.parametrize(
    ("typed", "code"), [("a\0b", "nul-character"), ("a\ud83d", "lone-surrogate"), ("\udc00", "lone-surrogate")]
)
def test_what_no_database_keeps_is_a_fault(clean: object, typed: str, code: str) -> None:
    assert callable(clean)
    with pytest.raises(Unfit) as refused:
        clean(typed)

    assert refused.value.code == code


def test_limits_count_characters_after_cleaning() -> None:
    assert len(clean_name("😀" * NAME_MAX + "  ")) == NAME_MAX
    assert len(clean_text("a\r\n" * (TEXT_MAX // 2))) == TEXT_MAX - 1
    assert len(clean_line("x" * 300, limit=300)) == 300
    for clean, limit in ((clean_name, NAME_MAX), (clean_text, TEXT_MAX), (clean_website, WEBSITE_MAX)):
        with pytest.raises(Unfit) as refused:
            clean("x" * (limit + 1))
        assert refused.value.code == "too-long"


@given(TRICKY)
def test_cleaning_twice_changes_nothing_more(typed: str) -> None:
    for clean in (clean_name, clean_text):
        once = clean(typed)
        assert clean(once) == once


@given(
    st.one_of(st.text(st.characters(max_codepoint=127, exclude_characters="\0")), st.text("a "), st.text("a \t\r\n"))
)
def test_plain_ascii_takes_a_short_way_to_what_the_long_way_gives(typed: str) -> None:
    for clean in (clean_name, clean_text):
        assert clean(typed) == clean(f"{typed}{UNSEEN}") == clean(f"{UNSEEN}{typed}")


@given(TRICKY)
def test_what_is_kept_is_composed_and_holds_no_control(typed: str) -> None:
    for cleaned in (clean_name(typed), clean_text(typed)):
        assert unicodedata.is_normalized("NFC", cleaned)
        assert not regex.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|[\p{Mn}\p{Me}]{5}", cleaned)
    assert not regex.search(r"[\n\t]|  |\p{Default_Ignorable_Code_Point}", clean_name(typed))


def test_endless_marks_cost_no_endless_time() -> None:
    assert len(clean_text("a" + "\u0315\u0300\u0327" * 40_000)) <= 5


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("example.com", "https://example.com"),
        (" HTTP://Example.COM:80/A?b=C#d ", "http://example.com/A?b=C#d"),
        ("//example.com/a", "https://example.com/a"),
        ("example.com:8080/x", "https://example.com:8080/x"),
        ("https://example.com.:443/", "https://example.com/"),
        ("https://münchen.de/straße", "https://xn--mnchen-3ya.de/straße"),
        ("https://аррӏе.com", "https://xn--80ak6aa92e.com"),
        ("https://example.com/\"onload='x'<b>", "https://example.com/%22onload=%27x%27%3Cb%3E"),
        ("", None),
        ("  ", None),
    ],
)
def test_a_website_is_a_plain_web_address(typed: str, kept: str | None) -> None:
    assert clean_website(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "javascript:1",
        "\x01javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "mailto:ann@example.com",
        "ftp://example.com",
        "https:example.com",
        "http://",
        "http:///path",
        "https://ann@example.com",
        "ann:pass@example.com",
        "https://example.com\\@evil.example",
        "https://exa\u202emple.com",
        "https://example.com/a b",
        "localhost",
        "http://127.0.0.1",
        "http://0x7f.1",
        "http://[::1]/",
        "http://[example.com",
        "http://example.com:99999",
        "http://example.com:0",
        "http://example.com:x",
        "http://a..b.com",
        "http://-a.com",
        "just words",
    ],
)
def test_what_is_no_website_is_refused_without_being_repeated(typed: str) -> None:
    with pytest.raises(Unfit) as refused:
        clean_website(typed)

    assert refused.value.code == "website-invalid"
    assert typed not in refused.value.detail


@given(st.text(max_size=80))
def test_any_website_is_kept_plainly_or_refused(typed: str) -> None:
    try:
        kept = clean_website(typed)
    except Unfit:
        return
    assert kept is None or (kept.startswith(("https://", "http://")) and not set(kept) & set("<>\"'`\\ \t\n"))
    assert kept is None or clean_website(kept) == kept
