"""What is kept of a receiver's answer holds no secret of the request, however it is spelled."""

import json
from html import escape
from urllib.parse import quote

import pytest

from moderation.adapters.couriers import MASK, _as_text

SECRET = 'Bearer of/the"newsroom+1'
SPELLINGS = {
    "plain": str,
    "json": json.dumps,
    "json-of-php": lambda word: json.dumps(word).replace("/", r"\/"),
    "html": escape,
    "address": quote,
    "without-its-scheme": lambda word: word.removeprefix("Bearer "),
}


@pytest.mark.parametrize("spelled", SPELLINGS.values(), ids=SPELLINGS)
def test_a_secret_is_masked(spelled: object) -> None:
    assert callable(spelled)
    kept = _as_text(f"You sent {spelled(SECRET)}, thank you.".encode(), [SECRET])

    assert "newsroom" not in kept
    assert MASK in kept
    assert kept.endswith(", thank you.")


def test_a_secret_across_the_cut_is_masked_before_it_is_cut() -> None:
    kept = _as_text(b"a" * 990 + SECRET.encode() + b"b" * 100, [SECRET])

    assert (len(kept), "Bear" in kept) == (1000, False)


def test_a_signing_secret_is_masked_with_and_without_its_mark_and_short_words_stay() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    assert _as_text(f"{secret} {secret[6:]} 1 desk".encode(), [secret, "1", "desk"]) == f"{MASK} {MASK} 1 desk"
