"""Passkeys: for which addresses there are any, what a challenge is good for, and what they count."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from moderation.domain.passkey import Challenge, Passkey, Purpose, RelyingParty

NOW = datetime(2026, 11, 27, tzinfo=UTC)
ADA, EVE = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("address", "party"),
    [
        ("https://desk.example", ("desk.example", "https://desk.example")),
        ("https://Desk.Example:443", ("desk.example", "https://desk.example")),
        ("https://desk.example:8443", ("desk.example", "https://desk.example:8443")),
        ("http://localhost:8080", ("localhost", "http://localhost:8080")),
        ("http://localhost", ("localhost", "http://localhost")),
        ("http://desk.example", None),
        ("http://127.0.0.1:8080", None),
        ("https://192.0.2.7", None),
        ("https://[2001:db8::1]", None),
        ("https://b\u00fccher.example", None),
    ],
)
def test_passkeys_are_for_names_by_https_and_for_localhost(address: str, party: tuple[str, str] | None) -> None:
    found = RelyingParty.at(address)

    assert (found and (found.host, found.origin)) == party


@pytest.mark.parametrize(
    ("purpose", "person_id", "seconds", "stands"),
    [
        (Purpose.SECOND, ADA, 0, True),
        (Purpose.SECOND, ADA, 299, True),
        (Purpose.SECOND, ADA, 300, False),
        (Purpose.SECOND, ADA, -1, False),
        (Purpose.SECOND, EVE, 0, False),
        (Purpose.SECOND, None, 0, False),
        (Purpose.AGAIN, ADA, 0, False),
        (Purpose.SIGN_IN, None, 0, False),
    ],
)
def test_a_challenge_stands_for_one_purpose_and_person_for_five_minutes(
    purpose: Purpose, person_id: UUID | None, seconds: int, *, stands: bool
) -> None:
    challenge = Challenge(b"octets", Purpose.SECOND, NOW, ADA)

    assert challenge.stands(purpose, person_id, NOW + timedelta(seconds=seconds)) is stands


@pytest.mark.parametrize(
    ("before", "now", "ahead"), [(0, 0, True), (0, 1, True), (1, 2, True), (1, 1, False), (2, 1, False), (1, 0, False)]
)
def test_a_key_counts_on_or_not_at_all(before: int, now: int, *, ahead: bool) -> None:
    passkey = Passkey(ADA, ADA, b"id", b"key", before, (), "phone", NOW)

    assert passkey.is_ahead(now) is ahead
