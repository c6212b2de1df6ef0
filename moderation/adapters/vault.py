"""Encrypting what must be readable later, and the one table of what is derived from the secret.

A sealed value is `version | key id | nonce | ciphertext`, with the site and the comment it belongs
to as associated data: moved to another row, it no longer opens. What belongs to a site itself is
sealed for the site's id in both places.
"""

import hashlib
import os
from collections.abc import Sequence
from enum import StrEnum
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from moderation.domain.errors import Unreadable

KEY_BYTES: Final = 32
SECRET_BYTES_MIN: Final = 16

_VERSION: Final = b"\x01"
_KEY_ID: Final = slice(1, 5)
_NONCE: Final = slice(5, 17)
_SEALED: Final = slice(17, None)


class Purpose(StrEnum):
    """Everything that has a key of its own, derived from the one secret; a value never changes once it is used."""

    FINGERPRINT = "fingerprint-pepper"
    DIGEST = "digest"
    RECEIPT = "receipt"
    FORM_TOKEN = "form-token"  # noqa: S105 - the name of a purpose.
    CURSOR = "cursor"
    PROOF = "proof-of-work"


def subkey(secret: bytes, purpose: Purpose) -> bytes:
    """Derive the 32 bytes of one purpose; knowing them tells nothing about the secret or another purpose."""
    if len(secret) < SECRET_BYTES_MIN:
        raise ValueError(f"A secret has at least {SECRET_BYTES_MIN} bytes.")
    info = f"lychgate/{purpose}".encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(secret)


class Vault:
    """Seals with the first key and opens with every one of them, so that keys can be rotated.

    Nonces are random, which is sound for some four thousand million values under one key.
    """

    __slots__ = ("_ciphers", "_writing")

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Take AES-256 keys, the one that writes first."""
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise ValueError(f"The vault needs at least one key, each of {KEY_BYTES} bytes.")
        self._ciphers = {_key_id(key): AESGCM(key) for key in keys}
        self._writing = _key_id(keys[0])

    def seal(self, plain: str, *, site_id: UUID, comment_id: UUID) -> bytes:
        """Encrypt a text for one comment; the same text never looks the same twice."""
        nonce = os.urandom(_NONCE.stop - _NONCE.start)
        cipher = self._ciphers[self._writing]
        return _VERSION + self._writing + nonce + cipher.encrypt(nonce, plain.encode(), _bond(site_id, comment_id))

    def open(self, sealed: bytes, *, site_id: UUID, comment_id: UUID) -> str:
        """Give the text back, or raise `Unreadable`, which says why and nothing of what is inside."""
        cipher = self._ciphers.get(sealed[_KEY_ID])
        if sealed[:1] != _VERSION or cipher is None:
            raise Unreadable("None of the encryption keys opens this; an earlier key may be missing.")
        try:
            return cipher.decrypt(sealed[_NONCE], sealed[_SEALED], _bond(site_id, comment_id)).decode()
        except (InvalidTag, ValueError):
            raise Unreadable("This was changed after it was sealed, or belongs to another comment.") from None


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()[:4]


def _bond(site_id: UUID, comment_id: UUID) -> bytes:
    return site_id.bytes + comment_id.bytes
