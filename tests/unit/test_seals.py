"""What was handed out is recognised when it comes back, and what was not, is not."""

import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.adapters.seals import Seals
from moderation.domain.comment import FormToken
from moderation.domain.privacy import SecretEmail
from moderation.services.ports import FormReading

OLD, NEW = b"old secret, 32 bytes long. ......", b"new secret, 32 bytes long. ......"
SITE, OTHER_SITE, COMMENT = UUID(int=1), UUID(int=2), UUID(int=3)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PAGE = "post-42"


@pytest.fixture
def seals() -> Seals:
    return Seals([NEW])


def altered(text: str, place: int) -> str:
    return text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]


def read(seals: Seals, token: str, *, after: timedelta, thread: str = PAGE, site: UUID = SITE) -> FormReading:
    return seals.read_form_token(token, site, thread, NOW + after)


def test_a_receipt_names_its_comment(seals: Seals) -> None:
    receipt = seals.receipt(COMMENT)

    assert seals.read_receipt(receipt) == COMMENT
    assert seals.receipt(COMMENT) == receipt
    assert set(receipt) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_no_sign_of_a_receipt_can_be_changed(seals: Seals) -> None:
    receipt = seals.receipt(COMMENT)

    assert not any(seals.read_receipt(altered(receipt, place)) for place in range(len(receipt)))


@pytest.mark.parametrize(
    "made_up", ["", "x", "é" * 64, "A" * 64, "A" * 10_000, "=", "\ud800", "AB CD", "....", "A" * 63 + "\n"]
)
def test_what_is_no_receipt_is_nobodys(seals: Seals, made_up: str) -> None:
    assert seals.read_receipt(made_up) is None


def test_a_receipt_is_spelled_in_one_way_only(seals: Seals) -> None:
    receipt = seals.receipt(COMMENT)

    for other in (f"{receipt}=", f"{receipt}====", f" {receipt}", f"{receipt}\n", f"{receipt[:8]}!{receipt[8:]}"):
        assert seals.read_receipt(other) is None


@pytest.mark.parametrize(
    ("after", "state"),
    [
        (timedelta(seconds=-30), FormToken.YOUNG),
        (timedelta(0), FormToken.YOUNG),
        (timedelta(seconds=2, milliseconds=999), FormToken.YOUNG),
        (timedelta(seconds=3), FormToken.SOUND),
        (timedelta(hours=24), FormToken.SOUND),
        (timedelta(hours=24, milliseconds=1), FormToken.UNSOUND),
        (timedelta(days=400), FormToken.UNSOUND),
    ],
)
def test_a_form_says_how_long_it_was_open(seals: Seals, after: timedelta, state: FormToken) -> None:
    reading = read(seals, seals.form_token(SITE, PAGE, NOW), after=after)

    assert reading.state is state
    assert reading.age == pytest.approx(max(after.total_seconds(), 0))


def test_each_showing_of_a_form_has_its_nonce(seals: Seals) -> None:
    minute = timedelta(minutes=1)
    one, two = (seals.form_token(SITE, PAGE, NOW) for _ in range(2))

    assert read(seals, one, after=minute).nonce == read(seals, one, after=2 * minute).nonce
    assert read(seals, one, after=minute).nonce != read(seals, two, after=minute).nonce


def test_a_form_belongs_to_its_page_and_site(seals: Seals) -> None:
    minute = timedelta(minutes=1)
    token, anywhere = seals.form_token(SITE, PAGE, NOW), seals.form_token(SITE, "", NOW)

    assert read(seals, token, after=minute, thread="post-43") == FormReading(FormToken.UNSOUND)
    assert read(seals, token, after=minute, thread="") == FormReading(FormToken.UNSOUND)
    assert read(seals, token, after=minute, site=OTHER_SITE) == FormReading(FormToken.UNSOUND)
    assert read(seals, anywhere, after=minute).state is FormToken.SOUND
    assert read(seals, anywhere, after=minute, site=OTHER_SITE) == FormReading(FormToken.UNSOUND)


def test_a_form_token_that_is_missing_or_made_up_is_told_apart(seals: Seals) -> None:
    token = seals.form_token(SITE, PAGE, NOW)

    assert read(seals, "", after=timedelta(0)) == FormReading(FormToken.ABSENT)
    assert read(seals, token, after=timedelta(0), thread="\ud800") == FormReading(FormToken.UNSOUND)
    for made_up in ("x", "é", "\ud800", "A" * len(token), seals.receipt(COMMENT), f"{token}AAAA"):
        assert read(seals, made_up, after=timedelta(0)) == FormReading(FormToken.UNSOUND)
    for place in range(len(token)):
        assert read(seals, altered(token, place), after=timedelta(minutes=1)) == FormReading(FormToken.UNSOUND)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_cursor_comes_back_as_it_was_signed(payload: str) -> None:
    seals = Seals([NEW])

    assert seals.read_cursor(seals.sign_cursor(payload, "queue"), "queue") == payload


def test_a_cursor_is_good_for_its_list_alone(seals: Seals) -> None:
    cursor = seals.sign_cursor("2026-11-23|7", "queue")

    attempts = [(cursor, "events"), ("", "queue"), (f"{cursor}A", "queue"), ("\ud800", "queue")]
    attempts += [(altered(cursor, place), "queue") for place in range(len(cursor))]
    unsigned = base64.urlsafe_b64encode(b"2026-11-23|7").decode()
    for forged, purpose in [*attempts, (unsigned, "queue")]:
        with pytest.raises(ValueError, match="start without one") as refused:
            seals.read_cursor(forged, purpose)
        assert getattr(refused.value, "code", "") == "cursor-invalid"


def test_a_rotated_secret_still_verifies_what_the_old_one_signed() -> None:
    old, rotated = Seals([OLD]), Seals([NEW, OLD])

    assert rotated.read_receipt(old.receipt(COMMENT)) == COMMENT
    assert rotated.read_cursor(old.sign_cursor("7", "queue"), "queue") == "7"
    assert read(rotated, old.form_token(SITE, PAGE, NOW), after=timedelta(minutes=1)).state is FormToken.SOUND
    assert Seals([NEW]).read_receipt(rotated.receipt(COMMENT)) == COMMENT
    assert Seals([NEW]).read_receipt(old.receipt(COMMENT)) is None


def test_fingerprints_outlive_a_rotation() -> None:
    ann = SecretEmail.parse("ann@example.com")
    old, rotated = Seals([OLD]), Seals([NEW, OLD])

    assert rotated.fingerprint(SITE, ann) == old.fingerprint(SITE, ann)
    assert rotated.digest("text", "Hello") == old.digest("text", "Hello")
    assert old.fingerprint(SITE, ann) != old.fingerprint(OTHER_SITE, ann)


def test_a_digest_keeps_purposes_and_parts_apart(seals: Seals) -> None:
    digests = {
        seals.digest("text", "ab", "c"),
        seals.digest("text", "a", "bc"),
        seals.digest("text", "abc"),
        seals.digest("flag", "abc"),
        Seals([OLD]).digest("text", "abc"),
    }

    assert len(digests) == 5
    assert seals.digest("text", "abc") == seals.digest("text", b"abc")
    assert all(len(digest) == 32 for digest in digests)


@pytest.mark.parametrize("secrets", [[], [b"short"], [NEW, b"short"]])
def test_a_weak_secret_is_refused_at_once(secrets: list[bytes]) -> None:
    with pytest.raises(ValueError, match="secret"):
        Seals(secrets)
