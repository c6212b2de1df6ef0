"""Signs and fingerprints: what we hand out and recognise when it comes back, each purpose with a key of its own.

The first secret signs and all of them verify, so that a secret can be rotated. Fingerprints and
digests are compared with stored ones, so they stay with the last secret, the oldest that is kept.
"""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from moderation.adapters.vault import Purpose, subkey
from moderation.domain import likeness, privacy
from moderation.domain.comment import FormToken
from moderation.domain.privacy import SecretEmail
from moderation.domain.text import Unfit
from moderation.services.ports import FormReading

YOUNG: Final = timedelta(seconds=3)
"""Nobody reads a page and writes a reply in less."""
OLD: Final = timedelta(hours=24)

FEW_LETTERS: Final = 60
"""Shorter texts are alike by chance: everybody says thanks."""

_MAC_BYTES: Final = 32
_ID_BYTES: Final = 16
_SKETCH_KEY_BYTES: Final = 16
_WHEN_BYTES: Final = 8
_NONCE_BYTES: Final = 12
_FORM_BYTES: Final = _WHEN_BYTES + _NONCE_BYTES + _MAC_BYTES


class Seals:
    """Makes receipts, form tokens, cursors and fingerprints, and tells its own from others'."""

    __slots__ = ("_digest", "_pepper", "_signing")

    def __init__(self, secrets: Sequence[bytes]) -> None:
        """Take the secrets, the one that signs first and the oldest that is kept last."""
        if not secrets:
            raise ValueError("At least one secret is needed.")
        self._signing = {purpose: [subkey(secret, purpose) for secret in secrets] for purpose in Purpose}
        self._pepper = self._signing[Purpose.FINGERPRINT][-1]
        self._digest = self._signing[Purpose.DIGEST][-1]

    def receipt(self, comment_id: UUID) -> str:
        """Give what its author proves a comment to be theirs with; the same each time it is asked for."""
        return _written(comment_id.bytes + self._sign(Purpose.RECEIPT, comment_id.bytes))

    def read_receipt(self, receipt: str) -> UUID | None:
        """Tell which comment a receipt is for; None if it is none of ours."""
        octets = _read(receipt)
        if len(octets) != _ID_BYTES + _MAC_BYTES:
            return None
        named, mac = octets[:_ID_BYTES], octets[_ID_BYTES:]
        return UUID(bytes=named) if self._holds(mac, Purpose.RECEIPT, named) else None

    def form_token(self, site_id: UUID, thread: str, now: datetime) -> str:
        """Give a token for one showing of a form, good once on this page; an empty thread is any page of the site."""
        issued = int(now.timestamp() * 1000).to_bytes(_WHEN_BYTES, "big")
        facts = issued + os.urandom(_NONCE_BYTES)
        return _written(facts + self._sign(Purpose.FORM_TOKEN, site_id.bytes, thread, facts))

    def read_form_token(self, token: str, site_id: UUID, thread: str, now: datetime) -> FormReading:
        """Tell how a form was used: never raises, since a bad token is a signal and no fault.

        Whether it comes back for a second time is for the caller to see, by its nonce.
        """
        if not token:
            return FormReading(FormToken.ABSENT)
        octets = _read(token)
        facts, mac = octets[:-_MAC_BYTES], octets[-_MAC_BYTES:]
        if len(octets) != _FORM_BYTES or not any(
            self._holds(mac, Purpose.FORM_TOKEN, site_id.bytes, page, facts) for page in (thread, "")
        ):
            return FormReading(FormToken.UNSOUND)
        age = now - datetime.fromtimestamp(int.from_bytes(facts[:_WHEN_BYTES], "big") / 1000, UTC)
        return FormReading(_state(age), max(age.total_seconds(), 0.0), _written(facts[_WHEN_BYTES:]))

    def sign_cursor(self, payload: str, purpose: str) -> str:
        """Give a place in a list that the caller can hand back and nobody can make up; `purpose` names the list."""
        return _written(self._sign(Purpose.CURSOR, purpose, payload) + payload.encode())

    def read_cursor(self, cursor: str, purpose: str) -> str:
        """Give back what was signed for this list; raises `Unfit`, a ValueError, for anything else."""
        octets = _read(cursor)
        mac, payload = octets[:_MAC_BYTES], octets[_MAC_BYTES:]
        if not self._holds(mac, Purpose.CURSOR, purpose, payload):
            raise Unfit("cursor-invalid", "Use a cursor from an answer to the same list, or start without one.")
        return payload.decode()

    def fingerprint(self, site_id: UUID, address: SecretEmail) -> bytes:
        """Give the keyed fingerprint of a mailbox on one site."""
        return privacy.fingerprint(self._pepper, site_id, address)

    def text_print(self, site_id: UUID, text: str) -> bytes | None:
        """Give a keyed hash by which the same words are found again; None for a few words, alike by chance."""
        letters = "".join(filter(str.isalnum, text.casefold()))
        return self.digest("text", site_id.bytes, letters)[:16] if len(letters) >= FEW_LETTERS else None

    def sketch(self, text: str) -> int | None:
        """Give what a text is found by among those that say nearly the same, on every site; None for a few words."""
        return likeness.sketch(text, self._digest[:_SKETCH_KEY_BYTES])

    def link_print(self, site_id: UUID, text: str) -> bytes | None:
        """Give what a few words are found by among others with the same links; None where there are none."""
        named = likeness.links(text) if len(text.split()) < likeness.FEWEST_WORDS else ()
        return self.digest("links", site_id.bytes, *named)[:16] if named else None

    def digest(self, purpose: str, *parts: str | bytes) -> bytes:
        """Give 32 bytes that are equal for equal parts under one purpose and tell nothing without the secret."""
        return _mac(self._digest, purpose, *parts)

    def _sign(self, purpose: Purpose, *parts: str | bytes) -> bytes:
        return _mac(self._signing[purpose][0], *parts)

    def _holds(self, mac: bytes, purpose: Purpose, *parts: str | bytes) -> bool:
        return any(hmac.compare_digest(mac, _mac(key, *parts)) for key in self._signing[purpose])


def _state(age: timedelta) -> FormToken:
    if age > OLD:
        return FormToken.UNSOUND
    return FormToken.YOUNG if age < YOUNG else FormToken.SOUND


def _mac(key: bytes, *parts: str | bytes) -> bytes:
    """Sign parts, each with its length before it, so that none can borrow from its neighbour."""
    octets = [part.encode(errors="surrogatepass") if isinstance(part, str) else part for part in parts]
    return hmac.digest(key, b"".join(len(part).to_bytes(4, "big") + part for part in octets), hashlib.sha256)


def _written(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")


def _read(text: str) -> bytes:
    """Read exactly what `_written` writes; whatever is spelled in another way is empty."""
    try:
        octets = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
    return octets if _written(octets) == text else b""
