"""What a site's own scorer may be called, and what it may answer."""

import json
from typing import Any

import pytest

from moderation.adapters.scorers.answer import WrongAnswer, read_answer
from moderation.domain.remote import parse_url
from moderation.domain.text import Unfit

FOUND = {"code": "outsider", "detail": "Promises money.", "spans": [[0, 4], [5, 9]]}
SEEN: dict[str, Any] = {"value": 0.5, "findings": [FOUND], "attributes": {"irony": 1}}


def read(*signals: Any, **others: Any) -> Any:
    return read_answer(json.dumps({"signals": signals, **others}).encode(), ["123456789"])


def test_a_sound_answer_is_a_signal() -> None:
    (signal,) = read(SEEN, scorer="outsider-1")

    assert (signal.kind, signal.value, signal.scorer) == ("remote", 0.5, "outsider-1")
    assert [(each.code, each.detail) for each in signal.findings] == [("outsider", "Promises money.")]
    assert (signal.spans, signal.attributes) == (((0, 4), (5, 9)), {"irony": 1.0})


def test_the_least_that_can_be_said_is_a_value() -> None:
    (signal,) = read({"value": 1})

    assert (signal.value, signal.scorer, signal.findings, signal.attributes) == (1.0, "remote", (), {})


def test_no_value_abstains() -> None:
    assert read({"value": None}) == [None]


def test_a_sentence_is_cleaned_before_people_see_it() -> None:
    (signal,) = read(SEEN | {"findings": [FOUND | {"detail": "Promises\u202e\n money."}]})

    assert signal.findings[0].detail == "Promises money."


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"null", b"\xff", b"<html>", b'{"signals": [{"value": NaN}]}', b"[" * 5000, b'{"signals": []}'],
)
def test_what_is_no_answer_is_a_failure(content: bytes) -> None:
    with pytest.raises(WrongAnswer):
        read_answer(content, ["123456789"])


@pytest.mark.parametrize(
    "changed",
    [
        *({"value": value} for value in (-0.1, 1.1, "0.5", True, [], 1e400)),
        {"findings": [FOUND] * 21},
        *({"findings": [FOUND | {"code": code}]} for code in ("", "Outsider", "c" * 65, "a b", "a\n", 1)),
        *({"findings": [FOUND | {"detail": detail}]} for detail in ("", "d" * 201, "\u200b", "a\0b", None)),
        *({"findings": [FOUND | {"spans": [span]}]} for span in ([0, 10], [4, 4], [5, 4], [-1, 2], [0], [0, 1.5])),
        {"findings": [FOUND | {"spans": [[0, 1]] * 201}]},
        {"findings": [FOUND | {"more": 1}]},
        *({"attributes": {name: 0.5}} for name in ("", "Irony", "i" * 65, "a\0")),
        *({"attributes": {"irony": value}} for value in (2, None, "1")),
        {"attributes": {f"a{number}": 0.5 for number in range(21)}},
        {"language": "en"},
    ],
    ids=lambda changed: json.dumps(changed)[:60],
)
def test_what_is_out_of_bounds_is_a_failure(changed: dict[str, Any]) -> None:
    with pytest.raises(WrongAnswer):
        read(SEEN | changed)


@pytest.mark.parametrize("scorer", ["", "s" * 65, "a b", None, 1])
def test_a_scorer_that_cannot_be_named_is_a_failure(scorer: Any) -> None:
    with pytest.raises(WrongAnswer):
        read(SEEN, scorer=scorer)


def test_nothing_of_a_wrong_answer_is_in_the_failure() -> None:
    with pytest.raises(WrongAnswer) as raised:
        read({"value": "a private thought"})

    assert "private" not in f"{raised.value!r} {raised.value.__cause__!r}"
    assert raised.value.__suppress_context__


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://scorer.example/score?site=1", "https://scorer.example/score?site=1"),
        (" https://scorer.example ", "https://scorer.example/"),
        ("HTTPS://scorer.example:8443/a", "https://scorer.example:8443/a"),
        ("http://127.0.0.1:9000/score", "http://127.0.0.1:9000/score"),
        ("http://[::1]:9000/score", "http://[::1]:9000/score"),
    ],
)
def test_an_address_of_a_scorer(typed: str, kept: str) -> None:
    assert parse_url(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        *("", "scorer.example", "ftp://scorer.example/", "file:///etc/passwd", "https://", "https:///score"),
        *("https://ann:secret@scorer.example/", "https://scorer.example/#top", "https://scorer.example/a b"),
        *("https://b\u00fccher.example/", "https://scorer.example:0/", "https://scorer.example:99999/"),
        *("https://scorer.example\\@evil.example/", "https://sc\norer.example/", "https://[::1/", "https://a..b/"),
        "https://scorer.example/" + "a" * 2000,
    ],
)
def test_what_is_no_address_of_a_scorer(typed: str) -> None:
    with pytest.raises(Unfit):
        parse_url(typed)
