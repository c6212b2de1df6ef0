"""Signing what we send, as Standard Webhooks has it, so that whoever gets it can tell that it came from here."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Final

MARK: Final = "whsec_"


def signed(secrets: Sequence[str], message_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """Give the headers that go with a body: its id, the time of this attempt, and the signatures over all three.

    A secret is written as `whsec_` and base64; each gives a signature of its own, so that a receiver
    may still have the old one. The id stays the same where the same thing is sent again, and has no
    full stop in it.
    """
    moment = str(int(now.timestamp()))
    content = f"{message_id}.{moment}.".encode() + body
    signatures = " ".join(_signature(secret, content) for secret in secrets)
    return {"webhook-id": message_id, "webhook-timestamp": moment, "webhook-signature": signatures}


def _signature(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(MARK))
    return f"v1,{base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()}"
