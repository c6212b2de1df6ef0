"""Proofs of work: what a browser has to find before a comment is published unread, and whether it did.

The challenges are those of ALTCHA's second protocol with PBKDF2 (https://altcha.org/docs/v2): a nonce with a
counter behind it is stretched, and the counter is right whose key begins with a given prefix. We chose
the counter ourselves, so that the work is never much more than usual; it is always done again here,
so that nobody comes by with a counter and a claim. Nothing is kept of a challenge: it comes back whole,
signed together with the site and the page for which it was made. Whether it was used is for the caller to see.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from secrets import randbelow
from typing import Any, Final
from uuid import UUID

from moderation.adapters.vault import Purpose, subkey
from moderation.domain.text import Unfit

ALGORITHM: Final = "PBKDF2/SHA-256"
COST: Final = 5000
COUNTERS: Final = range(64, 192)
"""How often a browser has to try: a fifth of a second to half of one on a desk, a few seconds on an old phone."""
LASTING: Final = timedelta(minutes=20)
PROOF_MAX: Final = 2000
"""Characters of a proof; what is longer is not even looked at."""
WRONG: Final = "This is no solution of a challenge for this page; ask for another one."
_COUNTABLE: Final = range(2**32)
_RANDOM: Final = 16
_KEY_BYTES: Final = 32
_PREFIX_BYTES: Final = 16


class Proofs:
    """Gives challenges and knows its own again; the first secret signs and all of them verify."""

    __slots__ = ("_keys",)

    def __init__(self, secrets: Sequence[bytes]) -> None:
        """Take the secrets, the one that signs first."""
        self._keys = [subkey(secret, Purpose.PROOF) for secret in secrets]

    def challenge(self, site_id: UUID, thread: str, now: datetime) -> dict[str, Any]:
        """Give a challenge that is good for one comment on one page, for twenty minutes."""
        nonce, salt = os.urandom(_RANDOM), os.urandom(_RANDOM)
        counter = COUNTERS.start + randbelow(len(COUNTERS))
        parameters = {
            "algorithm": ALGORITHM,
            "cost": COST,
            "expiresAt": int((now + LASTING).timestamp()),
            "keyLength": _KEY_BYTES,
            "keyPrefix": _derived(nonce, salt, counter, COST)[:_PREFIX_BYTES].hex(),
            "nonce": nonce.hex(),
            "salt": salt.hex(),
        }
        return {"parameters": parameters, "signature": _signature(self._keys[0], site_id, thread, parameters).hex()}

    def read(self, sent: str, site_id: UUID, thread: str, now: datetime) -> str:
        """Give the nonce of the challenge that was solved; raises `Unfit` for what is no proof, or is one no more."""
        try:
            parameters, signature, counter = _parts(sent)
            ours = any(
                hmac.compare_digest(signature, _signature(key, site_id, thread, parameters)) for key in self._keys
            )
        except (KeyError, TypeError, ValueError, RecursionError):
            ours = False
        if not ours:
            raise Unfit("proof-invalid", WRONG)
        if now.timestamp() >= parameters["expiresAt"]:
            raise Unfit("proof-expired", "This challenge is over; ask for another one.")
        if not _is_right(parameters, counter):
            raise Unfit("proof-invalid", WRONG)
        nonce: str = parameters["nonce"]
        return nonce


def _is_right(parameters: Mapping[str, Any], counter: int) -> bool:
    """Do the work again, for this one counter; whatever the parameters say, it was us who wrote them."""
    if counter not in _COUNTABLE:
        return False
    nonce, salt = (bytes.fromhex(parameters[name]) for name in ("nonce", "salt"))
    derived = _derived(nonce, salt, counter, parameters["cost"])
    return hmac.compare_digest(derived.hex()[: len(parameters["keyPrefix"])], parameters["keyPrefix"])


def _parts(sent: str) -> tuple[Mapping[str, Any], bytes, int]:
    """Take a proof apart: base64 of JSON, a challenge and its solution; raises some error for what is none."""
    if len(sent) > PROOF_MAX:
        raise ValueError("too long")
    try:
        document = json.loads(base64.b64decode(sent, validate=True))
    except binascii.Error as error:
        raise ValueError("no base64") from error
    challenge, counter = document["challenge"], document["solution"]["counter"]
    if type(counter) is not int:
        raise TypeError("no counter")
    return dict(challenge["parameters"]), bytes.fromhex(challenge["signature"]), counter


def _signature(key: bytes, site_id: UUID, thread: str, parameters: Mapping[str, Any]) -> bytes:
    """Sign a challenge for a page; every part has a length that is known, or stands last."""
    page = hashlib.sha256(thread.encode(errors="surrogatepass")).digest()
    written = json.dumps(parameters, sort_keys=True, separators=(",", ":")).encode()
    return hmac.digest(key, site_id.bytes + page + written, hashlib.sha256)


def _derived(nonce: bytes, salt: bytes, counter: int, cost: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", nonce + counter.to_bytes(4, "big"), salt, cost, _KEY_BYTES)
