"""Signing what we send, as Standard Webhooks has it, so that whoever gets it can tell that it came from here."""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Final

MARK: Final = "whsec_"


def signed(secret: str, message_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """Give the headers that go with a body: its id, the time of this attempt, and the signature over all three.

    The secret is written as `whsec_` and base64. The id stays the same where the same thing is sent
    again, and has no full stop in it.
    """
    moment = str(int(now.timestamp()))
    key = base64.b64decode(secret.removeprefix(MARK))
    mac = hmac.digest(key, f"{message_id}.{moment}.".encode() + body, hashlib.sha256)
    signature = f"v1,{base64.b64encode(mac).decode()}"
    return {"webhook-id": message_id, "webhook-timestamp": moment, "webhook-signature": signature}
