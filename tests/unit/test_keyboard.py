"""Keys at the desk: what may be chosen, and what is said of what may not."""

import pytest

from moderation.domain.errors import Invalid
from moderation.domain.keyboard import USUAL, Verb, keyboard, parse_keyboard


def test_only_what_is_not_as_usual_is_kept() -> None:
    chosen = parse_keyboard({**USUAL, "approve": " A ", "next": "ö", "search": "²"})

    assert chosen == {"approve": "a", "next": "ö", "search": "²"}
    assert keyboard(chosen) == {**USUAL, Verb.APPROVE: "a", Verb.NEXT: "ö", Verb.SEARCH: "²"}
    assert parse_keyboard({}) == {}


def test_two_keys_may_change_places() -> None:
    assert parse_keyboard({"approve": "d", "reject": "f"}) == {"approve": "d", "reject": "f"}


@pytest.mark.parametrize(
    ("typed", "pointer", "code"),
    [
        ({"approve": "ab"}, "/approve", "no-key"),
        ({"approve": ""}, "/approve", "no-key"),
        ({"approve": "\N{ZERO WIDTH SPACE}"}, "/approve", "no-key"),
        ({"approve": "1"}, "/approve", "digit"),
        ({"hold": "f"}, "/hold", "key-taken"),
    ],
)
def test_what_no_key_types_or_another_has_is_refused(typed: dict[str, str], pointer: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_keyboard(typed)

    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [(pointer, code)]
