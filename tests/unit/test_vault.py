"""What is sealed opens for its own comment, under every key that is kept, and for nothing else."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.adapters.vault import Purpose, Unreadable, Vault, subkey

OLD, NEW = b"o" * 32, b"n" * 32
SITE, COMMENT = UUID(int=1), UUID(int=2)
PLAIN = "ann@example.com"


def sealed_with(*keys: bytes) -> bytes:
    return Vault(keys).seal(PLAIN, site_id=SITE, comment_id=COMMENT)


@given(st.text())
def test_what_is_sealed_opens_again(plain: str) -> None:
    vault = Vault([NEW])

    sealed = vault.seal(plain, site_id=SITE, comment_id=COMMENT)

    assert vault.open(sealed, site_id=SITE, comment_id=COMMENT) == plain


def test_the_sealed_value_says_its_format_and_key_and_nothing_else() -> None:
    first, second = sealed_with(NEW), sealed_with(NEW)

    assert first[0] == 1
    assert first[1:5] == second[1:5] != sealed_with(OLD)[1:5]
    assert first[5:17] != second[5:17]
    assert len(first) == 1 + 4 + 12 + len(PLAIN) + 16
    assert PLAIN.encode() not in first


def test_the_first_key_writes_and_all_keys_read() -> None:
    rotated = Vault([NEW, OLD])

    assert rotated.open(sealed_with(OLD), site_id=SITE, comment_id=COMMENT) == PLAIN
    assert Vault([NEW]).open(sealed_with(NEW, OLD), site_id=SITE, comment_id=COMMENT) == PLAIN
    with pytest.raises(Unreadable, match="earlier key"):
        Vault([NEW]).open(sealed_with(OLD), site_id=SITE, comment_id=COMMENT)


@pytest.mark.parametrize(("site", "comment"), [(UUID(int=9), COMMENT), (SITE, UUID(int=9)), (COMMENT, SITE)])
def test_it_does_not_open_for_another_comment_or_site(site: UUID, comment: UUID) -> None:
    with pytest.raises(Unreadable, match="belongs to another"):
        Vault([NEW]).open(sealed_with(NEW), site_id=site, comment_id=comment)


@pytest.mark.parametrize("place", range(1 + 4 + 12 + len(PLAIN) + 16))
def test_no_octet_can_be_changed(place: int) -> None:
    sealed = bytearray(sealed_with(NEW))
    sealed[place] ^= 1

    with pytest.raises(Unreadable) as refused:
        Vault([NEW]).open(bytes(sealed), site_id=SITE, comment_id=COMMENT)
    assert "ann" not in str(refused.value)


@pytest.mark.parametrize("length", [0, 1, 5, 16, 17, 20, 32])
def test_a_torn_value_is_refused(length: int) -> None:
    with pytest.raises(Unreadable):
        Vault([NEW]).open(sealed_with(NEW)[:length], site_id=SITE, comment_id=COMMENT)


@pytest.mark.parametrize("keys", [[], [b"short"], [NEW, b"x" * 31]])
def test_keys_of_another_length_are_refused_at_once(keys: list[bytes]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Vault(keys)


def test_every_purpose_has_a_key_of_its_own() -> None:
    keys = {subkey(secret, purpose) for purpose in Purpose for secret in (OLD, NEW)}

    assert len(keys) == 2 * len(Purpose)
    assert subkey(OLD, Purpose.RECEIPT) == subkey(OLD, Purpose.RECEIPT)
    with pytest.raises(ValueError, match="16 bytes"):
        subkey(b"short", Purpose.RECEIPT)
