"""A receiver of Lychgate's webhooks: it verifies each, takes it once, and shows what came.

Run it with the endpoint's secret: WEBHOOK_SECRET=whsec_… PORT=9000 python examples/receiver/receiver.py
"""

import base64
import hashlib
import hmac
import os
import time
from collections import OrderedDict
from threading import Lock

from flask import Flask, request
from flask.typing import ResponseReturnValue

KEPT = 200
TOLERANCE = 300
"""Seconds by which the clocks of sender and receiver may differ; what is older was recorded and sent again."""

app = Flask(__name__)
came: OrderedDict[str, dict[str, object]] = OrderedDict()
"""The latest events by their id; a receiver in earnest keeps the ids in its database."""
turn = Lock()


def verify(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """Say whether a body came from whoever has the secret, just now."""
    message_id, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not moment.isdecimal() or abs(time.time() - int(moment)) > TOLERANCE:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.digest(key, f"{message_id}.{moment}.".encode() + body, hashlib.sha256)
    expected = b"v1," + base64.b64encode(mac)
    signatures = headers.get("webhook-signature", "").encode().split()
    return any(hmac.compare_digest(expected, signature) for signature in signatures)


@app.post("/hooks")
def receive() -> ResponseReturnValue:
    """Take an event, once: the same id may come again, after an answer that was lost."""
    body = request.get_data()
    headers = {name.lower(): value for name, value in request.headers.items()}
    if not verify(os.environ["WEBHOOK_SECRET"], headers, body):
        return {"error": "This is not signed with the endpoint's secret."}, 401
    with turn:
        fresh = headers["webhook-id"] not in came
        if fresh:
            came[headers["webhook-id"]] = request.get_json()
            while len(came) > KEPT:
                came.popitem(last=False)
    return {"taken": fresh}, 200


@app.get("/")
def show() -> ResponseReturnValue:
    """Show what came, the newest first."""
    with turn:
        return {"events": list(reversed(came.values()))}


if __name__ == "__main__":
    app.run("127.0.0.1", int(os.environ.get("PORT", "9000")))
